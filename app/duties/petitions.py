"""Petitions: a person, or an administrator for them, asks for an exemption or for more time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import (
    BindParameter,
    Boolean,
    Date,
    ForeignKey,
    Select,
    String,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course
from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.duties.duties import Duty
from app.duties.reckonings import FOR_GOOD, put_off
from app.duties.requirements import Requirement
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where, table_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.identity.users import User
from app.queue.mails import mail_later

EXEMPTION, EXTENSION = "exemption", "extension"
LONGEST = 1_000  # signs


class Petition(Model):
    """What is asked about a duty and why, and what was decided; one is open at a time.

    `until` is the day up to which the person asks to be exempt, none for good, or the new due day.
    It waits while it could be asked: once the duty is done or has lapsed, nobody decides it.
    """

    __tablename__ = "petitions"
    __table_args__ = (
        index_where("uq_petitions_open", "decided_at IS NULL", "duty_id", is_unique=True),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    duty_id: Mapped[Ref] = mapped_column(ForeignKey("duties.id"))
    kind: Mapped[str] = mapped_column(String(16))
    until: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[Moment]
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[Moment | None]
    is_granted: Mapped[bool | None] = mapped_column(Boolean)
    answer: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, kw_only=True)
class PetitionSent(Happening):
    """Somebody asked for an exemption or more time; the reason stands in the petition alone."""

    kind: ClassVar[str] = "petition-sent"
    petition_id: int
    what: str


@dataclass(frozen=True, kw_only=True)
class PetitionDecided(Happening):
    """An administrator granted or refused an exemption or more time."""

    kind: ClassVar[str] = "petition-decided"
    petition_id: int
    what: str
    granted: bool


class PetitionOpen(Refusal):
    """Something is asked about this duty already, and not decided."""

    says = N_("A request about this course waits for its answer already.")
    mend = N_("Wait for the answer; it comes by mail.")


class NothingToAsk(Refusal):
    """The duty is done or asked for no more, so there is nothing to be exempt from."""

    says = N_("This course is not waited for now, so there is nothing to ask.")
    mend = N_("Look at My learning for what is required of you.")


class DayTooEarly(Refusal):
    """The day asked for does not lie behind the one that stands."""

    says = N_("The day %(day)s is not later than the one that stands.")
    mend = N_("Choose a later day.")


class PetitionUnknown(NotFound):
    """No open petition has this key, or it was decided already."""

    says = N_("There is no such request, or it was decided already.")
    mend = N_("Look at the list of open requests again.")


class Plea(NamedTuple):
    """What somebody asks: of which kind, until which day, and why."""

    kind: str
    until: date | None
    reason: str


class Asked(NamedTuple):
    """A petition as its duty's page lists it."""

    key: UUID
    kind: str
    until: date | None
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    is_granted: bool | None
    answer: str
    is_waiting: bool


_petitions, _duties = Petition.__table__.c, Duty.__table__.c
_requirements, _users = Requirement.__table__.c, User.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_once = Once(Petition)
is_waiting = _petitions.decided_at.is_(None) & _duties.stands & _duties.done_on.is_(None)
_ASKED = (
    select(*(_petitions[name] for name in Asked._fields[:-1]), is_waiting)
    .join_from(Petition.__table__, Duty.__table__, _duties.id == _petitions.duty_id)
    .where(
        _duties.requirement_id == bindparam("requirement_id"),
        _duties.person_id == bindparam("person_id"),
    )
    .order_by(_petitions.id.desc())
)


def ask(db: Session, duty: Duty, asked_by: int, plea: Plea, today: date) -> Petition:
    """Ask for an exemption or more time; raises NothingToAsk, DayTooEarly and PetitionOpen."""
    if not duty.stands or duty.done_on is not None:
        raise NothingToAsk
    earliest = duty.due_on if plea.kind == EXTENSION else today
    if plea.until is not None and plea.until <= earliest:
        raise DayTooEarly(day=plea.until.isoformat())
    values = {
        "key": uuid4(),
        "duty_id": duty.id,
        **plea._asdict(),
        "asked_by": asked_by,
        "asked_at": clock.now(),
        "answer": "",
    }
    petition_id = _once.add_named(db, values)
    if petition_id is None:
        raise PetitionOpen
    petition = db.get_one(Petition, petition_id)
    about = _about(db, duty, asked_by, petition)
    record(db, PetitionSent(**about))
    return petition


