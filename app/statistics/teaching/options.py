"""Options: which answers were chosen to a question, by all, by the upper and by the lower group.

An option that is wrong and chosen by fewer than IDLE of all draws nobody (Haladyna and Downing
1993). A wrong one that the upper group chooses more often than the lower, by MARGIN, misleads
those who know.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.catalogue.bank import BankItem
from app.statistics.teaching.answers import LOWER, UPPER, Alike
from app.statistics.teaching.items import by_question

FEWEST_CHOSEN = 20  # answers to a question; with fewer a group would be fewer than five
IDLE, MARGIN = 0.05, 0.1
KINDS = frozenset({"single", "multiple", "true-false"})


class Option(NamedTuple):
    """An option and the share of answers that hold it; key "" is a question left open."""

    key: str
    is_right: bool
    share: float
    upper: float
    lower: float

    @property
    def is_idle(self) -> bool:
        """Whether nearly nobody falls for it."""
        return bool(self.key) and not self.is_right and self.share < IDLE

    @property
    def is_misleading(self) -> bool:
        """Whether those who know choose it more often than those who do not."""
        return bool(self.key) and not self.is_right and self.upper >= self.lower + MARGIN


class Spread(NamedTuple):
    """A question with its options: how many answered, and how many of them were of each group."""

    quiz: str
    key: str
    answered: int
    upper: int
    lower: int
    options: tuple[Option, ...]

    @property
    def is_worth_a_look(self) -> bool:
        """Whether an option of it draws nobody, or the wrong people."""
        return any(each.is_idle or each.is_misleading for each in self.options)


def options_chosen(answers: Iterable[Alike], items: Mapping[str, BankItem]) -> list[Spread]:
    """The spread of every question with options that enough people answered, worth a look first.

    Where one of the groups is empty, as all did alike, its shares are 0.
    """
    spreads = (
        _spread(quiz, items[key], alike)
        for quiz, key, alike in by_question(answers)
        if key in items and items[key].kind in KINDS and _size(alike) >= FEWEST_CHOSEN
    )
    return sorted(spreads, key=lambda each: not each.is_worth_a_look)


def _spread(quiz: str, item: BankItem, answers: Sequence[Alike]) -> Spread:
    groups = {at: [each for each in answers if each.group == at] for at in (UPPER, LOWER)}
    right = _right(item.kind, item.definition)
    options = tuple(
        Option(
            key, key in right, _share(answers, key),
            _share(groups[UPPER], key), _share(groups[LOWER], key),
        )
        for key in (*item.part_ids, "")
    )  # fmt: skip
    sizes = _size(answers), _size(groups[UPPER]), _size(groups[LOWER])
    return Spread(quiz, item.key, *sizes, options)


def _right(kind: str, definition: Mapping[str, Any]) -> set[str]:
    if kind == "true-false":
        return {"true" if definition["answer"] else "false"}
    return {each["id"] for each in definition["options"] if each["right"]}


def _size(answers: Iterable[Alike]) -> int:
    return sum(each.people for each in answers)


def _share(answers: Sequence[Alike], key: str) -> float:
    size = _size(answers)
    return sum(each.people for each in answers if key in _chosen(each)) / size if size else 0.0


def _chosen(alike: Alike) -> Sequence[str]:
    if alike.answer is None:
        return ("",)
    return alike.answer if isinstance(alike.answer, list) else (alike.answer,)
