"""Answers: what a learner gave for an item, as stored; forged or absurd input is refused here.

Stored forms: single and true-false an option id; multiple a sorted list of ids; matching a mapping
of left id to right id; ordering a mapping of step id to place, from 1; numeric and short the text
as typed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.catalogue.bank import BankItem
from app.foundation.errors import Refusal
from app.i18n.marking import N_

LONGEST_TEXT = 500
MIXED = frozenset({"matching", "ordering"})


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


class NoAnswer:
    """The form holds nothing about this item; what was saved stays."""


NOTHING = NoAnswer()


def field_of(position: int) -> str:
    """The name of an item's field; matching and ordering add "-" and the part's id."""
    return f"answer-{position}"


def read_answer(
    item: BankItem, position: int, fields: Mapping[str, Sequence[str]]
) -> Any | NoAnswer | None:
    """The stored form of what the fields say; None clears it, NOTHING leaves it.

    A page that shows an item sends `shown-<position>`, so that no tick at all means cleared.
    Raises AnswerUnknown or AnswerTooLong.
    """
    name = field_of(position)
    if item.kind in MIXED:
        return _read_parts(item, position, fields)
    values = [value for value in fields.get(name, ()) if value]
    if not values:
        return None if f"shown-{position}" in fields or name in fields else NOTHING
    if item.kind in {"numeric", "short"}:
        if len(values[0]) > LONGEST_TEXT:
            raise AnswerTooLong(number=position)
        return values[0].strip() or None
    if not set(values) <= set(item.part_ids):
        raise AnswerUnknown(number=position)
    if item.kind == "multiple":
        return sorted(set(values))
    if len(values) > 1:
        raise AnswerUnknown(number=position)
    return values[0]


def _read_parts(
    item: BankItem, position: int, fields: Mapping[str, Sequence[str]]
) -> Any | NoAnswer | None:
    prefix = f"{field_of(position)}-"
    given = {
        name.removeprefix(prefix): values[-1]
        for name, values in fields.items()
        if name.startswith(prefix)
    }
    if not given:
        return NOTHING
    if not set(given) <= set(item.part_ids):
        raise AnswerUnknown(number=position)
    chosen = {part: value for part, value in given.items() if value}
    if item.kind == "matching":
        if not set(chosen.values()) <= set(item.part_ids):
            raise AnswerUnknown(number=position)
        return chosen or None
    return _read_order(item, position, chosen)


def _read_order(item: BankItem, position: int, places: Mapping[str, str]) -> Any | None:
    numbers = {str(place): place for place in range(1, len(item.part_ids) + 1)}
    if not set(places.values()) <= set(numbers):
        raise AnswerUnknown(number=position)
    if not places:
        return None
    return {part: numbers[place] for part, place in places.items()}


def is_whole(item: BankItem, answer: Any) -> bool:
    """Whether the answer leaves nothing of its item open."""
    if answer is None:
        return False
    if item.kind == "matching":
        return len(answer) == len(item.part_ids)
    if item.kind == "ordering":
        return len(set(answer.values())) == len(item.part_ids)
    return True
