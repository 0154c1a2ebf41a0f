"""Pasts: the rounds that people had under a requirement, and what was counted in them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.duties.duties import Duty


class Past(NamedTuple):
    """The last round of a person, until when they were exempt in it, and the rounds by day done.

    `late` are those that were overdue when they lapsed.
    """

    number: int
    exempt_until: date | None
    done: Mapping[date, Any]
    late: tuple[Any, ...] = ()

    def exempt_behind(self, before: Any, today: date) -> date | None:
        """Until when they are exempt in a round behind the standing one, if one stands.

        Who comes back has no standing one: an exemption outlasts an absence while it is valid.
        """
        if before is not None:
            until: date | None = before.exempt_until
            return until
        return self.exempt_until if self.exempt_until and self.exempt_until >= today else None

    def counted(self, row: Any, done_on: date | None) -> Any:
        """The round in which a completion is counted already, unless that is the standing one."""
        if done_on is None or (row is not None and row.done_on == done_on):
            return None
        return self.done.get(done_on)

    def missed(self, since: date, due_on: date) -> Any:
        """The lapsed round in which this one is counted as missed already: it opened or was due alike."""
        alike = (each for each in self.late if each.since == since or each.missed_on == due_on)
        return next(alike, None)


NO_PAST = Past(0, None, {})
_duties = Duty.__table__.c
_ROUNDS = (
    select(Duty.__table__)
    .where(
        _duties.requirement_id == bindparam("requirement_id"),
        _duties.person_id.in_(bindparam("people", expanding=True)),
    )
    .order_by(_duties.round)
)


def pasts_of(db: Session, requirement_id: int, people: Sequence[int]) -> dict[int, Past]:
    """The past of each of these people who had a round under a requirement; one statement."""
    pasts: dict[int, Past] = {}
    asked = {"requirement_id": requirement_id, "people": list(people)}
    for row in db.execute(_ROUNDS, asked):
        before = pasts.get(row.person_id, NO_PAST)
        done, late = dict(before.done), before.late
        if row.done_on is not None:
            done[row.done_on] = row
        elif row.ended_on is not None and row.missed_on is not None:
            late = (*late, row)
        pasts[row.person_id] = Past(row.round, row.exempt_until, done, late)
    return pasts
