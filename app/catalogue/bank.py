"""The bank: a version's questions in one language, kept in process since they never change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import PRETEST, Activity
from app.catalogue.editions import Wording, marks_of
from app.catalogue.item_types import AnyItem, item_hash
from app.catalogue.items import Item, QuizItem
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept

MOST_BANKS = 64
TRUE_OR_FALSE = ("true", "false")


@dataclass(frozen=True, slots=True)
class BankItem:
    """An item in its quiz: its stable key, its content's hash, its type and stored definition.

    `part_ids` name its options, pairs or steps in source order; typed answers have none.
    """

    key: str
    hash: bytes
    kind: str
    outcome_key: str | None
    definition: Mapping[str, Any]
    part_ids: tuple[str, ...]


class Cited(NamedTuple):
    """A source that an item's reasons cite: its mark, such as "R13", and what it is."""

    id: str
    html: Markup


class ItemText(NamedTuple):
    """What readers see of an item, as safe HTML; options, left sides and steps by their ids.

    `marks` name the text's own language where it is not the page's; parts, right sides and reasons
    bear them already. `accepted` is the first text that a short answer takes.
    """

    marks: Markup
    lead: Markup
    stem: Markup
    parts: Mapping[str, Markup]
    rights: Mapping[str, Markup]
    reasons: Mapping[str, Markup]
    if_right: Markup
    if_wrong: Markup
    unit: Markup
    accepted: str
    sources: tuple[Cited, ...]


class Bank(NamedTuple):
    """Everything about the questions of one version in one language.

    `settings` and `quizzes` are each quiz's settings, and its items in source order, those of a
    pretest being the final's; `items` holds them all by key. `accepted` are the texts that a short
    answer takes, in every language of the course; `outcomes` are their wordings by key, `lessons`
    the keys of the lessons that teach each.
    """

    settings: Mapping[str, Mapping[str, Any]]
    quizzes: Mapping[str, tuple[BankItem, ...]]
    items: Mapping[str, BankItem]
    texts: Mapping[str, ItemText]
    accepted: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, Wording]
    outcomes: Mapping[str, Wording]
    lessons: Mapping[str, tuple[str, ...]]


_activities, _places, _items = Activity.__table__.c, QuizItem.__table__.c, Item.__table__.c
_texts, _versions = CompiledText.__table__.c, CourseVersion.__table__.c
_asked_version: BindParameter[int] = bindparam("version_id")
_ITEMS = (
    select(
        _activities.key, _activities.settings, _places.item_key, _items.hash, _items.kind,
        _places.outcome_key, _items.definition,
    )
    .join_from(Activity.__table__, QuizItem.__table__, _places.activity_id == _activities.id)
    .join(Item.__table__, _items.hash == _places.item_hash)
    .where(_activities.version_id == _asked_version)
    .order_by(_activities.position, _places.position)
)  # fmt: skip
_TEXTS = (
    select(_texts.owner_key, _texts.language, _versions.source_language, _texts.title, _texts.parts)
    .join_from(CompiledText.__table__, CourseVersion.__table__, _versions.id == _texts.version_id)
    .where(
        _texts.version_id == _asked_version,
        _texts.language.in_([bindparam("language"), _versions.source_language]),
    )
    .order_by(_texts.language == bindparam("language"), _texts.id)
)
_ACCEPTED = select(_texts.owner_key, _texts.parts).where(
    _texts.version_id == _asked_version,
    _texts.owner_key.in_(bindparam("owner_keys", expanding=True)),
)
_kept: Kept[tuple[int, str, int], Bank] = Kept(MOST_BANKS)


def bank_of(db: Session, version_id: int, language: str, compiler: int) -> Bank:
    """The version's questions; read once a process for each language and compiler number."""
    return _kept.get(db, (version_id, language, compiler), lambda: _read(db, version_id, language))


