"""Forms of people: many claims ticked, and one verdict."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class ClaimsForm(Form):
    """What an administrator says to many claims: each as "person/institution", and the verdict."""

    claims: Annotated[list[Annotated[str, Field(max_length=120)]], Field(min_length=1)]
    verdict: Literal["confirmed", "refused"]

    words: ClassVar[Mapping[str, str]] = {"claims": N_("Tick at least one person.")}


class DemandForm(Form):
    """Whether an institution asks a second step of whoever holds a role there."""

    institution: Annotated[str, Field(max_length=64)] = ""
    demand: Literal["yes", "no"]
