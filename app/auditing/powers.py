"""Powers: who may do what at an institution, by a role, a link or a program, and where from."""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.foundation import clock
from app.identity.choosing.matches import is_called
from app.identity.grants import (
    ADMINISTRATOR,
    AUDITOR,
    GIVEN_BY,
    ROLES,
    Grant,
    institutions_held,
    may_give,
)
from app.identity.institutions import (
    NAMED,
    Institution,
    NamedInstitution,
    institution_called,
)
from app.identity.invitations import Invitation
from app.identity.passkeys.passkeys import Passkey
from app.identity.second_factors import SecondFactor
from app.identity.units.listings import UnitUnknown
from app.identity.users import User
from app.interop.tokens import ApiToken
from app.interop.trees import ids_upwards
from app.interop.webhooks import Webhook
from app.studio.drafts import Draft
from app.studio.guests import Guest

OWN, ABOVE, EVERYWHERE = "own", "above", "everywhere"
WATCHING = (ADMINISTRATOR, AUDITOR)
SHOWN = 100


class Source(NamedTuple):
    """Where a power comes from: the institution itself, one above it, or the whole platform."""

    reach: str
    key: str = ""
    name: str = ""


class Held(NamedTuple):
    """A role that reaches the institution."""

    subject: UUID
    name: str
    role: str
    source: Source
    since: datetime
    given_by: str
    has_second_step: bool
    may_end: bool


class Offered(NamedTuple):
    """An open invitation to roles that would reach the institution."""

    email: str
    roles: list[str]
    source: Source
    until: datetime
    by: str


class Program(NamedTuple):
    """A token or a webhook that reaches the institution: what it is called or where it leads.

    Of a webhook of an institution above `name` is the host alone.
    """

    kind: str
    name: str
    does: list[str]
    source: Source
    since: datetime
    until: datetime | None
    by: str


class Reading(NamedTuple):
    """Somebody from outside who reads a draft of the institution by a link."""

    name: str
    draft: str
    since: datetime
    until: datetime
    by: str


class Powers(NamedTuple):
    """Everything that opens something at an institution."""

    held: list[Held]
    offered: list[Offered]
    programs: list[Program]
    reading: list[Reading]


_named = NAMED.order_by(None).subquery()
_grants, _users, _givers = Grant.__table__.c, User.__table__.c, aliased(User.__table__)
_SECOND_STEP = or_(
    exists().where(SecondFactor.user_id == _users.id, SecondFactor.confirmed_at.is_not(None)),
    exists().where(Passkey.user_id == _users.id),
)


def institution_watched(db: Session, person_id: int, key: str) -> Institution:
    """The institution of this key, for its administrators and auditors; raises UnitUnknown."""
    found = institution_called(db, key)
    if found is None or found.id not in institutions_held(db, person_id, WATCHING):
        raise UnitUnknown(name=key)
    return found


def institutions_watched(db: Session, person_id: int, words: str) -> list[NamedInstitution]:
    """The first institutions, by name, whose powers the person may see."""
    held = institutions_held(db, person_id, WATCHING)
    asked = NAMED.where(Institution.id.in_(held)).limit(SHOWN)
    if words:
        asked = asked.where(is_called(words))
    return [NamedInstitution(*row) for row in db.execute(asked)]


def powers_at(db: Session, reader_id: int, institution: Institution) -> Powers:
    """All that reaches an institution, its own first."""
    above = ids_upwards(db, institution.id) | {institution.id}
    asked = select(_named.c.id, _named.c.key, _named.c.name).where(_named.c.id.in_(above))
    sources: dict[int | None, Source] = {
        row[0]: Source(OWN if row[0] == institution.id else ABOVE, row[1], row[2])
        for row in db.execute(asked)
    }
    sources[None] = Source(EVERYWHERE)
    return Powers(
        _held(db, reader_id, sources),
        _offered(db, sources),
        _programs(db, sources),
        _reading(db, institution.id),
    )


