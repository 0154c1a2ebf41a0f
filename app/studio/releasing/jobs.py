"""Jobs of releasing: what was approved becomes a version on its day."""

from collections.abc import Mapping
from typing import Any

from app.catalogue.compiling.faults import CourseFaulty
from app.queue.worker import Workshop
from app.studio.drafts import Draft
from app.studio.releases import (
    WAITING,
    ChangedSince,
    NotApproved,
    Ready,
    Release,
    carry_out,
    is_publisher_still,
    leave_to_publishers,
    ready,
    refuse_release,
)


def release_on_day(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Publish a release that waits, or end it and say so.

    It ends when the draft is not what was approved, or who planned it is a publisher no longer. A
    second run finds that it is done. The course is compiled before the writing transaction.
    """
    release_id = payload["release_id"]
    made: Ready | None = None
    with workshop.engines.reading() as db:
        release = db.get(Release, release_id)
        draft = db.get(Draft, release.draft_id) if release is not None else None
        if release is None or draft is None or release.state != WAITING:
            return
        try:
            made = ready(db, draft)
        except CourseFaulty:
            made = None
    with workshop.engines.writing() as db:
        release, draft = db.get_one(Release, release_id), db.get_one(Draft, draft.id)
        if release.state == WAITING and not is_publisher_still(db, release, draft):
            leave_to_publishers(db, release, draft)
            return
        if made is None:
            refuse_release(db, release, draft)
            return
        try:
            carry_out(db, release, draft, made)
        except (ChangedSince, NotApproved):
            refuse_release(db, release, draft)
