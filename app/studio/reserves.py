"""Reserves: the quizzes that count in a course, which stay with the institutions that own it.

Whoever adapts a course writes questions of their own: a certificate is worth as much as the answers
that nobody could look up.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.catalogue.compiling.compiled import CompiledCourse
from app.catalogue.compiling.declarations import QuizDeclaration
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.translations import read_catalogue, written
from app.catalogue.files import catalogue_language, is_catalogue
from app.catalogue.items import QuizItem
from app.studio.beginnings import Say, new_item
from app.studio.sheets import Sheet


class Reserve(NamedTuple):
    """Quizzes that count, and their questions, by their keys."""

    quizzes: frozenset[str]
    items: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether the file at this path is one of these quizzes."""
        name = path.rpartition("/")[2]
        return name.endswith(".yaml") and name.removesuffix(".yaml") in self.quizzes

    def without(self, path: str, content: bytes) -> bytes:
        """A catalogue without what it says of these quizzes."""
        owners = {f"quiz/{key}" for key in self.quizzes} | {f"item/{key}" for key in self.items}
        text = decoded(path, content, Faults()) or ""
        kept = read_catalogue(path, text, Faults())
        left = {block: each for block, each in kept.items() if block[0] not in owners}
        return written(catalogue_language(path), left).encode()


NOTHING_RESERVED = Reserve(frozenset(), frozenset())


def reserve_in(course: CompiledCourse) -> Reserve:
    """The quizzes that count in a compiled course."""
    keys = {a.key for a in course.activities if a.kind == "quiz" and a.required}
    items = {q.item_key for q in course.quiz_items if q.activity_key in keys}
    return Reserve(frozenset(keys), frozenset(items))


def reserve_of(db: Session, version_id: int) -> Reserve:
    """The same of a published version."""
    rows = db.execute(
        select(Activity.key, QuizItem.item_key)
        .join(QuizItem, QuizItem.activity_id == Activity.id, isouter=True)
        .where(Activity.version_id == version_id, Activity.kind == "quiz", Activity.required)
    ).all()
    return Reserve(
        frozenset(key for key, _item in rows), frozenset(item for _key, item in rows if item)
    )


def open_files(files: Mapping[str, bytes], reserve: Reserve) -> dict[str, bytes]:
    """The files without these quizzes and what translations say of them."""
    return {
        path: reserve.without(path, content) if is_catalogue(path) else content
        for path, content in files.items()
        if not reserve.holds(path)
    }


def to_be_written(path: str, content: bytes, say: Say) -> bytes:
    """The quiz at this path with its title and rules, and one question to be written over."""
    sheet = Sheet(path, content.decode(errors="replace"), QuizDeclaration)
    first = sheet.value("items")[0]
    key = path.rpartition("/")[2].removesuffix(".yaml")
    asked = new_item(
        f"{key[:50]}-question", first.get("outcome", ""), first.get("sources", []), say
    )
    sheet.put("items", [{field: said for field, said in asked.items() if said not in ("", [])}])
    sheet.put("draw", None)
    return sheet.text().encode()
