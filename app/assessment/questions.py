"""Questions: the items of an attempt as a page asks them, with what is saved and what is open."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from gettext import NullTranslations
from html import unescape
from typing import Any, NamedTuple

from markupsafe import Markup

from app.assessment.answers import TYPED, field_of, is_whole
from app.assessment.rows import NOTHING, Options, match_row, tick_row
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem, ItemText
from app.i18n.catalogues import translations_for

DONE, PART, OPEN = "done", "part", "open"
DESCRIBED = Markup(' aria-describedby="fault-{}"')
FAULTY = DESCRIBED + Markup(' aria-invalid="true"')  # which one radio alone cannot be


class Question(NamedTuple):
    """An item to be answered; `rows` are its options, or its sides or steps with their lists.

    A typed answer has no rows, but what is `typed` in a field, and its `unit` if it has one. `first` is the id
    of the first field, `fault` says what a page that went on found missing.
    """

    position: int
    kind: str
    head: str
    marks: Markup
    lead: Markup
    stem: Markup
    rows: Markup
    typed: str
    unit: Markup
    first: str
    standing: str
    is_flagged: bool
    fault: str


class Stop(NamedTuple):
    """A question among the signs of its quiz: where it is, how it stands, and whether it is flagged.

    It is done, partly or open.
    """

    position: int
    href: str
    standing: str
    label: str
    stem: str
    marks: Markup
    is_flagged: bool


class Words:
    """What is said about questions in one language, found once."""

    def __init__(self, code: str) -> None:
        self.words: NullTranslations = translations_for(code)
        _ = self.words.gettext
        spoken = Markup("<span>{}</span>").format
        self.truth = {"true": spoken(_("True")), "false": spoken(_("False"))}
        self.choose_match = ("", _("Choose a match"), NOTHING)
        self.choose_place = ("", _("Choose a place"), NOTHING)
        self.right, self.not_right = _("Right answer"), _("Not right")
        self.your_right, self.your_wrong = (
            _("Your answer · Right answer"),
            _("Your answer · Not right"),
        )
        self.unanswered = _("Not answered")
        self.your_match, self.right_match = _("Your match:"), _("Right match:")
        self.your_place, self.right_place = _("Your place:"), _("Right place:")
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
        self.flagged = _("%(question)s, flagged")
        self.here = _("Question %(number)s, this question")
        self.of = _("%(part)d of %(whole)d")

    def standing(self, *, is_given: bool, is_right: bool) -> str:
        """How an option of a graded question stands."""
        if is_given:
            return self.your_right if is_right else self.your_wrong
        return self.right if is_right else self.not_right

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
    return Question(
        position=sat.position,
        kind=item.kind,
        head=words.heads[item.kind] % {"number": sat.position, "of": of},
        marks=text.marks,
        lead=text.lead,
        stem=text.stem,
        rows=_rows(sat, item, text, words, is_faulty=is_faulty),
        typed=sat.answer or "" if item.kind in TYPED else "",
        unit=text.unit,
        first=_first_field(sat, item),
        standing=standing_of(sat.answer, item),
        is_flagged=sat.is_flagged,
        fault=words.faults[item.kind] if is_faulty else "",
    )


def standing_of(answer: Any, item: BankItem) -> str:
    """Whether the saved answer is whole, only a part, or none."""
    if is_whole(item, answer):
        return DONE
    return OPEN if answer is None else PART


def _rows(sat: SatItem, item: BankItem, text: ItemText, words: Words, *, is_faulty: bool) -> Markup:
    name, order = field_of(sat.position), sat.shown["order"]
    is_radio = item.kind in {"single", "true-false"}
    faulty = (DESCRIBED if is_radio else FAULTY).format(sat.position)
    marks = faulty if is_faulty else NOTHING
    if item.kind == "matching":
        rights = ((each, plain(text.rights[each]), text.marks) for each in order)
        return _lists(name, item.part_ids, sat, text, (words.choose_match, *rights), marks)
    if item.kind == "ordering":
        places = ((str(at), str(at), NOTHING) for at in range(1, len(order) + 1))
        return _lists(name, order, sat, text, (words.choose_place, *places), marks)
    said = words.truth if item.kind == "true-false" else text.parts
    chosen = sat.answer if isinstance(sat.answer, list) else (sat.answer,)
    kind = "radio" if is_radio else "checkbox"
    rows = [tick_row(kind, name, each, said[each], each in chosen, marks) for each in order]
    return Markup("".join(rows))  # noqa: S704 - each row is markup


def _lists(
    name: str, ids: Sequence[str], sat: SatItem, text: ItemText, options: Options, marks: Markup
) -> Markup:
    given = sat.answer or {}
    rows = [
        match_row(f"{name}-{each}", text.parts[each], options, str(given.get(each, "")), marks)
        for each in ids
    ]
    return Markup("".join(rows))  # noqa: S704 - each row is markup


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
        said = label % {"number": sat.position}
        stops.append(
            Stop(
                sat.position,
                f"{path}?question={sat.position}",
                standing,
                words.flagged % {"question": said} if sat.is_flagged else said,
                plain(text.stem),
                text.marks,
                sat.is_flagged,
            )
        )
    return stops


@lru_cache(maxsize=8192)
def plain(html: str) -> str:
    """Inline HTML as plain text, for the options of a select and for labels."""
    return unescape(re.sub(r"<[^>]+>", "", html))
