"""Forms of translating: one block, and how a language is shown while blocks are open."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class BlockForm(Form):
    """A block's translation, what its writer saw of it, and the list to go back to.

    An offer that is taken stands in its place; one for an almost same sentence is doubtful.
    """

    text: str = ""
    offer: str = ""
    exact: str = ""
    doubtful: Literal["true", ""] = ""
    seen: Annotated[str, Field(pattern="^[0-9a-f]{20}$")]
    show: Annotated[str, Field(max_length=10)] = "open"
    part: Annotated[str, Field(max_length=140)] = ""
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    alone: Literal["true", ""] = ""


class PolicyForm(Form):
    """How learners see what is not translated whole, and the course file's revision."""

    policy: Literal["banner", "falls_back", "held_back"]
    revision: int

    words: ClassVar[Mapping[str, str]] = {"policy": N_("Choose one of the three.")}
