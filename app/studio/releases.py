"""Releases: an approved revision published, now or on a date, and an earlier version again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from sqlalchemy import Boolean, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.compiled import CompiledCourse
from app.catalogue.courses import Course
from app.catalogue.ownerships import owner_ids
from app.catalogue.publishing import publish
from app.catalogue.successions import Succession, make_current
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.errors import NotFound, Refusal
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.grants import PUBLISHER
from app.queue.jobs import later
from app.studio.changes import lock
from app.studio.drafts import Draft, files_of, scope_of
from app.studio.inspections import known_recommendations
from app.studio.letters import tell, tell_holders
from app.studio.submissions import APPROVED, PUBLISHED, Submission, open_submission

RELEASE = "release"
WAITING, DONE, REFUSED, CANCELLED = "waiting", "done", "refused", "cancelled"
NO_PUBLISHER = "no-publisher"


class Release(Model):
    """A publisher's word that an approved revision becomes a version at a moment; one may wait.

    Learners under way stay, or with `whole_only` those move who lose nothing by it.
    """

    __tablename__ = "releases"
    __table_args__ = (
        index_where("uq_releases_waiting", "state = 'waiting'", "draft_id", is_unique=True),
    )

    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"))
    submission_id: Mapped[Ref] = mapped_column(ForeignKey("submissions.id"))
    whole_only: Mapped[bool] = mapped_column(Boolean)
    matters: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[Moment]
    planned_at: Mapped[Moment]
    planned_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    version_id: Mapped[Ref | None] = mapped_column(ForeignKey("course_versions.id"))


@dataclass(frozen=True, kw_only=True)
class ReleasePlanned(Happening):
    """A publisher said when an approved revision becomes a version."""

    kind: ClassVar[str] = "release-planned"
    draft_id: int
    release_id: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReleaseEnded(Happening):
    """A release was done, called off, or refused: the draft had changed, or no publisher stood for it."""

    kind: ClassVar[str] = "release-ended"
    draft_id: int
    release_id: int
    state: str


class NotApproved(Refusal):
    """No reviewer has approved the draft."""

    says = N_("No reviewer has approved this draft, so it cannot be published.")
    mend = N_("Let an author hand it in for review.")


class ChangedSince(Refusal):
    """The draft is not what the reviewer approved."""

    says = N_("The draft has changed since revision %(revision)s was approved.")
    mend = N_("Hand it in for review again, or take the changes back.")


class ReleaseWaits(Refusal):
    """A release of the draft waits for its day already."""

    says = N_("This draft is to be published on a date already.")
    mend = N_("Call that off first.")


class VersionUnknown(NotFound):
    """The course has no such version."""

    says = N_("The course has no such version.")


class Ready(NamedTuple):
    """A draft compiled as it stood at a revision."""

    draft_id: int
    revision: int
    compiled: CompiledCourse


def ready(db: Session, draft: Draft) -> Ready:
    """The draft compiled, which takes a while: do it outside of a writing transaction.

    Raises CourseFaulty.
    """
    known = known_recommendations(db)
    made = compile_course(
        files_of(db, draft), known, lambda language: translations_for(language).gettext
    )
    return Ready(draft.id, draft.revision, made)


def plan(
    db: Session,
    publisher_id: int,
    draft: Draft,
    due_at: datetime,
    *,
    whole_only: bool,
    matters: bool,
) -> Release:
    """Promise to publish what was approved; raises NotApproved, ChangedSince or ReleaseWaits."""
    lock(db, draft)
    submission = _approved(db, draft)
    if waiting_release(db, draft) is not None:
        raise ReleaseWaits
    release = Release(
        draft_id=draft.id,
        submission_id=submission.id,
        whole_only=whole_only,
        matters=matters,
        state=WAITING,
        due_at=due_at,
        planned_at=clock.now(),
        planned_by=publisher_id,
    )
    db.add(release)
    db.flush()
    record(
        db,
        ReleasePlanned(
            actor_id=publisher_id, draft_id=draft.id, release_id=release.id, due_at=due_at
        ),
    )
    return release


def promise(db: Session, release: Release) -> None:
    """Let the queue publish it when its moment has come."""
    payload = {"release_id": release.id}
    later(db, RELEASE, payload, run_at=release.due_at, unique_key=f"{RELEASE}:{release.id}")


def carry_out(db: Session, release: Release, draft: Draft, made: Ready) -> CourseVersion | None:
    """Publish a release that waits, exactly once; gives the version.

    Raises NotApproved or ChangedSince when the draft is not what was approved and compiled.
    """
    lock(db, draft)
    db.refresh(release)
    if release.state != WAITING:
        return None
    submission = _approved(db, draft)
    if submission.id != release.submission_id or made.revision != submission.revision:
        raise ChangedSince(revision=submission.revision)
    succession = Succession(release.whole_only, release.whole_only, release.matters)
    version = publish(db, made.compiled, release.planned_by, succession).version
    now = clock.now()
    submission.state, submission.closed_at = PUBLISHED, now
    draft.based_on, release.version_id = version.id, version.id
    _end(db, release, release.planned_by, DONE)
    for person_id in dict.fromkeys((submission.submitted_by, submission.decided_by)):
        tell(db, draft, person_id, "published", release.planned_by)
    return version


def refuse_release(db: Session, release: Release, draft: Draft) -> None:
    """Let a release be over that cannot be done, and tell who planned it."""
    _end(db, release, None, REFUSED)
    tell(db, draft, release.planned_by, "not-published", None)


def is_publisher_still(db: Session, release: Release, draft: Draft) -> bool:
    """Whether who planned a release may publish the course at this moment."""
    owners = owner_ids(db, draft.slug, draft.institution_id)
    return not owners.isdisjoint(scope_of(db, release.planned_by, (PUBLISHER,)))


def leave_to_publishers(db: Session, release: Release, draft: Draft) -> None:
    """End a release whose planner is a publisher no longer; its people and the publishers hear why."""
    _end(db, release, None, NO_PUBLISHER)
    submission = db.get_one(Submission, release.submission_id)
    people = {release.planned_by, submission.submitted_by, submission.decided_by}
    for person_id in sorted(each for each in people if each is not None):
        tell(db, draft, person_id, "no-publisher", None)
    tell_holders(db, draft, PUBLISHER, "no-publisher", None, but=people)


def is_left_to_publishers(db: Session, submission: Submission) -> bool:
    """Whether what was approved waits for another publisher, since who planned it is none any more."""
    asked = select(Release.state).where(Release.submission_id == submission.id)
    return db.scalar(asked.order_by(Release.id.desc()).limit(1)) == NO_PUBLISHER


def call_off(db: Session, person_id: int, draft: Draft) -> None:
    """Take a release back that waits; nothing to take back is no fault."""
    lock(db, draft)
    release = waiting_release(db, draft)
    if release is not None:
        _end(db, release, person_id, CANCELLED)


def waiting_release(db: Session, draft: Draft) -> Release | None:
    """The release of the draft that waits for its moment."""
    return db.scalar(select(Release).where(Release.draft_id == draft.id, Release.state == WAITING))


def versions_of(db: Session, slug: str) -> Sequence[CourseVersion]:
    """All versions of the course, latest first."""
    return db.scalars(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug)
        .order_by(CourseVersion.number.desc())
    ).all()


def roll_back(
    db: Session, publisher_id: int, draft: Draft, number: int, *, whole_only: bool
) -> CourseVersion:
    """Let an earlier version be the current one again; twice is no fault. Raises VersionUnknown."""
    course = db.scalar(select(Course).where(Course.slug == draft.slug).with_for_update())
    version = db.scalar(
        select(CourseVersion)
        .where(CourseVersion.number == number)
        .where(CourseVersion.course_id == (course.id if course else None))
        .execution_options(populate_existing=True)
    )
    if version is None:
        raise VersionUnknown
    if not version.is_current:
        make_current(db, version, publisher_id, Succession(whole_only, whole_only))
    return version


def _approved(db: Session, draft: Draft) -> Submission:
    """The approved submission, if the draft is still what was approved."""
    submission = open_submission(db, draft)
    if submission is None or submission.state != APPROVED or draft.closed_at is not None:
        raise NotApproved
    if submission.revision != draft.revision:
        raise ChangedSince(revision=submission.revision)
    return submission


def _end(db: Session, release: Release, person_id: int | None, state: str) -> None:
    release.state = state
    db.flush()
    record(
        db,
        ReleaseEnded(
            actor_id=person_id, draft_id=release.draft_id, release_id=release.id, state=state
        ),
    )
