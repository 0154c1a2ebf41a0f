"""Forms of custody: what people ask about their data, what is answered, and how long is kept."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from app.custody.data_requests import LONGEST
from app.custody.retentions import LEAST, MOST, TOO_SHORT
from app.i18n.marking import N_
from app.web.forms import Form

Kind = Literal["access", "rectification", "erasure", "restriction", "objection"]
CHOOSE = N_("Choose what is asked for.")
REASON = N_("Write a sentence: the person reads it.")
UNDERSTOOD = N_("Tick the box: a person who is erased cannot be brought back.")


class DataRequestForm(Form):
    """What a person asks about their data."""

    kind: Kind
    said: Annotated[str, Field(max_length=LONGEST)] = ""

    words: ClassVar[Mapping[str, str]] = {"kind": CHOOSE}


class EnteredRequestForm(DataRequestForm):
    """A request that came on paper or by word of mouth, from whom and when."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    came_on: date

    words: ClassVar[Mapping[str, str]] = {
        "kind": CHOOSE,
        "email": N_("Write the person’s address as their account has it."),
    }


class ExtensionForm(Form):
    """Why a request takes two months more."""

    reason: Annotated[str, Field(min_length=10, max_length=LONGEST)]

    words: ClassVar[Mapping[str, str]] = {"reason.string_too_short": REASON}


class ClosingForm(Form):
    """Whether a request is granted, and what the person is told; an erasure is granted with a box ticked."""

    outcome: Literal["granted", "refused"]
    answer: Annotated[str, Field(min_length=10, max_length=LONGEST)]
    understood: Literal["", "yes"] = ""

    words: ClassVar[Mapping[str, str]] = {
        "outcome": N_("Say whether you grant or refuse it."),
        "answer.string_too_short": REASON,
    }


class RetentionForm(Form):
    """How many months an institution keeps a class of record, and why; no months end the rule."""

    institution: Annotated[str, Field(max_length=64)] = ""
    record_class: Literal["holder-names", "idle-accounts"]
    months: Annotated[int, Field(ge=0, le=MOST)]
    ground: Annotated[str, Field(max_length=500)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "institution": N_("Choose an institution of yours."),
        "record_class": N_("Choose what is kept."),
        "months": N_("Write a whole number of months; 0 ends the rule."),
        "ground": N_("Name the law or rule that this follows, in a sentence."),
        "": TOO_SHORT,
    }

    @model_validator(mode="after")
    def _is_lawful(self) -> "RetentionForm":
        if 0 < self.months < LEAST[self.record_class]:
            raise ValueError("too short")
        return self
