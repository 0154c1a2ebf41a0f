"""Forms of duties: what a person asks, and what an administrator decides."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from app.duties.petitions import LONGEST
from app.i18n.marking import N_
from app.web.forms import Form


def _nothing(value: object) -> object:
    return None if value == "" else value


class PetitionForm(Form):
    """An exemption, for good where no day is told, or more time until a day; and why."""

    kind: Literal["exemption", "extension"]
    until: Annotated[date | None, BeforeValidator(_nothing)] = None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]

    words: ClassVar[Mapping[str, str]] = {
        "kind": N_("Choose more time or an exemption."),
        "until": N_("Write the date as year, month and day: 2026-06-12."),
        "reason.string_too_short": N_("Say in a sentence why."),
    }


class VerdictForm(Form):
    """What an administrator decides about a request, with a word to the person."""

    verdict: Literal["granted", "refused"]
    answer: Annotated[str, Field(max_length=LONGEST)] = ""

    words: ClassVar[Mapping[str, str]] = {"verdict": N_("Choose whether you grant it.")}
