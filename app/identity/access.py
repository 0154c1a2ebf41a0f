"""Access: who is asking, and what a route asks of them; finding is authorising."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation import clock
from app.foundation.database import MomentType
from app.foundation.errors import NotAllowed, Refusal
from app.foundation.prepared import Prepared
from app.i18n.marking import N_
from app.identity.demands import check_step
from app.identity.rights import IN_THE_HEAD, Right, opened_to, roles_held_by
from app.identity.sign_ins import SignIn, note_use
from app.identity.users import User
from app.web.marks import InTurn
from app.web.pages import MADE_FOR

SIGN_IN_COOKIE = "sign_in"
NOTED_EVERY = timedelta(days=1)


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


class CountsClosed(NotAllowed):
    """The person is signed in but holds no role that sees counts."""

    says = N_("The figures are open to people with a role in an institution.")
    mend = N_("Ask an administrator of your institution to make you a reporter.")


class LedgerClosed(NotAllowed):
    """The person is signed in but reads no institution's ledger."""

    says = N_("The ledger of what happened is open to auditors only.")
    mend = N_("Ask an administrator of your institution to make you an auditor.")


class SomebodyElse(Refusal):
    """A form came from a page that was made for another person than is signed in by now."""

    status = 401
    says = N_("Somebody else is signed in here now, so nothing of your page was saved.")
    mend = N_("Sign in as yourself on another page, then send yours again.")


REFUSALS: Mapping[Right, type[Refusal]] = {
    Right.COUNTS: CountsClosed,
    Right.LEDGER: LedgerClosed,
}


class Visitor(NamedTuple):
    """Someone signed in, as a page needs them; `subject` is their public identifier."""

    id: int
    subject: UUID
    name: str
    language: str
    confirmed: bool
    roles: str | None
    has_password: bool

    def may(self, right: Right) -> bool:
        """Whether a role of theirs, on some institution, opens this."""
        return bool(opened_to(self.roles) & right)

    @property
    def in_the_head(self) -> int:
        """Which places of those with a role stand in the head of a page."""
        return int(opened_to(self.roles) & IN_THE_HEAD)

    @property
    def may_see_duties(self) -> bool:
        return self.may(Right.DUTIES)


_users, _sign_ins = User.__table__.c, SignIn.__table__.c
is_signed_in = (
    (_sign_ins.token_hash == bindparam("token_hash"))
    & (_sign_ins.until > bindparam("now", type_=MomentType()))
    & _sign_ins.revoked_at.is_(None)
    & _users.erased_at.is_(None)
    & _users.merged_into.is_(None)
)
visitor_columns = (
    _users.id,
    _users.subject,
    _users.name,
    _users.language,
    _users.confirmed_at.is_not(None).label("confirmed"),
    roles_held_by(_users.id).label("roles"),
    _users.password_hash.is_not(None).label("has_password"),
)
_VISITOR = Prepared(
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
    row = _VISITOR.row(db, {"token_hash": token_hash, "now": now})
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


def check_made_for(request: Request, visitor: Visitor) -> None:
    """Refuse a form whose page was made for another person; raises SomebodyElse.

    On a shared computer the page of whoever sat there before stays open, and its addresses are
    those of who sits there now.
    """
    told = (value for name, value in request.state.fields if name == MADE_FOR)
    if next(told, "") not in {"", str(visitor.subject)}:
        raise SomebodyElse


def signed_in(request: Request, db: Session) -> Visitor:
    """Who is signed in; raises SignInNeeded, and SomebodyElse for a form made for another person."""
    visitor = visitor_of(request, db)
    if visitor is None:
        raise SignInNeeded
    check_made_for(request, visitor)
    return visitor


def holder_of(right: Right) -> Callable[[Request, Session], Visitor]:
    """Finds a signed-in person whom a role on some institution gives this right.

    Raises RoleNeeded, and SecondStepNeeded where an institution demands a second step.
    """

    def find(request: Request, db: Session) -> Visitor:
        visitor = signed_in(request, db)
        if not visitor.may(right):
            raise REFUSALS.get(right, RoleNeeded)
        check_step(db, visitor.id, token_hash_of(request))
        return visitor

    return find


def writer(request: Request, db: Session) -> Visitor:
    """A signed-in person who writes, reviews or publishes courses; raises StudioClosed."""
    visitor = signed_in(request, db)
    if not visitor.may(Right.STUDIO):
        raise StudioClosed
    return visitor


def _held(right: Right) -> InTurn:
    return InTurn(holder_of(right), who=(right.name or "").lower())


Anyone = Annotated[Visitor | None, InTurn(visitor_of, who="anyone")]
SignedIn = Annotated[Visitor, InTurn(signed_in, who="signed in")]
Writer = Annotated[Visitor, InTurn(writer, who="studio")]
SeesCounts = Annotated[Visitor, _held(Right.COUNTS)]
ReadsLedger = Annotated[Visitor, _held(Right.LEDGER)]
SeesPowers = Annotated[Visitor, _held(Right.POWERS)]
Administers = Annotated[Visitor, _held(Right.ADMINISTRATION)]
KeepsPeople = Annotated[Visitor, _held(Right.PEOPLE)]
KeepsInstitutions = Annotated[Visitor, _held(Right.INSTITUTIONS)]
SeesDuties = Annotated[Visitor, _held(Right.DUTIES)]
KeepsRequirements = Annotated[Visitor, _held(Right.REQUIREMENTS)]
KeepsLoads = Annotated[Visitor, _held(Right.LOADS)]
KeepsPrograms = Annotated[Visitor, _held(Right.PROGRAMS)]
KeepsData = Annotated[Visitor, _held(Right.DATA)]
AnswersInquiries = Annotated[Visitor, _held(Right.INQUIRIES)]
ReleasesBulletins = Annotated[Visitor, _held(Right.BULLETINS)]
