"""The bank: the items of a version as attempts need them, kept in process since they never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.catalogue.items import Item, QuizItem
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept

MOST_VERSIONS = 64


@dataclass(frozen=True, slots=True)
class BankItem:
    """An item in its quiz: its stable key, its content's hash, its type and stored definition."""

    key: str
    hash: bytes
    kind: str
    outcome_key: str | None
    definition: Mapping[str, Any]

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Ids of the options, pairs or steps in source order; empty for typed answers."""
        if self.kind == "true-false":
            return ("true", "false")
        parts = next(
            (self.definition[name] for name in ("options", "pairs", "sequence")
             if name in self.definition),
            (),
        )  # fmt: skip
        return tuple(part["id"] for part in parts)


class Bank(NamedTuple):
    """Everything about the questions of one version in one language.

    `quizzes` lists each quiz's items in source order; `texts` holds the rendered wording by item
    key, in the language asked for where it exists, else in the course's own.
    """

    quizzes: Mapping[str, tuple[BankItem, ...]]
    texts: Mapping[str, Mapping[str, Any]]
    languages: Mapping[str, str]


_activities, _places, _items = Activity.__table__.c, QuizItem.__table__.c, Item.__table__.c
_texts, _versions = CompiledText.__table__.c, CourseVersion.__table__.c
_ITEMS = (
    select(
        _activities.key, _places.item_key, _items.hash, _items.kind, _places.outcome_key,
        _items.definition,
    )
    .join_from(Activity.__table__, QuizItem.__table__, _places.activity_id == _activities.id)
    .join(Item.__table__, _items.hash == _places.item_hash)
    .where(_activities.version_id == bindparam("version_id"))
    .order_by(_activities.position, _places.position)
)  # fmt: skip
_TEXTS = (
    select(_texts.owner_key, _texts.language, _texts.parts)
    .join_from(CompiledText.__table__, CourseVersion.__table__, _versions.id == _texts.version_id)
    .where(
        _texts.version_id == bindparam("version_id"),
        _texts.owner_key.like("item/%"),
        _texts.language.in_([bindparam("language"), _versions.source_language]),
    )
    .order_by(_texts.language == bindparam("language"))
)
_kept: Kept[tuple[int, str, int], Bank] = Kept(MOST_VERSIONS)


def bank_of(db: Session, version_id: int, language: str, compiler: int) -> Bank:
    """The version's questions; read once a process for each language and compiler number."""
    return _kept.get(db, (version_id, language, compiler), lambda: _read(db, version_id, language))


def _read(db: Session, version_id: int, language: str) -> Bank:
    quizzes: dict[str, list[BankItem]] = {}
    for activity_key, *item in db.execute(_ITEMS, {"version_id": version_id}):
        quizzes.setdefault(activity_key, []).append(BankItem(*item))
    texts: dict[str, Mapping[str, Any]] = {}
    languages: dict[str, str] = {}
    asked = {"version_id": version_id, "language": language}
    for owner_key, spoken, parts in db.execute(_TEXTS, asked):
        key = owner_key.removeprefix("item/")
        texts[key], languages[key] = parts, spoken
    return Bank({key: tuple(items) for key, items in quizzes.items()}, texts, languages)
