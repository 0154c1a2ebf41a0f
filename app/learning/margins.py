"""Margins: what a reader has left beside a lesson, found in one statement with what is done."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from app.foundation.database import MomentType
from app.foundation.prepared import Prepared
from app.learning.notes import Note
from app.learning.progress import Progress


class Margin(NamedTuple):
    """The keys done in the course, the latest last; where the reader stopped; notes by block."""

    done: tuple[str, ...] = ()
    stopped: str = ""
    notes: Mapping[str, str] = {}


EMPTY = Margin()
_progress, _notes = Progress.__table__.c, Note.__table__.c
_MARGIN = Prepared(
    union_all(
    select(
        _progress.activity_key.label("key"), _progress.place, _progress.done_at.label("done_at"),
        literal("").label("words"),
    ).where(_progress.enrolment_id == bindparam("enrolment_id")),
    select(literal(""), _notes.block, literal(None, MomentType()), _notes.words).where(
        _notes.person_id == bindparam("person_id"),
        _notes.course_id == bindparam("course_id"),
        _notes.lesson_key == bindparam("lesson_key"),
    ),
).order_by("done_at"))  # fmt: skip


def margin_of(
    db: Session, enrolment_id: int, person_id: int, course_id: int, lesson_key: str
) -> Margin:
    """The margin of one lesson for the holder of a standing place."""
    asked = {
        "enrolment_id": enrolment_id,
        "person_id": person_id,
        "course_id": course_id,
        "lesson_key": lesson_key,
    }
    done, stopped, notes = [], "", {}
    for key, place, done_at, words in _MARGIN.rows(db, asked):
        if not key:
            notes[place] = words
        elif done_at is not None:
            done.append(key)
        elif key == lesson_key:
            stopped = place or ""
    return Margin(tuple(done), stopped, notes)
