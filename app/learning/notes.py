"""Notes: what a person wrote or marked beside the paragraphs of lessons, for nobody else to see."""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    CursorResult,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Id, Key, Model, Moment, Ref, table_of
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.learning.enrolments import Enrolment

MOST_WORDS = 5_000  # signs of a note
MOST_QUOTED = 2_000  # signs of the paragraph kept with it


class Note(Model):
    """A paragraph that a person marked, with what they wrote beside it, if anything.

    It hangs on the person and on the paragraph's name, which is made from its source text: so it
    outlives rounds, versions and translations. `quoted` is the paragraph as it stood there, and
    `language` the language of that.
    """

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("person_id", "course_id", "lesson_key", "block"),)

    id: Mapped[Id]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    course_id: Mapped[Ref] = mapped_column(ForeignKey("courses.id"))
    lesson_key: Mapped[Key]
    block: Mapped[str] = mapped_column(String(24))
    quoted: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Moment]
    changed_at: Mapped[Moment]


class NoteUnknown(NotFound):
    """The person has no note there, or has deleted it."""

    says = N_("You have no note there.")
    mend = N_("Open your notes to see those that you have.")


class Beside(NamedTuple):
    """Whose note, and which paragraph it stands beside."""

    person_id: int
    course_id: int
    lesson_key: str
    block: str


class KeptNote(NamedTuple):
    """A note with where it stands; `is_there` tells whether the paragraph still does.

    `version_id` and `compiler` are those of the course as the person finds it now, none when it has
    no version left to read.
    """

    course_id: int
    slug: str
    version_id: int | None
    compiler: int | None
    lesson_key: str
    block: str
    quoted: str
    language: str
    words: str
    made_at: datetime
    changed_at: datetime
    is_there: bool


_notes, _courses, _enrolments = Note.__table__.c, Course.__table__.c, Enrolment.__table__.c
_versions, _texts = CourseVersion.__table__.c, CompiledText.__table__.c
_current = CourseVersion.__table__.alias("current")
_is_beside = and_(
    _notes.person_id == bindparam("person"),
    _notes.course_id == bindparam("course"),
    _notes.lesson_key == bindparam("lesson"),
    _notes.block == bindparam("name"),
)
_WORDS = select(_notes.words).where(_is_beside)
_REWRITE = update(table_of(Note)).where(_is_beside)
_REMOVE = delete(table_of(Note)).where(
    _notes.person_id == bindparam("person"),
    _notes.course_id
    == select(_courses.id).where(_courses.slug == bindparam("slug")).scalar_subquery(),
    _notes.lesson_key == bindparam("lesson"),
    _notes.block == bindparam("name"),
)
_FORGET = delete(table_of(Note)).where(_notes.person_id == bindparam("person"))
_OF_PERSON = (
    select(
        _notes.course_id, _courses.slug, _versions.id, _versions.compiler, _notes.lesson_key,
        _notes.block, _notes.quoted, _notes.language, _notes.words, _notes.made_at,
        _notes.changed_at,
        func.coalesce(_texts.html.contains(literal(' id="') + _notes.block + '"'), False),
    )
    .select_from(
        Note.__table__.join(Course.__table__, _courses.id == _notes.course_id)
        .outerjoin(
            Enrolment.__table__,
            and_(
                _enrolments.learner_id == _notes.person_id,
                _enrolments.course_id == _notes.course_id,
                _enrolments.ended_at.is_(None),
            ),
        )
        .outerjoin(_current, and_(_current.c.course_id == _courses.id, _current.c.is_current))
        .outerjoin(
            CourseVersion.__table__,
            _versions.id == func.coalesce(_enrolments.version_id, _current.c.id),
        )
        .outerjoin(
            CompiledText.__table__,
            and_(
                _texts.version_id == _versions.id,
                _texts.owner_key == literal("lesson/") + _notes.lesson_key,
                _texts.language == _versions.source_language,
            ),
        )
    )
    .where(_notes.person_id == bindparam("person_id"))
    .order_by(_notes.made_at, _notes.id)
)  # fmt: skip
_once = Once(Note)


def notes_of(db: Session, person_id: int) -> tuple[KeptNote, ...]:
    """All notes of a person, the oldest first: for their pages, files and archive."""
    return tuple(KeptNote._make(row) for row in db.execute(_OF_PERSON, {"person_id": person_id}))


def words_beside(db: Session, beside: Beside) -> str | None:
    """What the person wrote there: nothing for a paragraph only marked, None for no note."""
    words: str | None = db.scalar(_WORDS, _asked(beside))
    return words


def mark_of(words: str | None) -> str:
    """What stands beside a paragraph in a few signs, by which a page says what it has shown."""
    return sha256((words or "").encode()).hexdigest()[:16]


def keep_note(db: Session, beside: Beside, *, words: str, quoted: str, language: str) -> None:
    """Mark the paragraph and keep the words beside it; a note that is there is rewritten."""
    moment = clock.now()
    said: dict[str, Any] = {
        "quoted": quoted[:MOST_QUOTED],
        "language": language,
        "words": words,
        "changed_at": moment,
    }
    if not _once.add(db, beside._asdict() | said | {"made_at": moment}):
        db.execute(_REWRITE.values(said), _asked(beside))


def delete_note(db: Session, person_id: int, slug: str, lesson_key: str, block: str) -> None:
    """Take a note and its mark away, whether or not its course can still be read.

    Raises NoteUnknown.
    """
    asked = {"person": person_id, "slug": slug, "lesson": lesson_key, "name": block}
    if not cast(CursorResult[Any], db.execute(_REMOVE, asked)).rowcount:
        raise NoteUnknown


def forget_notes(db: Session, person_id: int) -> None:
    """Delete all that a person noted."""
    db.execute(_FORGET, {"person": person_id})


def _asked(beside: Beside) -> dict[str, object]:
    return {
        "person": beside.person_id,
        "course": beside.course_id,
        "lesson": beside.lesson_key,
        "name": beside.block,
    }
