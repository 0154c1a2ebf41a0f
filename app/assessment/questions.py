"""Questions: drawn items as a page shows them, to be answered or, once graded, to be read."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from markupsafe import Markup

from app.assessment.answers import field_of, is_whole
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem


class Choice(NamedTuple):
    """One thing to tick, match or place: `name` and `value` are its form field's."""

    name: str
    value: str
    html: Markup
    is_chosen: bool
    chosen: str = ""


class Question(NamedTuple):
    """An item to be answered; `pool` are the right sides or places a select offers."""

    position: int
    kind: str
    lead: Markup
    stem: Markup
    choices: tuple[Choice, ...]
    pool: tuple[tuple[str, str], ...]
    typed: str
    unit: str
    is_answered: bool
    language: str


def questions_of(
    items: Sequence[SatItem], bank: Bank, activity_key: str, truth: Mapping[str, str]
) -> list[Question]:
    """The items as questions with what is saved; `truth` holds the words for true and false."""
    by_key = {item.key: item for item in bank.quizzes[activity_key]}
    return [question_of(sat, by_key[sat.item_key], bank, truth) for sat in items]


def question_of(sat: SatItem, item: BankItem, bank: Bank, truth: Mapping[str, str]) -> Question:
    """One item as a question, its options in the order drawn for this attempt."""
    parts = bank.texts[item.key]
    return Question(
        position=sat.position,
        kind=item.kind,
        lead=Markup(parts["lead"]),  # noqa: S704 - sanitised by the compiler
        stem=Markup(parts["stem"]),  # noqa: S704 - sanitised by the compiler
        choices=_choices(sat, item, parts, truth),
        pool=_pool(sat, item, parts),
        typed=sat.answer if item.kind in {"numeric", "short"} and sat.answer else "",
        unit=plain(parts.get("unit") or ""),
        is_answered=is_whole(item, sat.answer),
        language=bank.languages[item.key],
    )


def _choices(
    sat: SatItem, item: BankItem, parts: Mapping[str, Any], truth: Mapping[str, str]
) -> tuple[Choice, ...]:
    name, order = field_of(sat.position), sat.shown["order"]
    if item.kind in {"single", "multiple", "true-false"}:
        words = wordings_of(item, parts, truth)
        chosen = sat.answer if isinstance(sat.answer, list) else [sat.answer]
        return tuple(Choice(name, each, words[each], each in chosen) for each in order)
    given = sat.answer or {}
    if item.kind == "matching":
        return tuple(
            Choice(f"{name}-{p['id']}", p["id"], Markup(p["left"]), False, given.get(p["id"], ""))  # noqa: S704 - sanitised by the compiler
            for p in parts["pairs"]
        )
    if item.kind == "ordering":
        words = wordings_of(item, parts, truth)
        return tuple(
            Choice(f"{name}-{each}", each, words[each], False, str(given.get(each, "")))
            for each in order
        )
    return (Choice(name, "", Markup(), False),)


def wordings_of(
    item: BankItem, parts: Mapping[str, Any], truth: Mapping[str, str]
) -> Mapping[str, Markup]:
    """The words of each option or step by its id."""
    if item.kind == "true-false":
        return {each: Markup.escape(words) for each, words in truth.items()}
    listed = parts["options"] if "options" in parts else parts["sequence"]
    return {part["id"]: Markup(part["text"]) for part in listed}  # noqa: S704 - sanitised by the compiler


def _pool(sat: SatItem, item: BankItem, parts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if item.kind == "matching":
        rights = {pair["id"]: plain(pair["right"]) for pair in parts["pairs"]}
        return tuple((each, rights[each]) for each in sat.shown["order"])
    if item.kind == "ordering":
        return tuple((str(at), str(at)) for at in range(1, len(sat.shown["order"]) + 1))
    return ()


def plain(html: str) -> str:
    """Inline HTML as plain text, for the options of a select."""
    return unescape(re.sub(r"<[^>]+>", "", html))
