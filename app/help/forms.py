"""Forms of help: the letter to the operator, counted before it is looked at."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from app.help.letters import LETTERS_OF_ADDRESS, LETTERS_OF_NETWORK, LONGEST, TOPICS
from app.i18n.marking import N_
from app.identity.addresses import WHOLE_ADDRESS, whole_address
from app.identity.throttles import note_try
from app.identity.users import folded_address
from app.web.clients import network_of
from app.web.forms import Form, filled


class LetterForm(Form):
    """A letter to the operator; the incident is the number that a page of a fault named."""

    topic: str
    said: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    sender: Annotated[str, Field(min_length=1, max_length=320)]
    incident: Annotated[str, Field(pattern=r"^[0-9a-f]{0,16}$")] = ""

    words: ClassVar[Mapping[str, str]] = {
        "topic": N_("Choose what it is about."),
        "said.string_too_short": N_("Write what you wanted to do and what happened instead."),
        "sender": WHOLE_ADDRESS,
    }

    _whole = field_validator("sender")(whole_address)

    @field_validator("topic")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in TOPICS:
            raise PydanticCustomError("topic", "no topic")
        return value


def note_letter(request: Request) -> None:
    """Count a letter; raises TriedTooOften when too many came from here."""
    form = filled(LetterForm, request.state.fields, request.scope["language"]).value
    if form is not None:
        with request.app.state.engines.writing() as db:
            note_try(db, LETTERS_OF_NETWORK, network_of(request))
            note_try(db, LETTERS_OF_ADDRESS, folded_address(form.sender))