def _read(db: Session, version_id: int, language: str) -> Bank:
    settings: dict[str, Mapping[str, Any]] = {}
    quizzes: dict[str, list[BankItem]] = {}
    for activity_key, terms, key, name, kind, outcome_key, definition in db.execute(
        _ITEMS, {"version_id": version_id}
    ):
        settings[activity_key] = terms
        item = BankItem(key, name, kind, outcome_key, definition, _part_ids(kind, definition))
        quizzes.setdefault(activity_key, []).append(item)
    texts: dict[str, ItemText] = {}
    titles: dict[str, dict[str, Wording]] = {"quiz": {}, "outcome": {}}
    lessons: dict[str, dict[str, None]] = {}
    asked = {"version_id": version_id, "language": language}
    for owner_key, spoken, source, title, parts in db.execute(_TEXTS, asked):
        kind, _, key = owner_key.partition("/")
        if kind == "item":
            texts[key] = _item_text(parts, marks_of(spoken, language))
        elif kind in titles:
            own = source if "title" in parts["untranslated"] else spoken
            titles[kind][key] = Wording(title, marks_of(own, language))
        elif kind == "lesson":
            for outcome in parts.get("outcomes", ()):
                lessons.setdefault(outcome, {})[key] = None
    items = {item.key: item for each in quizzes.values() for item in each}
    for final in [key for key, terms in settings.items() if terms.get("pretest")]:
        settings[PRETEST], quizzes[PRETEST] = settings[final], quizzes[final]
        titles["quiz"][PRETEST] = titles["quiz"][final]
    return Bank(
        settings=settings,
        quizzes={key: tuple(each) for key, each in quizzes.items()},
        items=items,
        texts=texts,
        accepted=_accepted(db, version_id, items.values()),
        titles=titles["quiz"],
        outcomes=titles["outcome"],
        lessons={outcome: tuple(keys) for outcome, keys in lessons.items()},
    )


def bank_from(items: Iterable[tuple[AnyItem, Mapping[str, Any]]]) -> Bank:
    """A bank of items that are not published, from their compiled parts in the language they have."""
    known, texts = {}, {}
    for item, parts in items:
        content = item.content()
        ids = _part_ids(item.type, content)
        name = item_hash(content)
        known[item.key] = BankItem(item.key, name, item.type, item.outcome, content, ids)
        texts[item.key] = _item_text(parts, Markup())
    return Bank({}, {}, known, texts, {}, {}, {}, {})


def _part_ids(kind: str, definition: Mapping[str, Any]) -> tuple[str, ...]:
    if kind == "true-false":
        return TRUE_OR_FALSE
    named = (definition[name] for name in ("options", "pairs", "sequence") if name in definition)
    return tuple(part["id"] for part in next(named, ()))


def _accepted(
    db: Session, version_id: int, items: Iterable[BankItem]
) -> dict[str, tuple[str, ...]]:
    """A right answer counts in whatever language of the course it was typed."""
    accepted = {item.key: list(item.definition["accept"]) for item in items if item.kind == "short"}
    asked = {"version_id": version_id, "owner_keys": [f"item/{key}" for key in accepted]}
    for owner_key, parts in db.execute(_ACCEPTED, asked) if accepted else ():
        accepted[owner_key.removeprefix("item/")] += parts["accept"]
    return {key: tuple(dict.fromkeys(texts)) for key, texts in accepted.items()}


def _item_text(parts: Mapping[str, Any], marks: Markup) -> ItemText:
    options, pairs = parts.get("options", ()), parts.get("pairs", ())
    verdicts = parts.get("feedback") or {}
    said = [(each["id"], each.get("text") or each.get("left")) for each in (*options, *pairs)]
    said += [(step["id"], step["text"]) for step in parts.get("sequence", ())]
    return ItemText(
        marks=marks,
        lead=_safe(parts["lead"]),
        stem=_safe(parts["stem"]),
        parts={key: _marked(text, marks) for key, text in said},
        rights={pair["id"]: _marked(pair["right"], marks) for pair in pairs},
        reasons={each["id"]: _marked(each["feedback"], marks) for each in (*options, *pairs)},
        if_right=_marked(verdicts.get("right"), marks),
        if_wrong=_marked(verdicts.get("wrong"), marks),
        unit=_safe(parts.get("unit")),
        accepted=next(iter(parts.get("accept", ())), ""),
        sources=tuple(Cited(each["id"], _safe(each["html"])) for each in parts["sources"]),
    )


def _marked(html: str | None, marks: Markup) -> Markup:
    return Markup("<span{}>{}</span>").format(marks, _safe(html)) if html else Markup()


def _safe(html: str | None) -> Markup:
    return Markup(html or "")  # noqa: S704 - sanitised by the compiler
