"""Jobs of merges: what stood before is forgotten when the time to undo has passed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.foundation import clock
from app.merges.changes import MergeChange, forget_changes
from app.merges.merges import UNDO_FOR, Merge
from app.queue.worker import Workshop

TIDY_MERGES = "tidy-merges"


def tidy_merges(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Forget what stood before merges that can no longer be undone."""
    old = (
        select(MergeChange.merge_id)
        .join(Merge, Merge.id == MergeChange.merge_id)
        .where(Merge.merged_at < clock.now() - UNDO_FOR)
        .distinct()
    )
    with workshop.engines.writing() as db:
        forget_changes(db, list(db.scalars(old)))