def decide(db: Session, petition: Petition, by: int, *, is_granted: bool, answer: str) -> None:
    """Grant or refuse; what is granted holds at once, and the person is told by mail.

    Raises PetitionUnknown when somebody decided it meanwhile, or it is waited for no more.
    """
    fresh = {"populate_existing": True}
    locked = select(Petition).where(Petition.id == petition.id).with_for_update()
    held = db.scalars(locked, execution_options=fresh).one()
    duties = select(Duty).where(Duty.id == held.duty_id).with_for_update()
    duty = db.scalars(duties, execution_options=fresh).one()
    if held.decided_at is not None or not duty.stands or duty.done_on is not None:
        raise PetitionUnknown
    held.decided_at, held.decided_by = clock.now(), by
    held.is_granted, held.answer = is_granted, answer
    if is_granted:
        _grant(duty, held)
    db.flush()
    record(db, PetitionDecided(**_about(db, duty, by, held), granted=is_granted))
    _tell(db, duty, held)


def _grant(duty: Duty, petition: Petition) -> None:
    if petition.kind == EXTENSION:
        duty.extended_to = petition.until
    else:
        duty.exempt_until = petition.until or FOR_GOOD
    duty.due_on = put_off(duty.due_on, duty.extended_to, duty.exempt_until)


def petitions_about(db: Session, requirement_id: int, person_id: int) -> list[Asked]:
    """All that was asked about a person's duties under a requirement, the latest first."""
    asked = {"requirement_id": requirement_id, "person_id": person_id}
    return [Asked._make(row) for row in db.execute(_ASKED, asked)]


def open_petitions() -> Select[Petition, Duty, Requirement, User]:
    """Those that wait, oldest first: the petition, its duty, requirement, and who it is for."""
    return (
        select(Petition, Duty, Requirement, User)
        .join(Duty, Duty.id == Petition.duty_id)
        .join(Requirement, Requirement.id == Duty.requirement_id)
        .join(User, User.id == Duty.person_id)
        .where(is_waiting)
        .order_by(Petition.asked_at, Petition.id)
    )


def forget_reasons(db: Session, person_id: int) -> None:
    """Empty what an erased person wrote; that they asked, and what was decided, stays."""
    theirs = select(_duties.id).where(_duties.person_id == person_id)
    emptied = update(table_of(Petition)).where(_petitions.duty_id.in_(theirs))
    db.execute(emptied.values(reason="", answer=""))


def _about(db: Session, duty: Duty, by: int, petition: Petition) -> dict[str, Any]:
    course = select(_requirements.course_id).where(_requirements.id == duty.requirement_id)
    return {
        "actor_id": by,
        "person_id": duty.person_id,
        "course_id": db.scalar(course),
        "petition_id": petition.id,
        "what": petition.kind,
    }


def _tell(db: Session, duty: Duty, petition: Petition) -> None:
    """Tell the person what was decided, unless they have no address any more."""
    person = db.get_one(User, duty.person_id)
    if not person.email:
        return
    version_id, compiler, key = db.execute(
        select(_versions.id, _versions.compiler, _requirements.key)
        .join_from(Requirement.__table__, Course.__table__, _courses.id == _requirements.course_id)
        .join(CourseVersion.__table__, (_versions.course_id == _courses.id) & _versions.is_current)
        .where(_requirements.id == duty.requirement_id)
    ).one()
    course = edition_of(db, version_id, person.language, compiler).title.text
    until = petition.until
    mail_later(
        db,
        "petition_decided",
        to=person.email,
        language=person.language,
        name=person.name,
        course=course,
        what=petition.kind,
        granted=bool(petition.is_granted),
        until=phrases_of(person.language).day(until) if until else "",
        answer=petition.answer,
        requirement=str(key),
    )


def waiting_in(
    institutions: Collection[int] | Select[tuple[int]], seen_by: int | BindParameter[int]
) -> Select[int]:
    """The number of petitions that wait for somebody who administers institutions; one's own is for a colleague."""
    return (
        select(func.count())
        .join_from(Petition.__table__, Duty.__table__, _duties.id == _petitions.duty_id)
        .join(Requirement.__table__, _requirements.id == _duties.requirement_id)
        .where(is_waiting, _requirements.institution_id.in_(institutions))
        .where(_duties.person_id != seen_by)
    )


def open_count(db: Session, institutions: Collection[int], seen_by: int) -> int:
    """How many petitions wait for somebody there now."""
    return db.scalar(waiting_in(institutions, seen_by)) or 0
