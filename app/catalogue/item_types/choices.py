"""Choices: items with options to choose from."""

from string import ascii_lowercase
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from app.catalogue.item_types.questions import Item, Strict, Wording, Words, words_of
from app.catalogue.wordings import Line, Truth, fault
from app.i18n.sayings import saying


class Option(Strict):
    """One option of a choice, with the reason that is shown once it was chosen."""

    text: Line
    right: Truth = False
    feedback: Line | None = None


class Choice(Item):
    """An item with options to choose from; options are called a, b, c in source order."""

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=10)]

    @model_validator(mode="after")
    def _options_differ(self) -> Self:
        if len({option.text.casefold() for option in self.options}) < len(self.options):
            raise fault(
                saying("has two options with the same text"), saying("make the options differ")
            )
        return self

    def lettered(self) -> list[tuple[str, Option]]:
        return list(zip(ascii_lowercase, self.options, strict=False))

    def content(self) -> dict[str, Any]:
        return super().content() | {
            "options": [
                {"id": letter, "text": each.text, "right": each.right, "feedback": each.feedback}
                for letter, each in self.lettered()
            ]
        }

    def wording(self) -> dict[str, Wording]:
        return super().wording() | {
            "options": [
                {"id": letter, "text": Words(each.text), "feedback": words_of(each.feedback)}
                for letter, each in self.lettered()
            ]
        }

    def lacks_feedback(self) -> bool:
        return any(option.feedback is None for option in self.options)


class SingleChoice(Choice):
    """One right option among several."""

    type: Literal["single"]

    @model_validator(mode="after")
    def _one_is_right(self) -> Self:
        right = sum(option.right for option in self.options)
        if right != 1:
            raise fault(
                saying("has %(right)s right options, and `single` has one", right=right),
                saying("write `right: true` under one option, or make the type `multiple`"),
            )
        return self


class MultipleChoice(Choice):
    """Several right options; right only when exactly all of them are chosen."""

    type: Literal["multiple"]

    @model_validator(mode="after")
    def _some_are_right(self) -> Self:
        right = sum(option.right for option in self.options)
        if right in (0, len(self.options)):
            raise fault(
                saying(
                    "has %(right)s right options of %(count)s", right=right, count=len(self.options)
                ),
                saying(
                    "write `right: true` under the right ones, and give at least one that is not"
                ),
            )
        return self


class TruthVerdicts(Strict):
    """What is said to who chose true and to who chose false."""

    true: Line
    false: Line


class TrueOrFalse(Item):
    """A statement that is true or false."""

    type: Literal["true-false"]
    answer: Truth
    feedback: TruthVerdicts | None = None

    def content(self) -> dict[str, Any]:
        said = self.feedback and {"true": self.feedback.true, "false": self.feedback.false}
        return super().content() | {"answer": self.answer, "feedback": said}

    def wording(self) -> dict[str, Wording]:
        said = self.feedback
        return super().wording() | {
            "options": [
                {"id": "true", "feedback": words_of(said.true if said else None)},
                {"id": "false", "feedback": words_of(said.false if said else None)},
            ]
        }

    def lacks_feedback(self) -> bool:
        return self.feedback is None
