"""Demands: institutions that let nobody use a role there who signs in with a password alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from sqlalchemy import ForeignKey, Select, bindparam, delete, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Model, Moment, Ref, table_of
from app.foundation.errors import NotAllowed, Refusal, Way
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.i18n.sayings import saying
from app.identity.federation.identities import FederatedIdentity
from app.identity.grants import ADMINISTRATOR, AUDITOR, REGISTRAR, Grant
from app.identity.institutions import NAMED, tree_above
from app.identity.second_factors import has_second_factor
from app.identity.sign_ins import way_of

# How somebody signed in: by one step, by two of ours, or by two that a provider saw.
ONE, OWN, PROVIDER = "one", "own", "provider"
SET_UP = Way(saying("A second step at sign-in"), "show_second_step")


class Demand(Model):
    """An institution asks a second step of whoever administers it, sees names in it or audits it."""

    __tablename__ = "demands"

    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    set_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[Moment]


@dataclass(frozen=True, kw_only=True)
class SecondStepDemanded(Happening):
    """An institution asks a second step of administrators, registrars and auditors from now on."""

    kind: ClassVar[str] = "second-step-demanded"
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class SecondStepWaived(Happening):
    """An institution asks no second step of them any more."""

    kind: ClassVar[str] = "second-step-waived"
    institution_id: int


class SecondStepNeeded(NotAllowed):
    """The person's institution asks a second step of roles, and this account has none."""

    says = N_("Your institution asks a second step at sign-in of everyone with your role.")
    mend = N_("Set it up in your account, under “A second step at sign-in”. Then open this page again.")  # fmt: skip
    ways = (SET_UP,)


class OwnStepMissing(Refusal):
    """Whoever asks it of others has none."""

    says = N_("You ask for a second step that you do not have yourself.")
    mend = N_("Set it up in your account first, under “A second step at sign-in”.")
    ways = (SET_UP,)


class Demanding(NamedTuple):
    """An institution with its demand, as the page lists it."""

    institution_key: str
    institution: str
    set_at: datetime


_once = Once(Demand)
_demands, _grants = Demand.__table__.c, Grant.__table__.c
_named = NAMED.order_by(None).subquery()
_held = (
    (_grants.user_id == bindparam("user_id"))
    & _grants.role.in_((ADMINISTRATOR, REGISTRAR, AUDITOR))
    & _grants.ended_at.is_(None)
)
_up = tree_above(
    select(_grants.institution_id.label("id")).where(_held, _grants.institution_id.is_not(None))
)
# Who holds a role on the whole platform holds it where the demand is.
_DEMANDED = select(
    exists().where(
        or_(
            _demands.institution_id.in_(select(_up.c.id)),
            exists().where(_held, _grants.institution_id.is_(None)),
        )
    )
)


def is_step_demanded(db: Session, user_id: int) -> bool:
    """Whether an institution above a role of the person asks a second step."""
    return bool(db.scalar(_DEMANDED, {"user_id": user_id}))


def steps_of(db: Session, user_id: int, token_hash: bytes | None) -> str:
    """By which steps a person is signed in; what is asked after the password counts for the account."""
    if has_second_factor(db, user_id):
        return OWN
    return PROVIDER if way_of(db, token_hash).is_two_steps else ONE


def check_step(db: Session, user_id: int, token_hash: bytes | None = None) -> None:
    """Raise SecondStepNeeded where it is asked for and the person is signed in by one step."""
    if is_step_demanded(db, user_id) and steps_of(db, user_id, token_hash) == ONE:
        raise SecondStepNeeded


def may_stand(db: Session, user_id: int, steps: str) -> bool:
    """Whether what a person left to act for them may, made in a sign-in by these steps.

    Where a second step is asked it was made with one, and its maker can still sign in with one.
    """
    if not is_step_demanded(db, user_id):
        return True
    if steps == ONE:
        return False
    is_linked = exists().where(FederatedIdentity.user_id == user_id)
    return has_second_factor(db, user_id) or (
        steps == PROVIDER and bool(db.scalar(select(is_linked)))
    )


def demand_step(db: Session, by: int, institution_id: int) -> None:
    """Ask a second step there from now on; twice is no fault. Raises OwnStepMissing."""
    if not has_second_factor(db, by):
        raise OwnStepMissing
    if _once.add(db, {"institution_id": institution_id, "set_by": by, "set_at": clock.now()}):
        record(db, SecondStepDemanded(actor_id=by, institution_id=institution_id))


def waive_step(db: Session, by: int, institution_id: int) -> None:
    """Ask it no longer; where it was not asked, nothing happens."""
    gone = db.execute(
        delete(table_of(Demand))
        .where(_demands.institution_id == institution_id)
        .returning(_demands.institution_id)
    )
    if gone.all():
        record(db, SecondStepWaived(actor_id=by, institution_id=institution_id))


def demands_in(db: Session, scope: Select[tuple[int]]) -> list[Demanding]:
    """The standing demands of the scope's institutions, by name."""
    asked = (
        select(_named.c.key, _named.c.name, _demands.set_at)
        .join_from(Demand.__table__, _named, _named.c.id == _demands.institution_id)
        .where(_demands.institution_id.in_(scope))
        .order_by(_named.c.name)
    )
    return [Demanding._make(row) for row in db.execute(asked)]
