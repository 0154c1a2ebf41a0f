"""Reviews: a graded attempt, answer by answer with each option's reason, and outcome by outcome."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from app.assessment.questions import wordings_of
from app.assessment.sittings import SatItem
from app.catalogue.bank import Bank, BankItem


class Reviewed(NamedTuple):
    """One option, pair or step: whether it was given, whether that is right, and why.

    `sign` is done, fault or open; `beside` is what was matched or the place given; `right` the
    right side or place where the given one is wrong.
    """

    html: Markup
    sign: str
    is_given: bool
    is_right: bool
    beside: Markup
    right: Markup
    reason: Markup


class Review(NamedTuple):
    """An item of a graded attempt; `reason` speaks to the answer as a whole."""

    position: int
    kind: str
    stem: Markup
    score: float
    parts: tuple[Reviewed, ...]
    typed: str
    accepted: str
    reason: Markup
    language: str

    @property
    def is_right(self) -> bool:
        return self.score == 1


class OutcomeScore(NamedTuple):
    """How the questions of one outcome went."""

    key: str
    scores: tuple[float, ...]

    @property
    def right(self) -> int:
        return sum(score == 1 for score in self.scores)


def reviews_of(
    items: Sequence[SatItem], bank: Bank, activity_key: str, truth: Mapping[str, str]
) -> list[Review]:
    """The graded items, those with something to learn first."""
    by_key = {item.key: item for item in bank.quizzes[activity_key]}
    reviews = [review_of(sat, by_key[sat.item_key], bank, truth) for sat in items]
    return sorted(reviews, key=lambda review: (review.is_right, review.position))


def outcome_scores(items: Sequence[SatItem], bank: Bank, activity_key: str) -> list[OutcomeScore]:
    """Scores by outcome, in the order in which the attempt asked them."""
    outcome_of = {item.key: item.outcome_key or "" for item in bank.quizzes[activity_key]}
    scores: dict[str, list[float]] = {}
    for sat in items:
        scores.setdefault(outcome_of[sat.item_key], []).append(sat.score or 0)
    return [OutcomeScore(key, tuple(each)) for key, each in scores.items() if key]


def review_of(sat: SatItem, item: BankItem, bank: Bank, truth: Mapping[str, str]) -> Review:
    """One graded item with every reason that its author gave."""
    texts, score = bank.texts[item.key], sat.score or 0
    said = texts.get("feedback") or {}
    return Review(
        position=sat.position,
        kind=item.kind,
        stem=_safe(texts["lead"] + texts["stem"]),
        score=score,
        parts=_parts(sat, item, texts, truth),
        typed=_typed(sat, item, texts),
        accepted=_accepted(item, texts),
        reason=_safe(said.get("right" if score == 1 else "wrong")),
        language=bank.languages[item.key],
    )


def _safe(html: str | None) -> Markup:
    return Markup(html or "")  # noqa: S704 - sanitised by the compiler


def _typed(sat: SatItem, item: BankItem, texts: Mapping[str, Any]) -> str:
    if item.kind not in {"numeric", "short"} or sat.answer is None:
        return ""
    return f"{sat.answer} {texts.get('unit') or ''}".strip()


def _accepted(item: BankItem, texts: Mapping[str, Any]) -> str:
    if item.kind == "numeric":
        return f"{item.definition['answer']} {texts.get('unit') or ''}".strip()
    return (
        str((texts.get("accept") or item.definition["accept"])[0]) if item.kind == "short" else ""
    )


def _parts(
    sat: SatItem, item: BankItem, texts: Mapping[str, Any], truth: Mapping[str, str]
) -> tuple[Reviewed, ...]:
    if item.kind in {"single", "multiple", "true-false"}:
        return _options(sat, item, texts, truth)
    if item.kind == "matching":
        return _pairs(sat, texts)
    return _steps(sat, item, texts, truth) if item.kind == "ordering" else ()


def _options(
    sat: SatItem, item: BankItem, texts: Mapping[str, Any], truth: Mapping[str, str]
) -> tuple[Reviewed, ...]:
    words = wordings_of(item, texts, truth)
    reasons = {option["id"]: option["feedback"] for option in texts["options"]}
    right = _right_ids(item)
    given = sat.answer if isinstance(sat.answer, list) else [sat.answer]
    reviewed = []
    for each in sat.shown["order"]:
        is_given, is_right = each in given, each in right
        sign = "done" if is_right else "fault" if is_given else "open"
        reviewed.append(
            Reviewed(words[each], sign, is_given, is_right, _NONE, _NONE, _safe(reasons[each]))
        )
    return tuple(reviewed)


def _right_ids(item: BankItem) -> set[str]:
    if item.kind == "true-false":
        return {"true" if item.definition["answer"] else "false"}
    return {option["id"] for option in item.definition["options"] if option["right"]}


def _pairs(sat: SatItem, texts: Mapping[str, Any]) -> tuple[Reviewed, ...]:
    given = sat.answer or {}
    rights = {pair["id"]: _safe(pair["right"]) for pair in texts["pairs"]}
    reviewed = []
    for pair in texts["pairs"]:
        chosen = given.get(pair["id"], "")
        is_right = chosen == pair["id"]
        reviewed.append(
            Reviewed(
                _safe(pair["left"]),
                "done" if is_right else "fault",
                bool(chosen),
                is_right,
                rights.get(chosen, _NONE),
                _NONE if is_right else rights[pair["id"]],
                _safe(pair["feedback"]),
            )
        )
    return tuple(reviewed)


def _steps(
    sat: SatItem, item: BankItem, texts: Mapping[str, Any], truth: Mapping[str, str]
) -> tuple[Reviewed, ...]:
    given = sat.answer or {}
    words = wordings_of(item, texts, truth)
    reviewed = []
    for place, step in enumerate(item.definition["sequence"], 1):
        chosen = given.get(step["id"])
        is_right = chosen == place
        reviewed.append(
            Reviewed(
                words[step["id"]],
                "done" if is_right else "fault",
                chosen is not None,
                is_right,
                Markup(chosen or ""),  # noqa: S704 - a number
                Markup(place),  # noqa: S704 - a number
                _NONE,
            )
        )
    return tuple(reviewed)


_NONE = Markup()
