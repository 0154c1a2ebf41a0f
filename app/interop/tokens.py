"""Tokens: what a program shows instead of a password, for one institution's tree and until a day."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Uuid, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import (
    Hash,
    Id,
    JsonType,
    Model,
    Moment,
    MomentType,
    Ref,
    table_of,
)
from app.foundation.errors import NotAllowed, NotFound, Refusal
from app.i18n.marking import N_
from app.identity.demands import steps_of
from app.identity.grants import ADMINISTRATOR, REGISTRAR
from app.identity.one_time_links import hash_of_token
from app.identity.users import User
from app.interop.scopes import NAMING, SCOPES
from app.interop.trees import roles_over

PREFIX, TOKEN_BYTES, SHOWN = "cap_", 32, 12
LONGEST_DAYS, MOST_TOKENS = 400, 50
NOTED_EVERY = timedelta(minutes=5)


class ApiToken(Model):
    """A program's key to an institution's tree; kept as its hash, with the first signs to know it by.

    It may do no more than its maker may at the moment of each request; `steps` is how they were
    signed in when they made it.
    """

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    starts_with: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(JsonType)
    made_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    steps: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[Moment]
    until: Mapped[Moment]
    used_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class TokenMade(Happening):
    """An administrator made a token for programs, for an institution's tree and some scopes."""

    kind: ClassVar[str] = "token-made"
    token_id: int
    institution_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Happening):
    """A token was revoked, by an administrator or as its maker took their account back."""

    kind: ClassVar[str] = "token-revoked"
    token_id: int
    institution_id: int


class ScopeNotYours(NotAllowed):
    """A token may not see names that its maker may not see."""

    says = N_("A token that shows people needs a maker who is registrar of the institution.")
    mend = N_("Leave out the scopes with people, or ask a registrar to make the token.")


class TokensTooMany(Refusal):
    """The institution has as many standing tokens as one can look through."""

    says = N_("This institution has %(most)s tokens already.")
    mend = N_("Revoke those that no program uses.")


class TokenUnknown(NotFound):
    """The institution has no such token."""

    says = N_("There is no such token.")
    mend = N_("Look at the list of tokens again.")


class Shown(NamedTuple):
    """A token as its list shows it; the token itself is nowhere any more."""

    key: UUID
    name: str
    starts_with: str
    scopes: list[str]
    maker: str
    steps: str
    made_at: datetime
    until: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        """Whether it stands, was revoked, or is over."""
        if self.revoked_at is not None:
            return "revoked"
        return "standing" if self.until > clock.now() else "over"


class Holding(NamedTuple):
    """What a token that stands opens: whose it is, for which tree, with which scopes."""

    id: int
    institution_id: int
    made_by: int
    steps: str
    scopes: frozenset[str]
    used_at: datetime | None


_tokens, _users = ApiToken.__table__.c, User.__table__.c
_HELD = (
    select(
        _tokens.id, _tokens.institution_id, _tokens.made_by, _tokens.steps, _tokens.scopes,
        _tokens.used_at,
    )
    .join_from(ApiToken.__table__, User.__table__, _users.id == _tokens.made_by)
    .where(
        _tokens.token_hash == bindparam("token_hash"),
        _tokens.until > bindparam("now", type_=MomentType()),
        _tokens.revoked_at.is_(None),
        _users.erased_at.is_(None),
    )
)  # fmt: skip


def make_token(
    db: Session, by: int, institution_id: int, name: str, scopes: Iterable[str], last_day: date,
    sign_in: bytes | None = None,
) -> str:  # fmt: skip
    """Make a token that works until the end of a day (UTC); returns it, and nobody can read it again.

    `sign_in` is the hash of the maker's. Raises ScopeNotYours or TokensTooMany.
    """
    asked = tuple(scope for scope in SCOPES if scope in set(scopes))
    roles = roles_over(db, by, institution_id)
    if ADMINISTRATOR not in roles or (NAMING.intersection(asked) and REGISTRAR not in roles):
        raise ScopeNotYours
    if sum(each.state == "standing" for each in tokens_of(db, institution_id)) >= MOST_TOKENS:
        raise TokensTooMany(most=MOST_TOKENS)
    token, moment = PREFIX + secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    row = ApiToken(
        key=uuid4(),
        token_hash=hash_of_token(token),
        starts_with=token[:SHOWN],
        name=name,
        institution_id=institution_id,
        scopes=list(asked),
        made_by=by,
        steps=steps_of(db, by, sign_in),
        made_at=moment,
        until=datetime.combine(last_day, time.max, UTC),
    )
    db.add(row)
    db.flush()
    record(db, TokenMade(actor_id=by, token_id=row.id, institution_id=institution_id, scopes=asked))
    return token


def tokens_of(db: Session, institution_id: int) -> list[Shown]:
    """The tokens of an institution, latest first."""
    rows = db.execute(
        select(
            _tokens.key, _tokens.name, _tokens.starts_with, _tokens.scopes, _users.name,
            _tokens.steps, _tokens.made_at, _tokens.until, _tokens.used_at, _tokens.revoked_at,
        )
        .join_from(ApiToken.__table__, User.__table__, _users.id == _tokens.made_by)
        .where(_tokens.institution_id == institution_id)
        .order_by(_tokens.id.desc())
    )  # fmt: skip
    return [Shown._make(row) for row in rows]


def revoke_token(db: Session, by: int, institution_id: int, key: UUID) -> None:
    """Let nobody in with a token any more; revoking twice is no fault. Raises TokenUnknown."""
    asked = select(ApiToken).where(ApiToken.key == key, ApiToken.institution_id == institution_id)
    token = db.scalars(asked.with_for_update()).one_or_none()
    if token is None:
        raise TokenUnknown
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        db.flush()
        record(db, TokenRevoked(actor_id=by, token_id=token.id, institution_id=institution_id))


def revoke_tokens_of(db: Session, maker_id: int) -> None:
    """Let nobody in with a token that this person made, of whichever institution."""
    moment = clock.now()
    revoked = (
        update(table_of(ApiToken))
        .where(_tokens.made_by == maker_id, _tokens.revoked_at.is_(None), _tokens.until > moment)
        .values(revoked_at=moment)
        .returning(_tokens.id, _tokens.institution_id)
    )
    for token_id, institution_id in db.execute(revoked).all():
        record(
            db, TokenRevoked(actor_id=maker_id, token_id=token_id, institution_id=institution_id)
        )


def holding_of(db: Session, token: str) -> Holding | None:
    """What a token opens, if it stands and its maker has not gone."""
    asked = {"token_hash": hash_of_token(token), "now": clock.now()}
    row = db.execute(_HELD, asked).one_or_none()
    if row is None:
        return None
    return Holding._make(row)._replace(scopes=frozenset(row.scopes))


def note_use(db: Session, token_id: int) -> None:
    """Note that a token is in use."""
    db.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=clock.now()))
