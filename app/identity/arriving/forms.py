"""Forms of arrivals: the printed code, and the password of whoever holds it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from starlette.requests import Request

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.arrivals import token_in, who_arrives
from app.identity.forms import Hashed
from app.identity.passwords import TOO_NEAR, WORDS, Secret, hash_of, is_near, refuse_weak
from app.identity.throttles import SIGN_INS_HERE, SIGN_INS_OF_NETWORK, Try, note_try
from app.web.clients import network_of
from app.web.forms import Form, filled


class CodeForm(Form):
    """A printed code, as somebody types it."""

    code: Annotated[str, Field(min_length=1, max_length=100)]

    words: ClassVar[Mapping[str, str]] = {
        "code.string_too_short": N_("Write the code of your slip, such as 7KQM-X2PA-9HTR-C4WD.")
    }


class ArrivalForm(Form):
    """The password of a registered person."""

    password: Secret

    words: ClassVar[Mapping[str, str]] = WORDS

    _strong = field_validator("password")(refuse_weak)


def note_code(request: Request) -> tuple[Try, ...]:
    """Count a code typed; raises TriedTooOften when too many were."""
    network = network_of(request)
    with request.app.state.engines.writing() as db:
        return (
            note_try(db, SIGN_INS_OF_NETWORK, network),
            note_try(db, SIGN_INS_HERE, f"{network} code"),
        )


def hash_for_arrival(request: Request) -> Hashed[ArrivalForm]:
    """The password of the person whose way in is open; raises LinkOver."""
    with request.app.state.engines.reading() as db:
        user = who_arrives(db, token_in(request.path_params["token"]))
    form = filled(ArrivalForm, request.state.fields, request.scope["language"])
    if form.value is None:
        return Hashed(form, None)
    password = form.typed["password"]
    if is_near(password, user.name, user.email or user.number or ""):
        words = translations_for(request.scope["language"]).gettext(TOO_NEAR)
        return Hashed(form.with_fault("password", words), None)
    return Hashed(form, hash_of(password))
