"""Questions: the items of an attempt as a page asks them, with what is saved and what is open."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from gettext import NullTranslations
from html import unescape
from typing import Any, NamedTuple

from markupsafe import Markup

from app.assessment.answers import TYPED, field_of, is_whole
from app.assessment.drawing import MIXED
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem, ItemText
from app.i18n.catalogues import translations_for

DONE, PART, OPEN = "done", "part", "open"


class Choice(NamedTuple):
    """One thing to tick, match or place: the attributes of its field, and its words.

    `field` is the id of a select, and `chosen` the part or place that it holds.
    """

    attributes: Markup
    html: Markup
    is_chosen: bool = False
    field: str = ""
    chosen: str = ""


class Question(NamedTuple):
    """An item to be answered; `pool` are the right sides or places that its selects offer.

    `first` is the id of its first field, `fault` says what a page that went on found missing.
    """

    position: int
    kind: str
    head: str
    marks: Markup
    lead: Markup
    stem: Markup
    choices: tuple[Choice, ...]
    pool: tuple[tuple[str, str], ...]
    typed: str
    label: str
    first: str
    standing: str
    fault: str


class Stop(NamedTuple):
    """A question among the signs of its quiz: where it is, and whether it is done, partly or open."""

    position: int
    href: str
    standing: str
    label: str
    stem: str
    marks: Markup


class Words:
    """What is said about questions in one language, found once."""

    def __init__(self, code: str) -> None:
        self.words: NullTranslations = translations_for(code)
        _ = self.words.gettext
        spoken = Markup("<span>{}</span>").format
        self.truth = {"true": spoken(_("True")), "false": spoken(_("False"))}
        self.heads = {
            "single": _("Question %(number)d of %(of)d · one answer"),
            "multiple": _("Question %(number)d of %(of)d · one or more answers"),
            "true-false": _("Question %(number)d of %(of)d · true or false"),
            "numeric": _("Question %(number)d of %(of)d · a number"),
            "matching": _("Question %(number)d of %(of)d · a match in each row"),
            "ordering": _("Question %(number)d of %(of)d · a place for each step"),
            "short": _("Question %(number)d of %(of)d · a few words"),
        }
        self.faults = {
            "single": _("Choose one answer."),
            "multiple": _("Tick each answer that is right."),
            "true-false": _("Choose true or false."),
            "numeric": _("Write a number in digits, such as 24 or 24.5."),
            "matching": _("Choose a match in each row."),
            "ordering": _("Give each step a place of its own."),
            "short": _("Write your answer in a few words."),
        }
        self.stops = {
            DONE: _("Question %(number)s, answered"),
            PART: _("Question %(number)s, not complete"),
            OPEN: _("Question %(number)s, not answered"),
        }
        self.here = _("Question %(number)s, this question")
        self.of = _("%(part)d of %(whole)d")
        self.answer, self.answer_in = _("Your answer"), _("Your answer (%(unit)s)")

    def part_of(self, part: int, whole: int) -> str:
        return self.of % {"part": part, "whole": whole}

    def saved(self, number: int, of: int) -> str:
        """How many answers are on the server, and that they are safe there."""
        if not number:
            return self.words.gettext("No answer is saved yet.")
        return self.words.ngettext(
            "%(num)d of %(of)d answers is saved. You can close this page and go on from any device.",
            "%(num)d of %(of)d answers are saved. You can close this page and go on from any device.",
            number,
        ) % {"num": number, "of": of}


@lru_cache(maxsize=16)
def words_in(code: str) -> Words:
    """The words of a language, made once."""
    return Words(code)


def questions_of(
    items: Sequence[SatItem],
    bank: Bank,
    language: str,
    positions: Collection[int],
    faulty: Collection[int] = (),
) -> list[Question]:
    """The questions at these positions; those in `faulty` say what is missing."""
    words, of = words_in(language), len(items)
    return [
        _question(sat, bank, words, of, is_faulty=sat.position in faulty)
        for sat in items
        if sat.position in positions
    ]


def _question(sat: SatItem, bank: Bank, words: Words, of: int, *, is_faulty: bool) -> Question:
    item, text = bank.items[sat.item_key], bank.texts[sat.item_key]
    unit = plain(text.unit)
    return Question(
        position=sat.position,
        kind=item.kind,
        head=words.heads[item.kind] % {"number": sat.position, "of": of},
        marks=text.marks,
        lead=text.lead,
        stem=text.stem,
        choices=_selects(sat, item, text) if item.kind in MIXED else _ticks(sat, item, text, words),
        pool=_pool(sat, item, text),
        typed=sat.answer or "" if item.kind in TYPED else "",
        label=words.answer_in % {"unit": unit} if unit else words.answer,
        first=_first_field(sat, item),
        standing=standing_of(sat.answer, item),
        fault=words.faults[item.kind] if is_faulty else "",
    )


def standing_of(answer: Any, item: BankItem) -> str:
    """Whether the saved answer is whole, only a part, or none."""
    if is_whole(item, answer):
        return DONE
    return OPEN if answer is None else PART


def _ticks(sat: SatItem, item: BankItem, text: ItemText, words: Words) -> tuple[Choice, ...]:
    said = words.truth if item.kind == "true-false" else text.parts
    chosen = sat.answer if isinstance(sat.answer, list) else (sat.answer,)
    kind = "checkbox" if item.kind == "multiple" else "radio"
    return tuple(
        Choice(_tick(kind, field_of(sat.position), each), said[each], each in chosen)
        for each in sat.shown["order"]
    )


@lru_cache(maxsize=8192)
def _tick(kind: str, name: str, value: str) -> Markup:
    return Markup('type="{0}" name="{1}" value="{2}" id="{1}-{2}"').format(kind, name, value)


def _selects(sat: SatItem, item: BankItem, text: ItemText) -> tuple[Choice, ...]:
    given, name = sat.answer or {}, field_of(sat.position)
    ids = item.part_ids if item.kind == "matching" else sat.shown["order"]
    return tuple(
        Choice(
            _select(f"{name}-{each}"),
            text.parts[each],
            field=f"{name}-{each}",
            chosen=str(given.get(each, "")),
        )
        for each in ids
    )


@lru_cache(maxsize=8192)
def _select(name: str) -> Markup:
    return Markup('id="{0}" name="{0}"').format(name)


def _pool(sat: SatItem, item: BankItem, text: ItemText) -> tuple[tuple[str, str], ...]:
    order = sat.shown["order"]
    if item.kind == "matching":
        return tuple((each, plain(text.rights[each])) for each in order)
    if item.kind == "ordering":
        return tuple((str(place), str(place)) for place in range(1, len(order) + 1))
    return ()


def _first_field(sat: SatItem, item: BankItem) -> str:
    if item.kind in TYPED:
        return field_of(sat.position)
    first = item.part_ids[0] if item.kind == "matching" else sat.shown["order"][0]
    return f"{field_of(sat.position)}-{first}"


def stops_of(
    items: Iterable[SatItem], bank: Bank, language: str, path: str, at: int = 0
) -> list[Stop]:
    """All questions of the attempt at `path` as signs; the one that the page shows says so."""
    words = words_in(language)
    stops = []
    for sat in items:
        item, text = bank.items[sat.item_key], bank.texts[sat.item_key]
        standing = standing_of(sat.answer, item)
        label = words.here if sat.position == at else words.stops[standing]
        stops.append(
            Stop(
                sat.position,
                f"{path}?question={sat.position}",
                standing,
                label % {"number": sat.position},
                plain(text.stem),
                text.marks,
            )
        )
    return stops


@lru_cache(maxsize=8192)
def plain(html: str) -> str:
    """Inline HTML as plain text, for the options of a select and for labels."""
    return unescape(re.sub(r"<[^>]+>", "", html))
