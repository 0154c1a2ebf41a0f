"""Access: who is asking, and what a route asks of them; finding is authorising."""

import hashlib
from datetime import timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, distinct, func, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation import clock
from app.foundation.database import MomentType
from app.foundation.errors import NotAllowed, Refusal
from app.i18n.marking import N_
from app.identity.demands import check_step
from app.identity.grants import Grant
from app.identity.sign_ins import SignIn, note_use
from app.identity.users import User
from app.web.marks import InTurn

SIGN_IN_COOKIE = "sign_in"
NOTED_EVERY = timedelta(days=1)
STATISTICS, STUDIO = 1, 2  # which roles open what, as the bits of a visitor's rights


class SignInNeeded(Refusal):
    """The route is for people who are signed in; they are sent to sign in and back."""

    status = 401
    says = N_("Sign in to see this page.")


class RoleNeeded(NotAllowed):
    """The person is signed in but holds no role that opens this page."""

    says = N_("This page is for administrators of an institution.")
    mend = N_("Ask an administrator of your institution to invite you.")


class StudioClosed(NotAllowed):
    """The person is signed in but neither writes, reviews nor publishes courses."""

    says = N_("The studio is for people who write, review or publish courses.")
    mend = N_("Ask an administrator of your institution to make you an author.")


class Visitor(NamedTuple):
    """Someone signed in, as a page needs them; `subject` is their public identifier."""

    id: int
    subject: UUID
    name: str
    language: str
    confirmed: bool
    rights: int

    @property
    def may_see_statistics(self) -> bool:
        return bool(self.rights & STATISTICS)

    @property
    def may_write(self) -> bool:
        return bool(self.rights & STUDIO)


_users, _sign_ins, _grants = User.__table__.c, SignIn.__table__.c, Grant.__table__.c
# Not IN: its list would be expanded anew at every request, which costs more than the rest of it.
_opens = case(
    ((_grants.role == "administrator") | (_grants.role == "registrar"), STATISTICS), else_=STUDIO
)
_rights = (
    select(func.coalesce(func.sum(distinct(_opens)), 0))
    .where(_grants.user_id == _users.id, _grants.ended_at.is_(None))
    .scalar_subquery()
)
is_signed_in = (
    (_sign_ins.token_hash == bindparam("token_hash"))
    & (_sign_ins.until > bindparam("now", type_=MomentType()))
    & _sign_ins.revoked_at.is_(None)
    & _users.erased_at.is_(None)
)
visitor_columns = (
    _users.id,
    _users.subject,
    _users.name,
    _users.language,
    _users.confirmed_at.is_not(None).label("confirmed"),
    _rights.label("rights"),
)
_VISITOR = (
    select(*visitor_columns, _sign_ins.used_at)
    .select_from(SignIn.__table__.join(User.__table__, _users.id == _sign_ins.user_id))
    .where(is_signed_in)
)


def cookie_name(*, secure: bool) -> str:
    """The sign-in cookie's name; under https the browser itself guards its host and path."""
    return f"__Host-{SIGN_IN_COOKIE}" if secure else SIGN_IN_COOKIE


def token_hash_of(request: Request) -> bytes | None:
    """The SHA-256 of the sign-in token the browser sent, or None."""
    token = request.cookies.get(cookie_name(secure=request.app.state.settings.is_secure))
    return hashlib.sha256(token.encode()).digest() if token else None


def visitor_of(request: Request, db: Session) -> Visitor | None:
    """Who is signed in in this browser, if anyone; kept for the page's head."""
    token_hash, now = token_hash_of(request), clock.now()
    request.state.visitor = None
    if token_hash is None:
        return None
    row = db.execute(_VISITOR, {"token_hash": token_hash, "now": now}).one_or_none()
    if row is None:
        return None
    *known, used_at = row
    if now - used_at > NOTED_EVERY:
        _note_use_later(request, token_hash)
    request.state.visitor = visitor = Visitor(*known)
    return visitor


def _note_use_later(request: Request, token_hash: bytes) -> None:
    """Note once a day that the sign-in is used, after this turn, which may not be able to write."""
    state = request.app.state

    def note() -> None:
        with state.engines.writing() as db:
            note_use(db, token_hash)

    state.threads.submit(note)


def signed_in(request: Request, db: Session) -> Visitor:
    """Who is signed in; raises SignInNeeded."""
    visitor = visitor_of(request, db)
    if visitor is None:
        raise SignInNeeded
    return visitor


def administrator(request: Request, db: Session) -> Visitor:
    """A signed-in person who may see statistics of some institution.

    Raises RoleNeeded, and SecondStepNeeded where an institution demands a second step.
    """
    visitor = signed_in(request, db)
    if not visitor.may_see_statistics:
        raise RoleNeeded
    check_step(db, visitor.id)
    return visitor


def writer(request: Request, db: Session) -> Visitor:
    """A signed-in person who writes, reviews or publishes courses; raises StudioClosed."""
    visitor = signed_in(request, db)
    if not visitor.may_write:
        raise StudioClosed
    return visitor


Anyone = Annotated[Visitor | None, InTurn(visitor_of, who="anyone")]
SignedIn = Annotated[Visitor, InTurn(signed_in, who="signed in")]
Administrator = Annotated[Visitor, InTurn(administrator, who="administrator")]
Writer = Annotated[Visitor, InTurn(writer, who="studio")]
