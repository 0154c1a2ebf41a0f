"""Reviews: a graded attempt, answer by answer with each option's reason, and outcome by outcome."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from app.assessment.answers import TYPED
from app.assessment.passages import Passage
from app.assessment.questions import Words, words_in
from app.assessment.rows import NOTHING, answer_row
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem, Cited, ItemText
from app.catalogue.editions import Wording

RIGHT, WRONG, NEITHER = "testdone", "fault", "test"


class Review(NamedTuple):
    """An item of a graded attempt; `rows` are its options, pairs, steps or answers with the reasons.

    `reason` speaks to the answer as a whole; `is_open` when nothing at all was answered; `again` is
    where a lesson says it.
    """

    position: int
    marks: Markup
    lead: Markup
    stem: Markup
    is_open: bool
    score: float
    rows: Markup
    reason: Markup
    sources: tuple[Cited, ...]
    again: Passage | None

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


def reviews_of(
    items: Sequence[SatItem], bank: Bank, language: str, passages: Mapping[str, Passage]
) -> list[Review]:
    """The graded items, those with something to learn first."""
    words = words_in(language)
    reviews = [_review(sat, bank, words, passages.get(sat.item_key)) for sat in items]
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


def _review(sat: SatItem, bank: Bank, words: Words, again: Passage | None) -> Review:
    item, text = bank.items[sat.item_key], bank.texts[sat.item_key]
    score = sat.score or 0
    rows = _rows(sat, item, text, words)
    return Review(
        position=sat.position,
        marks=text.marks,
        lead=text.lead,
        stem=text.stem,
        is_open=sat.answer is None,
        score=score,
        rows=Markup("".join(rows)),  # noqa: S704 - each row is markup
        reason=text.if_right if score == 1 else text.if_wrong,
        sources=text.sources,
        again=again,
    )


def _rows(sat: SatItem, item: BankItem, text: ItemText, words: Words) -> list[Markup]:
    if item.kind in TYPED:
        return _typed(sat, item, text, words)
    if item.kind == "matching":
        names = (words.your_match, words.right_match)
        given = {each: text.rights[right] for each, right in (sat.answer or {}).items()}
        wanted = {each: text.rights[each] for each in item.part_ids}
        return [_placed(each, text, words, names, given, wanted) for each in item.part_ids]
    if item.kind == "ordering":
        names = (words.your_place, words.right_place)
        given = {each: Markup.escape(place) for each, place in (sat.answer or {}).items()}
        wanted = {each: Markup.escape(place) for place, each in enumerate(item.part_ids, 1)}
        return [_placed(each, text, words, names, given, wanted) for each in item.part_ids]
    return _options(sat, item, text, words)


def _options(sat: SatItem, item: BankItem, text: ItemText, words: Words) -> list[Markup]:
    said = words.truth if item.kind == "true-false" else text.parts
    right = _right_ids(item)
    given = sat.answer if isinstance(sat.answer, list) else (sat.answer,)
    rows = []
    for each in sat.shown["order"]:
        is_given, is_right = each in given, each in right
        sign = RIGHT if is_right else WRONG if is_given else NEITHER
        standing = words.standing(is_given=is_given, is_right=is_right)
        rows.append(answer_row(said[each], sign, standing, is_given, text.reasons[each]))
    return rows


def _right_ids(item: BankItem) -> set[str]:
    if item.kind == "true-false":
        return {"true" if item.definition["answer"] else "false"}
    return {option["id"] for option in item.definition["options"] if option["right"]}


def _typed(sat: SatItem, item: BankItem, text: ItemText, words: Words) -> list[Markup]:
    """What was typed, and beneath it what is right unless it was."""
    is_right = sat.score == 1
    rows = []
    if sat.answer is not None:
        standing = words.standing(is_given=True, is_right=is_right)
        sign, typed = RIGHT if is_right else WRONG, _with_unit(sat.answer, text)
        rows.append(answer_row(typed, sign, standing, True, NOTHING))
    if not is_right:
        wanted = text.accepted or f"{Decimal(str(item.definition['answer'])):f}"
        rows.append(answer_row(_with_unit(wanted, text), RIGHT, words.right, False, NOTHING))
    return rows


def _with_unit(typed: str, text: ItemText) -> Markup:
    return Markup("{} {}").format(typed, text.unit) if text.unit else Markup.escape(typed)


def _placed(
    each: str,
    text: ItemText,
    words: Words,
    names: tuple[str, str],
    given: Mapping[str, Markup],
    wanted: Mapping[str, Markup],
) -> Markup:
    """A left side or a step: what it was given, and what belongs to it where that differs."""
    own, right = given.get(each), wanted[each]
    is_right = own == right
    standing = words.right if is_right else words.unanswered if own is None else words.not_right
    return answer_row(
        text.parts[each],
        RIGHT if is_right else WRONG,
        standing,
        own is not None,
        text.reasons.get(each, NOTHING),
        None if own is None else (names[0], own),
        None if is_right else (names[1], right),
    )
