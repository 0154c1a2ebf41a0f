"""Answers: what a learner gave for an item, as stored; forged or absurd input is refused here.

Stored forms: single and true-false an option id; multiple a sorted list of ids; matching a mapping
of left id to right id; ordering a mapping of step id to place, from 1; numeric and short the text
as typed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.assessment.drawing import MIXED
from app.assessment.grading import numbers_of
from app.catalogue.bank import BankItem
from app.foundation.errors import Refusal
from app.i18n.marking import N_

LONGEST_TEXT = 500
TYPED = frozenset({"numeric", "short"})


class AnswerUnknown(Refusal):
    """What came is no answer to this question: an option that was never shown."""

    status = 422
    says = N_("Question %(number)s was sent an answer that it does not offer.")
    mend = N_("Open the question again and choose from the answers shown there.")


class AnswerTooLong(Refusal):
    """A typed answer is longer than any right one could be."""

    status = 422
    says = N_("The answer to question %(number)s is too long.")
    mend = N_("Shorten it to 500 characters or fewer.")


def field_of(position: int) -> str:
    """The name of an item's field; matching and ordering add "-" and the part's id."""
    return f"answer-{position}"


def read_answer(item: BankItem, position: int, given: Mapping[str, Sequence[str]]) -> Any | None:
    """The stored form of the values given for each part of an item; None when it is left open.

    A question answered as a whole has one part, called "". Raises AnswerUnknown or AnswerTooLong.
    """
    if item.kind in MIXED:
        return _read_parts(item, position, given)
    if not set(given) <= {""}:
        raise AnswerUnknown(number=position)
    values = [value for value in given.get("", ()) if value]
    if not values:
        return None
    if item.kind in TYPED:
        return _read_text(position, values[-1].strip())
    if not set(values) <= set(item.part_ids):
        raise AnswerUnknown(number=position)
    if item.kind == "multiple":
        return sorted(set(values))
    if len(values) > 1:
        raise AnswerUnknown(number=position)
    return values[0]


def _read_text(position: int, text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        raise AnswerTooLong(number=position)
    return text or None


def _read_parts(item: BankItem, position: int, given: Mapping[str, Sequence[str]]) -> Any | None:
    places = {str(place): place for place in range(1, len(item.part_ids) + 1)}
    offered = item.part_ids if item.kind == "matching" else places
    chosen = {part: values[-1] for part, values in given.items() if values[-1]}
    if not set(given) <= set(item.part_ids) or not set(chosen.values()) <= set(offered):
        raise AnswerUnknown(number=position)
    if item.kind == "ordering":
        return {part: places[value] for part, value in chosen.items()} or None
    return chosen or None


def is_whole(item: BankItem, answer: Any) -> bool:
    """Whether the answer leaves nothing of its item open, and can be read."""
    if answer is None:
        return False
    if item.kind == "matching":
        return len(answer) == len(item.part_ids)
    if item.kind == "ordering":
        return len(set(answer.values())) == len(item.part_ids)
    return item.kind != "numeric" or bool(numbers_of(answer))
