"""Forms of identity: what is typed, and what is done with it before the transaction opens.

Hashing takes tens of milliseconds and a counted try must stay counted though refused, so both
happen here, in the marks named `Before`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, field_validator
from starlette.requests import Request

from app.foundation.typed import in_one_line
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.addresses import WHOLE_ADDRESS, whole_address
from app.identity.grants import ROLES
from app.identity.invitations import open_invitation
from app.identity.passwords import (
    TOO_NEAR,
    WORDS,
    Secret,
    fits,
    hash_of,
    is_near,
    is_outdated,
    refuse_weak,
)
from app.identity.pauses import PASSWORD, told_of_pause
from app.identity.resets import user_to_reset
from app.identity.throttles import (
    MAILS_OF_NETWORK,
    MAILS_TO_ADDRESS,
    SIGN_INS_HERE,
    SIGN_INS_OF_ADDRESS,
    SIGN_INS_OF_NETWORK,
    Try,
    note_try,
)
from app.identity.users import folded_address, user_called
from app.web.clients import network_of
from app.web.forms import Filled, Form, filled

F = TypeVar("F", bound=Form)

Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(in_one_line)]
Address = Annotated[str, Field(min_length=1, max_length=320)]
AGREEMENT_NEEDED = N_("Tick the box: without your agreement we may not keep an account.")


class SignUpForm(Form):
    """The wish for an account."""

    name: Name
    email: Address
    password: Secret
    institution: Annotated[str, Field(max_length=64)] = ""
    agreed: Literal["yes"]

    words: ClassVar[Mapping[str, str]] = {
        "email.string_too_short": WHOLE_ADDRESS,
        "email.address": WHOLE_ADDRESS,
        "agreed": AGREEMENT_NEEDED,
        "name.string_too_short": N_("Write your name as it should stand on a certificate."),
        **WORDS,
    }

    _whole = field_validator("email")(whole_address)
    _strong = field_validator("password")(refuse_weak)


class InvitedForm(Form):
    """The account of an invited person; the link has proved the address."""

    name: Name
    password: Secret
    agreed: Literal["yes"]

    words: ClassVar[Mapping[str, str]] = {
        "agreed": AGREEMENT_NEEDED,
        "name.string_too_short": N_("Write your name as it should stand on a certificate."),
        **WORDS,
    }

    _strong = field_validator("password")(refuse_weak)


class SignInForm(Form):
    """An address, its password, and the path to go on to."""

    email: Address
    password: Annotated[Secret, Field(min_length=1)]
    next: str = ""

    words: ClassVar[Mapping[str, str]] = {
        "email.string_too_short": N_("Write the address you registered with."),
        "password.string_too_short": N_("Write your password."),
    }


class ResetForm(Form):
    """The address whose password was forgotten."""

    email: Address

    words: ClassVar[Mapping[str, str]] = {
        "email.string_too_short": WHOLE_ADDRESS,
        "email.address": WHOLE_ADDRESS,
    }

    _whole = field_validator("email")(whole_address)


class PasswordForm(Form):
    """A new password."""

    password: Secret

    words: ClassVar[Mapping[str, str]] = WORDS

    _strong = field_validator("password")(refuse_weak)


class AgreementForm(Form):
    """The agreement to the present documents, and the path to go on to."""

    agreed: Literal["yes"]
    next: str = ""

    words: ClassVar[Mapping[str, str]] = {"agreed": AGREEMENT_NEEDED}


Role = Annotated[str, Field(pattern=f"^({'|'.join(ROLES)})$")]


class InvitationForm(Form):
    """An offer of roles to a colleague, on one of the inviter's institutions."""

    email: Address
    roles: Annotated[list[Role], Field(min_length=1)]
    institution: Annotated[str, Field(max_length=64)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "email.string_too_short": WHOLE_ADDRESS,
        "email.address": WHOLE_ADDRESS,
        "roles": N_("Choose at least one role."),
        "institution": N_("Choose one of your institutions."),
    }

    _whole = field_validator("email")(whole_address)


