"""Forms of passkeys, and what is found before the transaction: a challenge is spent though refused."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple

from pydantic import AfterValidator, Field
from starlette.requests import Request

from app.foundation.typed import in_one_line
from app.i18n.marking import N_
from app.identity.one_time_links import (
    PASSKEY_ALONE,
    PASSKEY_MADE,
    PASSKEY_SECOND,
    SECOND_STEP,
    Linked,
    LinkOver,
    link_of,
    person_of,
    use_link,
)
from app.identity.passkeys.ceremonies import (
    Made,
    NotTrue,
    Used,
    challenge_of,
    check_made,
    check_used,
    read_made,
    read_used,
)
from app.identity.passkeys.keyrings import PasskeyRefused, doubt_passkey, passkey_of
from app.identity.passkeys.passkeys import LONGEST_NAME
from app.identity.provings import ProvedForm, own_account
from app.identity.throttles import CHALLENGES_OF_NETWORK, note_try
from app.web.clients import network_of
from app.web.forms import Form, filled
from app.web.pages import wants_json


class PasskeyForm(ProvedForm):
    """The name of a passkey to be made, beside the present password."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_NAME),
        AfterValidator(in_one_line),
    ]

    words: ClassVar[Mapping[str, str]] = {
        **ProvedForm.words,
        "name.string_too_short": N_("Give it a name, such as “My phone”."),
    }


class AnswerForm(Form):
    """What the browser says of a passkey, as JSON, and the path to go on to."""

    answer: str = ""
    next: str = ""


class NewPasskey(NamedTuple):
    """A passkey that its device proved to hold, and the name its owner gave it."""

    name: str
    made: Made


class UsedPasskey(NamedTuple):
    """A passkey that signed our challenge."""

    credential_id: bytes
    used: Used


def note_challenge(request: Request) -> None:
    """Count a challenge that a script of ours asks for; raises PasskeyRefused and TriedTooOften."""
    if not wants_json(request):
        raise PasskeyRefused
    with request.app.state.engines.writing() as db:
        note_try(db, CHALLENGES_OF_NETWORK, network_of(request))


def find_made(request: Request) -> NewPasskey:
    """The passkey just made for the signed-in person; raises SignInNeeded and PasskeyRefused."""
    user_id, *_rest = own_account(request)
    try:
        read = read_made(_answer(request))
        challenge = challenge_of(read)
        linked = _spend(request, PASSKEY_MADE, challenge)
        if linked.user_id != user_id:
            raise PasskeyRefused
        made = check_made(request.app.state.settings.public_url, challenge, read)
    except NotTrue:
        raise PasskeyRefused from None
    return NewPasskey(linked.details["name"], made)


def find_alone(request: Request) -> UsedPasskey:
    """The passkey that signs somebody in by itself; raises PasskeyRefused."""
    return _used(request, None)


def find_second(request: Request) -> UsedPasskey:
    """The passkey of whom the right password named; raises LinkOver and PasskeyRefused."""
    with request.app.state.engines.reading() as db:
        user_id = person_of(link_of(db, SECOND_STEP, request.path_params["token"]))
    return _used(request, user_id)


def _used(request: Request, asked: int | None) -> UsedPasskey:
    """Check an answer for a person who is known by their password, or for whoever it names."""
    engines, public_url = request.app.state.engines, request.app.state.settings.public_url
    try:
        read = read_used(_answer(request))
        challenge = challenge_of(read)
        purpose = PASSKEY_ALONE if asked is None else PASSKEY_SECOND
        linked = _spend(request, purpose, challenge)
        with engines.reading() as db:
            held = passkey_of(db, read.raw_id)
        if held is None or linked.user_id != asked or asked not in {None, held.user_id}:
            raise PasskeyRefused
        named = read.response.user_handle
        if named != held.subject.bytes and (asked is None or named is not None):
            raise PasskeyRefused
        used = check_used(public_url, challenge, read, held.stored, alone=asked is None)
    except NotTrue:
        raise PasskeyRefused from None
    if used.is_doubtful:
        with engines.writing() as db:
            doubt_passkey(db, read.raw_id)
        raise PasskeyRefused
    return UsedPasskey(read.raw_id, used)


def _spend(request: Request, purpose: str, challenge: str) -> Linked:
    try:
        with request.app.state.engines.writing() as db:
            return use_link(db, purpose, challenge)
    except LinkOver:
        raise PasskeyRefused from None


def _answer(request: Request) -> str:
    return filled(AnswerForm, request.state.fields, request.scope["language"]).typed.get(
        "answer", ""
    )
