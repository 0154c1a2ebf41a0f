"""Moves: the changes that give one account what another one of the same person held."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from app.foundation.database import Model, table_of
from app.identity.grants import Grant
from app.identity.one_time_links import OneTimeLink
from app.identity.placements import Placement
from app.identity.sign_ins import close_all_sign_ins
from app.learning.notes import Note
from app.merges.changes import Change, change_of, rows_where
from app.merges.rounds import duties_joined, enrolments_joined
from app.merges.treatments import MOVED, TREATMENTS, Treatment

_NOTES, _GRANTS, _PLACEMENTS = table_of(Note), table_of(Grant), table_of(Placement)
PARAGRAPH = ("course_id", "lesson_key", "block")
Join = Callable[[Session, int, int, datetime], list[Change]]


def moves_of(db: Session, gone: int, stays: int, moment: datetime) -> Iterator[Change]:
    """All changes of a merge, in the order in which they can be made."""
    for name, treatment in TREATMENTS.items():
        if treatment.how == MOVED:
            table_name, _, column = name.partition(".")
            table = Model.metadata.tables[table_name]
            yield from _moved(db, table, column, treatment, gone, stays)
    for join in _JOINS:
        yield from join(db, gone, stays, moment)


def end_ways_in(db: Session, gone: int, moment: datetime) -> None:
    """Sign the account out everywhere, and let none of its links work; for good."""
    close_all_sign_ins(db, gone)
    links = update(OneTimeLink).where(OneTimeLink.user_id == gone, OneTimeLink.used_at.is_(None))
    db.execute(links.values(used_at=moment, details={}))


def _moved(
    db: Session, table: Table, column: str, treatment: Treatment, gone: int, stays: int
) -> list[Change]:
    person = table.c[column]
    rows = rows_where(db, table, person == gone)
    if rows and treatment.beside:
        of_own = [_beside(row, treatment, column) for row in rows_where(db, table, person == stays)]
        taken = {each for each in of_own if each is not None}
        rows = [row for row in rows if _beside(row, treatment, column) not in taken]
    return [change_of(table, row, **{column: stays}) for row in rows]


def _beside(row: Any, treatment: Treatment, column: str) -> tuple[Any, ...] | None:
    """What is unique with the person, or nothing where the key does not ask."""
    if treatment.while_empty and row[treatment.while_empty] is not None:
        return None
    return tuple(row[name] for name in treatment.beside if name != column)


def _placed(db: Session, gone: int, stays: int, moment: datetime) -> list[Change]:
    """Where the account that stays works is where the person works; without that, the other's."""
    theirs = rows_where(db, _PLACEMENTS, _PLACEMENTS.c.user_id == gone)
    own = rows_where(
        db, _PLACEMENTS, _PLACEMENTS.c.user_id == stays, _PLACEMENTS.c.ended_at.is_(None)
    )
    has_place = any(row["institution_id"] is not None for row in own)
    changes = []
    if own and not has_place and any(row["ended_at"] is None for row in theirs):
        changes = [change_of(_PLACEMENTS, row, ended_at=moment) for row in own]
    for row in theirs:
        ends = row["ended_at"] is None and has_place
        ended_at = moment if ends else row["ended_at"]
        changes.append(change_of(_PLACEMENTS, row, user_id=stays, ended_at=ended_at))
    return changes


def _granted(db: Session, gone: int, stays: int, moment: datetime) -> list[Change]:
    """Roles belong to the account that stays; one that it holds itself ends with the other."""
    standing = _GRANTS.c.ended_at.is_(None)
    own = rows_where(db, _GRANTS, _GRANTS.c.user_id == stays, standing)
    held = {(row["role"], row["institution_id"]) for row in own}
    changes = []
    for row in rows_where(db, _GRANTS, _GRANTS.c.user_id == gone):
        is_twice = row["ended_at"] is None and (row["role"], row["institution_id"]) in held
        ended = {"ended_at": moment} if is_twice else {}
        changes.append(change_of(_GRANTS, row, user_id=stays, **ended))
    return changes


def _noted(db: Session, gone: int, stays: int, _moment: datetime) -> list[Change]:
    """Where both noted something beside one paragraph, the words of both stand there."""
    own = {
        tuple(row[name] for name in PARAGRAPH): row
        for row in rows_where(db, _NOTES, _NOTES.c.person_id == stays)
    }
    changes = []
    for row in rows_where(db, _NOTES, _NOTES.c.person_id == gone):
        beside = own.get(tuple(row[name] for name in PARAGRAPH))
        if beside is None:
            changes.append(change_of(_NOTES, row, person_id=stays))
        elif row["words"] and row["words"] != beside["words"]:
            words = "\n\n".join(filter(None, (beside["words"], row["words"])))
            changes.append(change_of(_NOTES, beside, words=words))
    return changes


def _duties(db: Session, gone: int, stays: int, moment: datetime) -> list[Change]:
    return duties_joined(db, gone, stays, moment.date())


_JOINS: tuple[Join, ...] = (enrolments_joined, _duties, _placed, _granted, _noted)
