"""Retentions: how long an institution keeps what of its people, on which ground; and the end of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Integer,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event, Happening, record
from app.credentials.certificates import Certificate, forget_holder
from app.custody.guardians import lineage_of
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where, table_of
from app.i18n.marking import N_
from app.identity.erasures import erase
from app.identity.grants import Grant
from app.identity.institutions import NAMED, Institution
from app.identity.placements import Placement
from app.identity.users import User
from app.learning.enrolments import Enrolment
from app.queue.mails import mail_later

HOLDER_NAMES, IDLE_ACCOUNTS = "holder-names", "idle-accounts"
KEEP, KEEP_IDLE = "keep-schedule", "keep-idle"  # the daily work, and that on some idle accounts
CLASSES = (HOLDER_NAMES, IDLE_ACCOUNTS)
LEAST = {HOLDER_NAMES: 1, IDLE_ACCOUNTS: 6}  # months
MOST = 1_200  # months: what is kept longer is kept for ever
A_MONTH = timedelta(days=30)
TOO_SHORT = N_("An idle account is kept for six months at least.")
WARNED_BEFORE = timedelta(days=30)


class Retention(Model):
    """A rule of an institution for one class of record; it holds for all under it that have none.

    `holder-names`: how long the name stays on a certificate after its holder was erased; without a
    rule it goes at once. `idle-accounts`: after how long without a sign-in an account is erased;
    without a rule never. Former rules are kept, with who set them and when they ended.
    """

    __tablename__ = "retentions"
    __table_args__ = (
        index_where(
            "uq_retentions_standing",
            "ended_at IS NULL",
            "institution_id",
            "record_class",
            is_unique=True,
        ),
    )

    id: Mapped[Id]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    record_class: Mapped[str] = mapped_column(String(32))
    months: Mapped[int] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class IdleWarning(Model):
    """The letter that told a person that their account will be erased unless they sign in."""

    __tablename__ = "idle_warnings"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    warned_at: Mapped[Moment]


@dataclass(frozen=True, kw_only=True)
class RetentionSet(Happening):
    """An institution keeps a class of record for so many months from now on; 0 means: no rule."""

    kind: ClassVar[str] = "retention-set"

    institution_id: int
    record_class: str
    months: int


class Rule(NamedTuple):
    """A standing rule as the page lists it."""

    id: int
    institution_key: str
    institution: str
    record_class: str
    months: int
    ground: str
    set_at: datetime


_rules, _users, _events = Retention.__table__.c, User.__table__.c, Event.__table__.c
_placements, _certificates = Placement.__table__.c, Certificate.__table__.c
_enrolments, _grants = Enrolment.__table__.c, Grant.__table__.c
_warnings, _merged = IdleWarning.__table__.c, User.__table__.alias("merged").c
_FORGET_WARNING = delete(table_of(IdleWarning)).where(
    _warnings.user_id == bindparam("person_id", type_=_warnings.user_id.type)
)
_named = NAMED.order_by(None).subquery()


def rules_in(db: Session, scope: Iterable[int] | Select[tuple[int]]) -> list[Rule]:
    """The standing rules of the scope's institutions, by institution."""
    within = scope if isinstance(scope, Select) else list(scope)
    asked = (
        select(
            _rules.id, _named.c.key, _named.c.name, _rules.record_class, _rules.months,
            _rules.ground, _rules.set_at,
        )
        .join_from(Retention.__table__, _named, _named.c.id == _rules.institution_id)
        .where(_rules.ended_at.is_(None), _rules.institution_id.in_(within))
        .order_by(_named.c.name, _rules.record_class)
    )  # fmt: skip
    return [Rule._make(row) for row in db.execute(asked)]


def set_rule(
    db: Session, by: int, institution_id: int, record_class: str, months: int, ground: str
) -> None:
    """Put a rule in the place of the one that stands; 0 months only ends it."""
    # The institution's row is locked, so that two rules at once stand after each other.
    db.execute(select(Institution.id).where(Institution.id == institution_id).with_for_update())
    moment = clock.now()
    db.execute(
        update(table_of(Retention))
        .where(_rules.institution_id == institution_id, _rules.record_class == record_class)
        .where(_rules.ended_at.is_(None))
        .values(ended_at=moment)
    )
    if months:
        db.add(
            Retention(
                institution_id=institution_id,
                record_class=record_class,
                months=months,
                ground=ground,
                set_by=by,
                set_at=moment,
            )
        )
        db.flush()
    record(
        db,
        RetentionSet(
            actor_id=by, institution_id=institution_id, record_class=record_class, months=months
        ),
    )


def rule_for(db: Session, institution_id: int | None, record_class: str) -> Retention | None:
    """The rule that holds for an institution: its own, or that of the nearest above it."""
    for each in lineage_of(db, institution_id):
        rule = db.scalars(
            select(Retention)
            .where(Retention.institution_id == each, Retention.record_class == record_class)
            .where(Retention.ended_at.is_(None))
        ).one_or_none()
        if rule is not None:
            return rule
    return None


