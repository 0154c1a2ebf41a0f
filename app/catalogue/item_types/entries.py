"""Entries: items that are answered by typing a number or a few words."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.catalogue.item_types.questions import Answers, Judged, Verdicts, Wording, words_of
from app.catalogue.wordings import Number, Plain


class Numeric(Judged):
    """A number, right within an absolute tolerance."""

    type: Literal["numeric"]
    answer: Number
    tolerance: Annotated[Number, Field(ge=0)] = 0
    unit: Plain | None = None
    feedback: Verdicts | None = None

    def content(self) -> dict[str, Any]:
        return super().content() | {
            "answer": _number(self.answer),
            "tolerance": _number(self.tolerance),
            "unit": self.unit,
        }

    def wording(self) -> dict[str, Wording]:
        return super().wording() | {"unit": words_of(self.unit)}


class ShortAnswer(Judged):
    """A few words, compared after folding case, white space and punctuation at the ends."""

    type: Literal["short"]
    accept: Annotated[tuple[Plain, ...], Field(min_length=1, max_length=30)]
    feedback: Verdicts | None = None

    def content(self) -> dict[str, Any]:
        return super().content() | {"accept": list(self.accept)}

    def wording(self) -> dict[str, Wording]:
        return super().wording() | {"accept": [Answers(each) for each in self.accept]}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value
