"""Notebooks: a person's notes sorted by course and lesson, as their pages and files show them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalogue.editions import Edition, EditionActivity, marks_of
from app.catalogue.shelves import edition_of
from app.learning.notes import KeptNote, notes_of

COLUMNS = (
    "course", "module", "lesson", "paragraph", "paragraph_is_there", "note", "made_at",
    "changed_at", "address",
)  # fmt: skip


class Entry(NamedTuple):
    """A note with its lesson; `lesson` is none when the course has it no more."""

    note: KeptNote
    lesson: EditionActivity | None

    @property
    def marks(self) -> str:
        """The attributes that name the quoted paragraph's language."""
        return marks_of(self.note.language, "")

    @property
    def title(self) -> str:
        return self.lesson.title if self.lesson else self.note.lesson_key


class Notebook(NamedTuple):
    """The notes of one course in the order of its lessons; `edition` is none when it has none."""

    slug: str
    edition: Edition | None
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        return self.edition.title.text if self.edition else self.slug


def notebooks_of(
    db: Session, person_id: int, language: str, slug: str = ""
) -> tuple[Notebook, ...]:
    """A person's notebooks by the names of their courses, or the one of the course named."""
    notes = [each for each in notes_of(db, person_id) if slug in ("", each.slug)]
    notes.sort(key=lambda each: each.slug)
    return tuple(
        _notebook(db, name, list(own), language)
        for name, own in groupby(notes, key=lambda each: each.slug)
    )


def _notebook(db: Session, slug: str, notes: Sequence[KeptNote], language: str) -> Notebook:
    version_id, compiler = notes[0].version_id, notes[0].compiler
    if version_id is None or compiler is None:
        return Notebook(slug, None, tuple(Entry(each, None) for each in notes))
    edition = edition_of(db, version_id, language, compiler)
    last = len(edition.places)
    entries = [Entry(each, _lesson(edition, each.lesson_key)) for each in notes]
    entries.sort(key=lambda each: edition.places.get(each.note.lesson_key, last))
    return Notebook(slug, edition, tuple(entries))


def _lesson(edition: Edition, key: str) -> EditionActivity | None:
    return edition.activity(key) if key in edition.places else None


def rows_of(
    notebooks: Iterable[Notebook], address_of: Callable[[Notebook, Entry], str]
) -> Iterator[tuple[object, ...]]:
    """The notes as rows of a table, in the order of COLUMNS."""
    for notebook in notebooks:
        for entry in notebook.entries:
            note = entry.note
            yield (
                notebook.title,
                entry.lesson.module if entry.lesson else "",
                entry.title,
                note.quoted,
                "yes" if note.is_there else "no",
                note.words,
                note.made_at.isoformat(timespec="seconds"),
                note.changed_at.isoformat(timespec="seconds"),
                address_of(notebook, entry),
            )