def rule_of_names(db: Session, person_id: int) -> Retention | None:
    """The rule for a person's name on their certificates, if any: of the last place they stood at."""
    last = db.scalar(
        select(_placements.institution_id)
        .where(_placements.user_id == person_id)
        .order_by(_placements.ended_at.is_not(None), _placements.ended_at.desc())
        .limit(1)
    )
    return rule_for(db, last, HOLDER_NAMES)


def names_until(rule: Retention) -> datetime:
    """Until when the names stay of who is erased now."""
    return clock.now() + rule.months * A_MONTH


def let_names_go(db: Session, person_id: int) -> None:
    """Take an erased person's name off their certificates, now or when their institution's law says."""
    rule = rule_of_names(db, person_id)
    if rule is None:
        forget_holder(db, person_id)
        return
    theirs = select(_enrolments.id).where(_enrolments.learner_id == person_id)
    db.execute(
        update(table_of(Certificate))
        .where(_certificates.completion_id.in_(theirs))
        .values(name_until=names_until(rule))
    )


def forget_names(db: Session, moment: datetime) -> int:
    """Empty the names whose time is over; returns how many."""
    done = db.execute(
        update(table_of(Certificate))
        .where(_certificates.name_until <= moment, _certificates.holder_name.is_not(None))
        .values(holder_name=None, name_until=None)
        .returning(_certificates.id)
    )
    return len(done.all())


def idle_in(
    db: Session, rule: Retention, moment: datetime, person_id: int | None = None
) -> list[int]:
    """The people under a rule who did nothing here for its months, or that one if they are.

    Who never came in is idle since the account was made; what a merged account did counts, too.
    Who holds a role is not among them. The rule of a unit between takes its people out of the one above.
    """
    who = _users.id == person_id if person_id is not None else true()
    since = moment - rule.months * A_MONTH
    acts = select(func.max(_events.happened_at)).where(_events.actor_id == _events.person_id)
    last_act = acts.where(_events.person_id == _users.id).scalar_subquery()
    of_merged = acts.where(_events.person_id == _merged.id, _merged.merged_into == _users.id)
    people = db.execute(
        select(_users.id, _placements.institution_id)
        .join_from(User.__table__, Placement.__table__, _placements.user_id == _users.id)
        .where(_placements.ended_at.is_(None), _users.erased_at.is_(None), who)
        .where(func.coalesce(last_act, _users.made_at) <= since)
        .where(func.coalesce(of_merged.scalar_subquery(), since) <= since)
        .where(~exists().where(_grants.user_id == _users.id, _grants.ended_at.is_(None)))
        .order_by(_users.id)
    ).all()
    holds: dict[int | None, bool] = {}
    for _person, institution in people:
        if institution not in holds:
            held = rule_for(db, institution, IDLE_ACCOUNTS)
            holds[institution] = held is not None and held.id == rule.id
    return [person for person, institution in people if holds[institution]]


def rules_of_idle(db: Session) -> Sequence[Retention]:
    """The rules about idle accounts that hold."""
    standing = select(Retention).where(
        Retention.record_class == IDLE_ACCOUNTS, Retention.ended_at.is_(None)
    )
    return db.scalars(standing.order_by(Retention.id)).all()


def warn_or_erase(db: Session, rule: Retention, person_id: int, moment: datetime) -> str:
    """Tell an idle person what will happen, and thirty days later do it; says which, or "wait".

    Who came back since they were found idle is left alone, as is everybody once the rule has ended.
    """
    person = db.scalars(select(User).where(User.id == person_id).with_for_update()).one()
    if not idle_in(db, rule, moment, person_id):
        return "wait"
    warned = db.get(IdleWarning, person_id)
    if warned is None:
        db.add(IdleWarning(user_id=person_id, warned_at=moment))
        if person.email is not None:
            until = (moment + WARNED_BEFORE).date().isoformat()
            mail_later(
                db, "idle_account", to=person.email, language=person.language,
                name=person.name, until=until, gives_way=True,
            )  # fmt: skip
        return "warned"
    if moment - warned.warned_at < WARNED_BEFORE:
        return "wait"
    db.delete(warned)
    if person.email is not None:
        mail_later(db, "idle_erased", to=person.email, language=person.language, gives_way=True)
    erase(db, person)
    return "erased"


def have_time_left(db: Session, moment: datetime) -> set[int]:
    """Who was warned and may still come back before they are erased."""
    return {
        *db.scalars(select(_warnings.user_id).where(_warnings.warned_at > moment - WARNED_BEFORE))
    }


def forget_warnings(db: Session, still_idle: Collection[int]) -> None:
    """Forget the warnings of people who came back."""
    warned = db.scalars(select(_warnings.user_id)).all()
    if back := [{"person_id": each} for each in warned if each not in still_idle]:
        db.execute(_FORGET_WARNING, back)
