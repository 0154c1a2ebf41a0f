"""Listings: the merges of the last days that a registrar may see, latest first."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.foundation import clock
from app.identity.placements import Placement
from app.identity.users import User
from app.merges.candidates import is_seen
from app.merges.merges import UNDO_FOR, Merge, MergeUnknown
from app.statistics.scopes import Scope

SHOWN = 50


class Listed(NamedTuple):
    """A merge as its list and page show it."""

    id: int
    key: UUID
    stays: str
    stays_called: str
    gone: str
    gone_called: str
    merged_by: str
    reason: str
    merged_at: datetime
    undone_at: datetime | None

    @property
    def until(self) -> datetime:
        """Until when it can be undone."""
        return self.merged_at + UNDO_FOR

    @property
    def is_open(self) -> bool:
        """Whether it stands and its time has not passed."""
        return self.undone_at is None and clock.now() <= self.until


_gone, _by = aliased(User), aliased(User)


def merges_in(
    db: Session, scope: Scope, most: int, *, before: int | None = None, passed: int = 0
) -> list[Listed]:
    """So many of the merges whose standing account the scope may see, latest first.

    Those before a number, or those behind so many that were passed.
    """
    asked = _merges(scope).limit(most).offset(passed)
    if before is not None:
        asked = asked.where(Merge.id < before)
    return [Listed._make(row) for row in db.execute(asked)]


def merge_in(db: Session, scope: Scope, key: str) -> tuple[Merge, Listed]:
    """A merge of the scope, to be looked at or undone; raises MergeUnknown."""
    try:
        asked = _merges(scope).where(Merge.key == UUID(key))
    except ValueError:
        raise MergeUnknown from None
    row = db.execute(asked).one_or_none()
    if row is None:
        raise MergeUnknown
    return db.get_one(Merge, row.id), Listed._make(row)


def _merges(scope: Scope) -> Any:
    return (
        select(
            Merge.id, Merge.key, User.name, func.coalesce(User.email, User.number, ""),
            _gone.name, func.coalesce(_gone.email, _gone.number, ""), _by.name, Merge.reason,
            Merge.merged_at, Merge.undone_at,
        )
        .select_from(Merge)
        .join(User, User.id == Merge.stays_id)
        .join(_gone, _gone.id == Merge.gone_id)
        .join(_by, _by.id == Merge.merged_by)
        .outerjoin(Placement, (Placement.user_id == User.id) & Placement.ended_at.is_(None))
        .where(is_seen(scope))
        .order_by(Merge.id.desc())
    )  # fmt: skip
