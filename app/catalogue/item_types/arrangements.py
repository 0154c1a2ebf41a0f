"""Arrangements: items whose parts are matched or put in order."""

from string import ascii_lowercase
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from app.catalogue.item_types.questions import (
    Item,
    Judged,
    Strict,
    Verdicts,
    Wording,
    Words,
    words_of,
)
from app.catalogue.wordings import Line, fault
from app.i18n.sayings import saying

_TWICE = {
    "left": saying("has the same left side twice"),
    "right": saying("has the same right side twice"),
}


class Pair(Strict):
    """Two sides that belong together."""

    left: Line
    right: Line
    feedback: Line | None = None


class Matching(Item):
    """Left sides that are each matched with one right side; scored by the share of right pairs."""

    type: Literal["matching"]
    pairs: Annotated[tuple[Pair, ...], Field(min_length=2, max_length=10)]

    @model_validator(mode="after")
    def _sides_differ(self) -> Self:
        for side, twice in _TWICE.items():
            if len({getattr(pair, side).casefold() for pair in self.pairs}) < len(self.pairs):
                raise fault(twice, saying("make every side of the pairs differ"))
        return self

    def lettered(self) -> list[tuple[str, Pair]]:
        return list(zip(ascii_lowercase, self.pairs, strict=False))

    def content(self) -> dict[str, Any]:
        return super().content() | {
            "pairs": [
                {"id": letter, "left": each.left, "right": each.right, "feedback": each.feedback}
                for letter, each in self.lettered()
            ]
        }

    def wording(self) -> dict[str, Wording]:
        return super().wording() | {
            "pairs": [
                {
                    "id": letter,
                    "left": Words(each.left),
                    "right": Words(each.right),
                    "feedback": words_of(each.feedback),
                }
                for letter, each in self.lettered()
            ]
        }

    def lacks_feedback(self) -> bool:
        return any(pair.feedback is None for pair in self.pairs)


class Ordering(Judged):
    """Steps to be put into their order; the source holds them in the right one."""

    type: Literal["ordering"]
    sequence: Annotated[tuple[Line, ...], Field(min_length=2, max_length=10)]
    feedback: Verdicts | None = None

    @model_validator(mode="after")
    def _steps_differ(self) -> Self:
        if len({step.casefold() for step in self.sequence}) < len(self.sequence):
            raise fault(saying("has the same step twice"), saying("make the steps differ"))
        return self

    def content(self) -> dict[str, Any]:
        steps = [
            {"id": i, "text": step} for i, step in zip(ascii_lowercase, self.sequence, strict=False)
        ]
        return super().content() | {"sequence": steps}

    def wording(self) -> dict[str, Wording]:
        steps = [
            {"id": i, "text": Words(step)}
            for i, step in zip(ascii_lowercase, self.sequence, strict=False)
        ]
        return super().wording() | {"sequence": steps}
