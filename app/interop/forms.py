"""Forms of interop: a token to make, and a webhook to set."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.foundation import clock
from app.i18n.marking import N_
from app.interop.connections import LONGEST_ADDRESS
from app.interop.scopes import SCOPES
from app.interop.tokens import LONGEST_DAYS
from app.interop.webhooks import KINDS
from app.web.forms import Form


class TokenForm(Form):
    """What a token is for, its last day, and which scopes it has."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    last_day: date
    scopes: Annotated[list[str], Field(min_length=1)]

    words: ClassVar[Mapping[str, str]] = {
        "last_day": N_("Write a day from today on, and not more than 400 days ahead."),
        "scopes": N_("Choose at least one scope."),
    }

    @field_validator("last_day")
    @classmethod
    def _ahead(cls, day: date) -> date:
        today = clock.now().date()
        if not today <= day <= today + timedelta(days=LONGEST_DAYS):
            raise PydanticCustomError("day", "not in the time a token may stand")
        return day

    @field_validator("scopes")
    @classmethod
    def _known(cls, scopes: list[str]) -> list[str]:
        return _all_of(scopes, SCOPES)


class WebhookForm(Form):
    """An address, and the kinds of happenings it is told of."""

    address: Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]
    kinds: Annotated[list[str], Field(min_length=1)]

    words: ClassVar[Mapping[str, str]] = {"kinds": N_("Choose at least one kind.")}

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: list[str]) -> list[str]:
        return _all_of(kinds, KINDS)


def _all_of(chosen: list[str], known: Mapping[str, str]) -> list[str]:
    if not set(chosen) <= known.keys():
        raise PydanticCustomError("unknown", "not on the list")
    return chosen
