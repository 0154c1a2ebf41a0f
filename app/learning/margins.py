"""Margins: what a reader has left beside a lesson, found in one statement with what is done."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.foundation.prepared import Together
from app.learning.notes import Note
from app.learning.progress import Progress


class Margin(NamedTuple):
    """The keys done in the course, the latest last; where the reader stopped; notes by block."""

    done: tuple[str, ...] = ()
    stopped: str = ""
    notes: Mapping[str, str] = {}


EMPTY = Margin()
_progress, _notes = Progress.__table__.c, Note.__table__.c
_MARGIN = Together(
    select(_progress.activity_key, _progress.place, _progress.done_at).where(
        _progress.enrolment_id == bindparam("enrolment_id")
    ),
    select(_notes.block, _notes.words).where(
        _notes.person_id == bindparam("person_id"),
        _notes.course_id == bindparam("course_id"),
        _notes.lesson_key == bindparam("lesson_key"),
    ),
)


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
    steps, notes = _MARGIN.rows(db, asked)
    done = sorted((done_at, key) for key, _place, done_at in steps if done_at is not None)
    stopped = (
        place or "" for key, place, done_at in steps if key == lesson_key and done_at is None
    )
    return Margin(tuple(key for _done_at, key in done), next(stopped, ""), dict(notes))
