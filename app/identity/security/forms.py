"""Forms of security: a new password, another address, a code."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from starlette.requests import Request

from app.i18n.marking import N_
from app.identity.addresses import WHOLE_ADDRESS, whole_address
from app.identity.forms import Address
from app.identity.one_time_links import SECOND_STEP, link_of, person_of
from app.identity.passwords import WORDS as PASSWORD_WORDS
from app.identity.passwords import Secret, refuse_weak
from app.identity.pauses import CODE, told_of_pause
from app.identity.provings import ProvedForm, own_account
from app.identity.throttles import SECOND_STEPS, Try, note_try
from app.web.forms import Form


class NewPasswordForm(ProvedForm):
    """A new password beside the present one."""

    password: Secret

    words: ClassVar[Mapping[str, str]] = {**ProvedForm.words, **PASSWORD_WORDS}

    _strong = field_validator("password")(refuse_weak)


class NewAddressForm(ProvedForm):
    """Another address to sign in with."""

    email: Address

    words: ClassVar[Mapping[str, str]] = {
        **ProvedForm.words,
        "email.string_too_short": WHOLE_ADDRESS,
        "email.address": WHOLE_ADDRESS,
    }

    _whole = field_validator("email")(whole_address)


class CodeForm(Form):
    """A code of the person's device, or one on paper, and the path to go on to."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    next: str = ""

    words: ClassVar[Mapping[str, str]] = {"code": N_("Write the code that your device shows.")}


def note_code(request: Request) -> Try:
    """Count a code tried by the person of an open link; raises LinkOver and TriedTooOften."""
    engines = request.app.state.engines
    with engines.reading() as db:
        user_id = person_of(link_of(db, SECOND_STEP, request.path_params["token"]))
    with told_of_pause(request, CODE, str(user_id)), engines.writing() as db:
        return note_try(db, SECOND_STEPS, str(user_id))


def note_own_code(request: Request) -> Try:
    """Count a code that a signed-in person tried; raises SignInNeeded and TriedTooOften."""
    user_id, *_rest = own_account(request)
    with request.app.state.engines.writing() as db:
        return note_try(db, SECOND_STEPS, str(user_id))
