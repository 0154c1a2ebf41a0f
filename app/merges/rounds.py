"""Rounds of two accounts made one row of rounds: in the order of time, one of them standing."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.duties.duties import Duty
from app.foundation.database import table_of
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.progress import Progress
from app.merges.changes import Change, change_of, rows_where

MERGED = "merged"  # why a round ended
_ENROLMENTS, _DUTIES = table_of(Enrolment), table_of(Duty)
_enrolments, _duties = _ENROLMENTS.c, _DUTIES.c
_completions, _progress = Completion.__table__.c, Progress.__table__.c


def enrolments_joined(db: Session, gone: int, stays: int, moment: datetime) -> list[Change]:
    """The rounds of both in each course that the account that goes has rounds in.

    Where both are under way, the one that is completed goes on, else the one with more done, else
    that of the account that stays; the other ends.
    """
    changes = []
    for rounds in _grouped(db, _ENROLMENTS, "learner_id", "course_id", gone, stays):
        standing = [row for row in rounds if row["ended_at"] is None]
        kept = max(standing, key=lambda row: _worth(db, row, stays), default=None)
        rounds.sort(key=lambda row: (row["opened_at"], row["id"]))
        for number, row in enumerate(rounds, 1):
            ends = row["ended_at"] is None and row is not kept
            values = {
                "learner_id": stays,
                "round": number,
                "ended_at": moment if ends else row["ended_at"],
                "end_reason": MERGED if ends else row["end_reason"],
            }
            changes.append(change_of(_ENROLMENTS, row, **values))
    return _enders_first(changes, "ended_at")


def duties_joined(db: Session, gone: int, stays: int, today: date) -> list[Change]:
    """The rounds of both under each requirement that the account that goes has rounds under.

    Where both stand, the one that is done stands on, else the later one; an open one keeps the
    longer of two exemptions and of two extensions.
    """
    changes = []
    for rounds in _grouped(db, _DUTIES, "person_id", "requirement_id", gone, stays):
        standing = [row for row in rounds if row["stands"]]
        kept = max(standing, key=_weight, default=None)
        rounds.sort(key=lambda row: (row["since"], row["id"]))
        for number, row in enumerate(rounds, 1):
            values = {
                "person_id": stays,
                "round": number,
                "stands": row is kept,
                "ended_on": row["ended_on"],
                "exempt_until": row["exempt_until"],
                "extended_to": row["extended_to"],
            }
            if row["stands"] and row is not kept and row["done_on"] is None:
                values["ended_on"] = today
            if kept is not None and row is kept and row["done_on"] is None:
                values |= {
                    name: max((each[name] for each in standing if each[name]), default=None)
                    for name in ("exempt_until", "extended_to")
                }
            changes.append(change_of(_DUTIES, row, **values))
    return _enders_first(changes, "stands")


def both_under_way(db: Session, gone: int, stays: int) -> list[int]:
    """The courses in which both accounts have a round that has not ended."""
    first, second = _ENROLMENTS.alias("first").c, _ENROLMENTS.alias("second").c
    asked = select(first.course_id).where(
        first.course_id == second.course_id,
        first.learner_id == gone, first.ended_at.is_(None),
        second.learner_id == stays, second.ended_at.is_(None),
    )  # fmt: skip
    return list(db.scalars(asked.order_by(first.course_id)))


def _grouped(
    db: Session, table: Any, person: str, group: str, gone: int, stays: int
) -> Iterator[list[Any]]:
    theirs = select(table.c[group]).where(table.c[person] == gone)
    rows = rows_where(db, table, table.c[person].in_((gone, stays)), table.c[group].in_(theirs))
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[group]].append(row)
    yield from groups.values()


def _worth(db: Session, row: Any, stays: int) -> tuple[bool, date, int, bool]:
    done = select(func.count()).where(
        _progress.enrolment_id == row["id"], _progress.done_at.is_not(None)
    )
    day = db.scalar(select(_completions.day).where(_completions.enrolment_id == row["id"]))
    is_own = row["learner_id"] == stays
    return day is not None, day or date.min, db.scalar(done) or 0, is_own


def _weight(row: Any) -> tuple[bool, date, date, int]:
    done_on = row["done_on"]
    return done_on is not None, done_on or date.min, row["since"], row["id"]


def _enders_first(changes: list[Change], column: str) -> list[Change]:
    """What no longer stands makes room before another stands there."""
    if column == "stands":
        return sorted(changes, key=lambda each: each.after[column])
    return sorted(changes, key=lambda each: each.after[column] is None)
