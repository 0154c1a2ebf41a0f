"""Reviews: a graded attempt, answer by answer with each option's reason, and outcome by outcome."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from app.assessment.answers import TYPED
from app.assessment.questions import words_in
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem, Cited, ItemText
from app.catalogue.editions import Wording

RIGHT, WRONG, NEITHER = "testdone", "fault", "test"
NOTHING = Markup()


class Reviewed(NamedTuple):
    """One option, pair, step or typed answer: what was given, whether that is right, and why.

    `beside` is the match or place that was given; `right` is the right one where that differs.
    """

    html: Markup
    sign: str
    is_given: bool
    is_right: bool
    beside: Markup = NOTHING
    right: Markup = NOTHING
    reason: Markup = NOTHING


class Review(NamedTuple):
    """An item of a graded attempt; `reason` speaks to the answer as a whole.

    `is_open` when nothing at all was answered.
    """

    position: int
    kind: str
    marks: Markup
    lead: Markup
    stem: Markup
    is_open: bool
    score: float
    parts: tuple[Reviewed, ...]
    reason: Markup
    sources: tuple[Cited, ...]

    @property
    def is_right(self) -> bool:
        return self.score == 1


class OutcomeScore(NamedTuple):
    """How the questions of one outcome went, as in "2 of 3"; `lessons` are the keys that teach it."""

    wording: Wording
    scores: tuple[float, ...]
    says: str
    lessons: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return any(score < 1 for score in self.scores)


def reviews_of(items: Sequence[SatItem], bank: Bank, language: str) -> list[Review]:
    """The graded items, those with something to learn first."""
    truth = words_in(language).truth
    reviews = [_review(sat, bank, truth) for sat in items]
    return sorted(reviews, key=lambda review: (review.is_right, review.position))


def outcome_scores(items: Sequence[SatItem], bank: Bank, language: str) -> list[OutcomeScore]:
    """Scores by outcome, in the order in which the attempt asked them."""
    scores: dict[str, list[float]] = {}
    for sat in items:
        outcome = bank.items[sat.item_key].outcome_key or ""
        if outcome in bank.outcomes:
            scores.setdefault(outcome, []).append(sat.score or 0)
    words = words_in(language)
    return [
        OutcomeScore(
            wording=bank.outcomes[key],
            scores=tuple(each),
            says=words.part_of(sum(score == 1 for score in each), len(each)),
            lessons=bank.lessons.get(key, ()),
        )
        for key, each in scores.items()
    ]


def sources_of(reviews: Sequence[Review]) -> list[Cited]:
    """What the reasons cite, each once, in the order of their marks."""
    return sorted({source.id: source for each in reviews for source in each.sources}.values())


def _review(sat: SatItem, bank: Bank, truth: Mapping[str, Markup]) -> Review:
    item, text = bank.items[sat.item_key], bank.texts[sat.item_key]
    score = sat.score or 0
    return Review(
        position=sat.position,
        kind=item.kind,
        marks=text.marks,
        lead=text.lead,
        stem=text.stem,
        is_open=sat.answer is None,
        score=score,
        parts=_parts(sat, item, text, truth),
        reason=text.if_right if score == 1 else text.if_wrong,
        sources=text.sources,
    )


def _parts(
    sat: SatItem, item: BankItem, text: ItemText, truth: Mapping[str, Markup]
) -> tuple[Reviewed, ...]:
    if item.kind in TYPED:
        return _typed(sat, item, text)
    if item.kind == "matching":
        return tuple(_pair(each, sat, text) for each in item.part_ids)
    if item.kind == "ordering":
        return tuple(_step(each, place, sat, text) for place, each in enumerate(item.part_ids, 1))
    words = truth if item.kind == "true-false" else text.parts
    right = _right_ids(item)
    given = sat.answer if isinstance(sat.answer, list) else (sat.answer,)
    return tuple(
        Reviewed(
            html=words[each],
            sign=RIGHT if each in right else WRONG if each in given else NEITHER,
            is_given=each in given,
            is_right=each in right,
            reason=text.reasons[each],
        )
        for each in sat.shown["order"]
    )


def _right_ids(item: BankItem) -> set[str]:
    if item.kind == "true-false":
        return {"true" if item.definition["answer"] else "false"}
    return {option["id"] for option in item.definition["options"] if option["right"]}


def _typed(sat: SatItem, item: BankItem, text: ItemText) -> tuple[Reviewed, ...]:
    """What was typed, and beneath it what is right unless it was."""
    is_right = sat.score == 1
    rows = []
    if sat.answer is not None:
        typed = _with_unit(sat.answer, text)
        rows.append(Reviewed(typed, RIGHT if is_right else WRONG, is_given=True, is_right=is_right))
    if not is_right:
        wanted = text.accepted or f"{Decimal(str(item.definition['answer'])):f}"
        rows.append(Reviewed(_with_unit(wanted, text), RIGHT, is_given=False, is_right=True))
    return tuple(rows)


def _with_unit(typed: str, text: ItemText) -> Markup:
    return Markup("{} {}").format(typed, text.unit) if text.unit else Markup.escape(typed)


def _pair(each: str, sat: SatItem, text: ItemText) -> Reviewed:
    chosen = (sat.answer or {}).get(each, "")
    is_right = chosen == each
    return Reviewed(
        html=text.parts[each],
        sign=RIGHT if is_right else WRONG,
        is_given=bool(chosen),
        is_right=is_right,
        beside=text.rights.get(chosen, NOTHING),
        right=NOTHING if is_right else text.rights[each],
        reason=text.reasons[each],
    )


def _step(each: str, place: int, sat: SatItem, text: ItemText) -> Reviewed:
    chosen = (sat.answer or {}).get(each)
    is_right = chosen == place
    return Reviewed(
        html=text.parts[each],
        sign=RIGHT if is_right else WRONG,
        is_given=chosen is not None,
        is_right=is_right,
        beside=Markup.escape("" if chosen is None else chosen),
        right=NOTHING if is_right else Markup.escape(place),
    )
