"""Questions: what every item has, whatever its type, and the pieces that readers see."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from app.catalogue.wordings import Key, Line, Prose, ReferenceId


class Words(str):
    """A piece of an item that readers see: Markdown, and so translated and rendered."""

    __slots__ = ()


class Answers(str):
    """A piece of an item that is compared and never rendered, but may be translated."""

    __slots__ = ()


Wording: TypeAlias = "Words | Answers | str | Sequence[Wording] | Mapping[str, Wording] | None"


class Strict(BaseModel):
    """A part of a course file: unknown fields are faults, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(Strict):
    """What every item has: a key for ever, the outcome it tests, its sources and its question."""

    key: Key
    type: str
    outcome: Key | None = None
    sources: Annotated[tuple[ReferenceId, ...], Field(max_length=20)] = ()
    stem: Prose

    def content(self) -> dict[str, Any]:
        """What makes the item this item, without its key and outcome; answers stand in it."""
        return {"type": self.type, "stem": self.stem, "sources": list(self.sources)}

    def wording(self) -> dict[str, Wording]:
        """What readers see, by place; no answer stands in it, but the reasons do."""
        return {"stem": Words(self.stem)}

    def lacks_feedback(self) -> bool:
        """Whether a graded item would leave somebody without a reason."""
        return False


class Verdicts(Strict):
    """What is said after a right and after a wrong answer."""

    right: Line
    wrong: Line


class Judged(Item):
    """An item whose answer is right or wrong as a whole; each type declares the field itself.

    A field that this class declared would stand before the answer in every file.
    """

    @property
    def said(self) -> Verdicts | None:
        verdicts: Verdicts | None = getattr(self, "feedback", None)
        return verdicts

    def content(self) -> dict[str, Any]:
        said = self.said and {"right": self.said.right, "wrong": self.said.wrong}
        return super().content() | {"feedback": said}

    def wording(self) -> dict[str, Wording]:
        said = self.said
        words = {"right": Words(said.right), "wrong": Words(said.wrong)} if said else None
        return super().wording() | {"feedback": words}

    def lacks_feedback(self) -> bool:
        return self.said is None


def words_of(text: str | None) -> Words | None:
    return None if text is None else Words(text)
