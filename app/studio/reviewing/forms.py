"""Forms of reviewing: a decision, a comment, its settlement, and a reviewer from outside."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form

Words = Annotated[str, Field(min_length=1, max_length=4000)]


class DecisionForm(Form):
    """What a reviewer decides on the revision that they read."""

    decision: Literal["approve", "send-back"]
    revision: Annotated[int, Field(ge=1, le=999_999_999)]
    reason: Annotated[str, Field(max_length=4000)] = ""


class CommentForm(Form):
    """Words on a passage, or in reply to a comment."""

    path: Annotated[str, Field(min_length=1, max_length=255)]
    passage: Annotated[str, Field(max_length=255)] = ""
    reply_to: Annotated[int, Field(ge=0, le=999_999_999)] = 0
    said: Words


class SettlementForm(Form):
    """Whether a comment is resolved from now on, and the file to go back to, if it is still there."""

    path: Annotated[str, Field(max_length=255)] = ""
    settle: Literal["resolved", "open"]


class GuestForm(Form):
    """A reviewer from outside: their name, and for how many days."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    days: Literal["7", "14", "30", "60"] = "14"

    words: ClassVar[Mapping[str, str]] = {
        "name": N_("Write the name under which the comments will stand."),
    }


class LettersForm(Form):
    """Whether a person wants letters about comments on the draft."""

    letters: Literal["on", "off"]
