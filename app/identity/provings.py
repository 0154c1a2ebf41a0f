"""Provings: the present password asked again before what only its owner may do.

Who has none, since a provider signs them in, proves themselves there instead.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

from pydantic import Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import SignInNeeded, Visitor, token_hash_of, visitor_of
from app.identity.passwords import TOO_NEAR, Secret, fits, hash_of, is_near
from app.identity.sign_ins import Way, way_of
from app.identity.throttles import (
    MAILS_OF_NETWORK,
    MAILS_TO_ADDRESS,
    PASSWORDS_AGAIN,
    forget_try,
    note_try,
)
from app.identity.users import folded_address, user_numbered
from app.web.clients import network_of
from app.web.forms import Filled, Form, filled
from app.web.pages import path_of, to_path

F = TypeVar("F", bound="ProvedForm")
Again = Callable[[Request, Session, Visitor, Filled[Any], int], Response]
Route = Callable[..., Response]

PRESENT = "present"
JUST_NOW = timedelta(minutes=10)  # for which a proof at a provider stands for a password
NO_PASSWORD = ""  # what is stored of an account that has none
WRONG_PASSWORD = N_(
    "This is not your present password. After 5 wrong tries we pause for 15 minutes."
)


class ProvedForm(Form):
    """The base of forms that ask for the present password."""

    present: Annotated[Secret, Field(min_length=1)]

    words: ClassVar[Mapping[str, str]] = {
        "present.string_too_short": N_("Write your present password."),
        "present.missing": N_("Write your present password."),
    }


class Proved(NamedTuple, Generic[F]):
    """A form whose present password was right, or the form with its fault; `stored` is its hash.

    Where the form has a new password too, `password_hash` is the hash of that one. `is_elsewhere`
    says that the person has no password and must first go to their provider.
    """

    form: Filled[F]
    stored: str | None
    password_hash: str = ""
    is_elsewhere: bool = False

    @property
    def value(self) -> F:
        """What was written, for routes that `proved_or` guards."""
        if self.form.value is None:
            raise ValueError("nothing was proved")
        return self.form.value


def proved_or(again: Again) -> Callable[[Route], Route]:
    """Run the route below only for who proved themselves; for others `again` shows the form's page.

    A password that was changed since it was checked, by whoever, proves nothing any more.
    """

    def guarded(route: Route) -> Route:
        @wraps(route)
        def proved_route(**values: Any) -> Response:
            request, db, visitor = (values[name] for name in ("request", "db", "visitor"))
            proved = next(each for each in values.values() if isinstance(each, Proved))
            stored = user_numbered(db, visitor.id).password_hash or NO_PASSWORD
            if proved.is_elsewhere:
                return _to_proof(request)
            if proved.stored is None or proved.stored != stored:
                return again(request, db, visitor, proved.form, 422)
            return route(**values)

        return proved_route

    return guarded


def prove_for(form: type[F], *, mails: bool = False) -> "ProvingForm[F]":
    """What a `Before` mark finds for this form; `mails` counts a letter to the address typed."""
    return ProvingForm(form, mails=mails)


class ProvingForm(Generic[F]):
    """Checks the form and the present password, which is hashed outside of any transaction.

    Raises SignInNeeded and TriedTooOften; a wrong try stays counted, a right one is forgotten.
    """

    def __init__(self, form: type[F], *, mails: bool = False) -> None:
        self.form = form
        self.mails = mails

    def __call__(self, request: Request) -> Proved[F]:
        user_id, name, email, stored = own_account(request)
        if stored is None:
            # The form asked for no password; what stands in its place is not looked at.
            request.state.fields = [*request.state.fields, (PRESENT, "-")]
        form = filled(self.form, request.state.fields, request.scope["language"])
        if form.value is None:
            return Proved(form, None)
        if stored is None and not has_just_proved(request):
            return Proved(form, None, is_elsewhere=True)
        if stored is not None and not self._fits(request, form.typed[PRESENT], user_id, stored):
            return Proved(_with_words(request, form, PRESENT, WRONG_PASSWORD), None)
        self._note_letter(request, form)
        stored = stored or NO_PASSWORD
        password = form.typed.get("password")
        if password is None:
            return Proved(form, stored)
        if is_near(password, name, email):
            return Proved(_with_words(request, form, "password", TOO_NEAR), None)
        return Proved(form, stored, hash_of(password))

    def _fits(self, request: Request, present: str, user_id: int, stored: str) -> bool:
        engines = request.app.state.engines
        with engines.writing() as db:
            tried = note_try(db, PASSWORDS_AGAIN, str(user_id))
        if not fits(present, stored):
            return False
        with engines.writing() as db:
            forget_try(db, tried)
        return True

    def _note_letter(self, request: Request, form: Filled[F]) -> None:
        if not self.mails:
            return
        with request.app.state.engines.writing() as db:
            note_try(db, MAILS_OF_NETWORK, network_of(request))
            note_try(db, MAILS_TO_ADDRESS, folded_address(form.typed["email"]))


def is_just_now(way: Way) -> bool:
    """Whether a provider saw the person prove themselves within the last ten minutes."""
    return way.proved_at is not None and clock.now() - way.proved_at < JUST_NOW


def has_just_proved(request: Request) -> bool:
    """Whether a provider let the person of this browser in who had just proved themselves."""
    with request.app.state.engines.reading() as db:
        return is_just_now(way_of(db, token_hash_of(request)))


def _to_proof(request: Request) -> Response:
    """To the page where the person chooses how to prove themselves, and back to where they were."""
    here = urlsplit(request.headers.get("referer", "")).path
    return to_path(f"{path_of(request, 'new_proof')}?{urlencode({'next': here})}")


def own_account(request: Request) -> tuple[int, str, str, str | None]:
    """Number, name, address and stored password of who is signed in; raises SignInNeeded."""
    with request.app.state.engines.reading() as db:
        visitor = visitor_of(request, db)
        if visitor is None:
            raise SignInNeeded
        user = user_numbered(db, visitor.id)
        return user.id, user.name, user.email or "", user.password_hash


def _with_words(request: Request, form: Filled[F], name: str, words: str) -> Filled[F]:
    return form.with_fault(name, translations_for(request.scope["language"]).gettext(words))