def _held(db: Session, reader_id: int, sources: dict[int | None, Source]) -> list[Held]:
    rows = db.execute(
        select(
            _users.id, _users.subject, _users.name, _grants.role, _grants.institution_id,
            _grants.granted_at, _givers.c.name, _SECOND_STEP,
        )
        .join_from(Grant.__table__, User.__table__, _users.id == _grants.user_id)
        .outerjoin(_givers, _givers.c.id == _grants.granted_by)
        .where(_grants.ended_at.is_(None), _users.erased_at.is_(None))
        .where(_reaches(_grants.institution_id, sources))
        .order_by(_users.name, _users.id, _grants.id)
    )  # fmt: skip
    mine = {role: may_give(db, reader_id, role) for role in set(GIVEN_BY.values())}
    held = [
        Held(
            subject, name, role, sources[at], since, by or "", bool(step),
            may_end=at in mine.get(GIVEN_BY.get(role, ""), ()) and at in mine[ADMINISTRATOR]
            and user_id != reader_id,
        )
        for user_id, subject, name, role, at, since, by, step in rows
    ]  # fmt: skip
    order = {reach: at for at, reach in enumerate((OWN, ABOVE, EVERYWHERE))}
    ranks = {role: at for at, role in enumerate(ROLES)}
    return sorted(held, key=lambda each: (order[each.source.reach], ranks.get(each.role, 99)))


def _offered(db: Session, sources: dict[int | None, Source]) -> list[Offered]:
    rows = db.execute(
        select(Invitation, User.name)
        .join(User, User.id == Invitation.invited_by)
        .where(Invitation.institution_id.in_([each for each in sources if each is not None]))
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .where(Invitation.until > clock.now())
        .order_by(Invitation.until)
    )
    return [
        Offered(each.email, each.roles, sources[each.institution_id], each.until, by)
        for each, by in rows
    ]


def _programs(db: Session, sources: dict[int | None, Source]) -> list[Program]:
    ids = [each for each in sources if each is not None]
    tokens = db.execute(
        select(ApiToken, User.name)
        .join(User, User.id == ApiToken.made_by)
        .where(ApiToken.institution_id.in_(ids), ApiToken.revoked_at.is_(None))
        .where(ApiToken.until > clock.now())
        .order_by(ApiToken.id)
    )
    webhooks = db.execute(
        select(Webhook, User.name)
        .join(User, User.id == Webhook.made_by)
        .where(Webhook.institution_id.in_(ids), Webhook.ended_at.is_(None))
        .order_by(Webhook.id)
    )
    listed = [
        Program("token", t.name, t.scopes, sources[t.institution_id], t.made_at, t.until, by)
        for t, by in tokens
    ]
    return listed + [
        Program("webhook", _told(w.address, source), w.kinds, source, w.made_at, None, by)
        for w, by in webhooks
        for source in (sources[w.institution_id],)
    ]


def _told(address: str, source: Source) -> str:
    """A webhook's address; of one from above the host alone, since a path often holds a secret."""
    return address if source.reach == OWN else urlsplit(address).hostname or ""


def _reading(db: Session, institution_id: int) -> list[Reading]:
    rows = db.execute(
        select(Guest.name, Draft.slug, Guest.invited_at, Guest.until, User.name)
        .join_from(Guest, Draft, Draft.id == Guest.draft_id)
        .join(User, User.id == Guest.invited_by)
        .where(Draft.institution_id == institution_id, Draft.closed_at.is_(None))
        .where(Guest.revoked_at.is_(None), Guest.until > clock.now())
        .order_by(Draft.slug, Guest.id)
    )
    return [Reading(*row) for row in rows]


def _reaches(
    institution_id: ColumnElement[Any], sources: dict[int | None, Source]
) -> ColumnElement[bool]:
    ids = [each for each in sources if each is not None]
    return or_(institution_id.is_(None), institution_id.in_(ids))