class EndingForm(Form):
    """The role to take back: whose, which, and on which institution."""

    person: UUID
    role: Annotated[str, Field(max_length=32)]
    institution: Annotated[str, Field(max_length=64)]
    back: Annotated[str, Field(max_length=64)] = ""


class ClaimForm(Form):
    """What an administrator says to a claim: whose, on which institution, and the verdict."""

    person: UUID
    institution: Annotated[str, Field(max_length=64)]
    verdict: Literal["confirmed", "refused"]


class Proof(NamedTuple):
    """A password that belonged to its address; `renewed` is its hash under today's parameters."""

    user_id: int
    stored: str
    renewed: str | None
    tries: tuple[Try, ...]


def prove(request: Request) -> Proof | None:
    """Whether address and password belong together; raises TriedTooOften.

    The try is counted first and stays counted, and an unknown address takes as long as a known.
    """
    form = _typed(request, SignInForm).value
    if form is None:
        return None
    tries = _note_sign_in(request, folded_address(form.email))
    user_id, stored = _stored_password(request, form.email)
    if not fits(form.password, stored) or user_id is None or stored is None:
        return None
    renewed = hash_of(form.password) if is_outdated(stored) else None
    return Proof(user_id, stored, renewed, tries)


class Hashed(NamedTuple, Generic[F]):
    """A form with a new password, and the password's hash when the form is sound."""

    form: Filled[F]
    password_hash: str | None


def hash_for_account(request: Request) -> Hashed[SignUpForm]:
    """The wish for an account; raises TriedTooOften when too many mails were asked for."""
    form = _typed(request, SignUpForm)
    name, email = form.typed.get("name", ""), form.typed.get("email", "")
    if form.value is not None:
        _note_mail(request, form.value.email)
    return _hashed(request, form, name, email)


def hash_for_reset(request: Request) -> Hashed[PasswordForm]:
    """A new password for the person of an open link; raises LinkOver."""
    with request.app.state.engines.reading() as db:
        user = user_to_reset(db, request.path_params["token"])
    return _hashed(request, _typed(request, PasswordForm), user.name, user.email or "")


def hash_for_invited(request: Request) -> Hashed[InvitedForm]:
    """The account of the person an open invitation names; raises InvitationOver."""
    with request.app.state.engines.reading() as db:
        email = open_invitation(db, request.path_params["token"]).email
    form = _typed(request, InvitedForm)
    return _hashed(request, form, form.typed.get("name", ""), email)


def note_reset(request: Request) -> None:
    """Count a reset asked for; raises TriedTooOften when too many mails were asked for."""
    form = _typed(request, ResetForm).value
    if form is not None:
        _note_mail(request, form.email)


def _hashed(request: Request, form: Filled[F], name: str, email: str) -> Hashed[F]:
    if form.value is None:
        return Hashed(form, None)
    password = form.typed["password"]
    if is_near(password, name, email):
        words = translations_for(request.scope["language"]).gettext(TOO_NEAR)
        return Hashed(form.with_fault("password", words), None)
    return Hashed(form, hash_of(password))


def _stored_password(request: Request, email: str) -> tuple[int | None, str | None]:
    with request.app.state.engines.reading() as db:
        user = user_called(db, email)
        return (user.id, user.password_hash) if user is not None else (None, None)


def _note_sign_in(request: Request, email: str) -> tuple[Try, ...]:
    network, engines = network_of(request), request.app.state.engines
    with told_of_pause(request, PASSWORD, email), engines.writing() as db:
        return (
            note_try(db, SIGN_INS_OF_NETWORK, network),
            note_try(db, SIGN_INS_HERE, f"{network} {email}"),
            note_try(db, SIGN_INS_OF_ADDRESS, email),
        )


def _note_mail(request: Request, email: str) -> None:
    with request.app.state.engines.writing() as db:
        note_try(db, MAILS_OF_NETWORK, network_of(request))
        note_try(db, MAILS_TO_ADDRESS, folded_address(email))


def _typed(request: Request, form: type[F]) -> Filled[F]:
    return filled(form, request.state.fields, request.scope["language"])
