"""Enrolments as the API gives and takes them: who follows what, begun and ended for them."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from app.catalogue.audiences import CourseUnknown, may_see
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.i18n.marking import N_
from app.identity.looks import note_look
from app.identity.placements import Placement
from app.identity.users import User
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import SUBJECT, key_in, number, text
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.people import BY_PROGRAM
from app.interop.api.units import Key
from app.interop.scopes import ENROLMENTS_READ, ENROLMENTS_WRITE
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment as Round
from app.learning.enrolments import EnrolmentUnknown, enrol, standing_place, withdraw

BY_INSTITUTION = "institution"


class Enrolment(BaseModel):
    """One round of a person in a course; days are those of the person's institution."""

    person: UUID
    course: str
    version: int
    round: int
    enrolled: date
    started: date | None
    completed: date | None
    has_ended: bool


class EnrolmentList(BaseModel):
    """A page of enrolments, by person, course and round."""

    enrolments: list[Enrolment]


class EnrolmentsAsked(Paging):
    """Which enrolments of people who stand in the tree now."""

    person: Annotated[UUID | None, Field(description="Id of a person.")] = None
    course: Annotated[str, Field(max_length=64, description="Slug of a course.")] = ""
    ended: Annotated[
        Literal["no", "yes"], Field(description="Whether rounds that have ended are listed too.")
    ] = "no"


class NewEnrolment(Sent):
    """A person of the tree, and the course in which they get a place."""

    person: UUID
    course: Key


_enrolments, _users, _courses = Round.__table__.c, User.__table__.c, Course.__table__.c
_placements, _versions = Placement.__table__.c, CourseVersion.__table__.c
_completions = Completion.__table__.c
_ROUNDS = (
    select(
        _users.subject.label("person"), _courses.slug.label("course"),
        _versions.number.label("version"), _enrolments.round,
        _enrolments.opened_day.label("enrolled"), _enrolments.started_day.label("started"),
        _completions.day.label("completed"), _enrolments.ended_at.is_not(None).label("has_ended"),
        _users.id.label("own_id"),
    )
    .join_from(Round.__table__, User.__table__, _users.id == _enrolments.learner_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .join(CourseVersion.__table__, _versions.id == _enrolments.version_id)
    .join(
        Placement.__table__,
        (_placements.user_id == _users.id) & _placements.ended_at.is_(None),
    )
    .outerjoin(Completion.__table__, _completions.enrolment_id == _enrolments.id)
    .where(_users.erased_at.is_(None))
    .order_by(_users.subject, _courses.slug, _enrolments.round)
)  # fmt: skip


@operation(
    "GET", "/enrolments", ENROLMENTS_READ, N_("List enrolments"), answer=EnrolmentList,
    query=EnrolmentsAsked,
)  # fmt: skip
def list_enrolments(call: Call) -> Told:
    """The enrolments of people who stand in the token's tree."""
    asked: EnrolmentsAsked = call.query
    statement = _ROUNDS.where(_placements.institution_id.in_(call.within))
    if asked.person is not None:
        statement = statement.where(_users.subject == call.person(asked.person).subject)
    if asked.course:
        statement = statement.where(_courses.slug == asked.course)
    if asked.ended == "no":
        statement = statement.where(_enrolments.ended_at.is_(None))
    after = key_in(asked.cursor, (SUBJECT, text, number))
    if after is not None:
        key = tuple_(_users.subject, _courses.slug, _enrolments.round)
        statement = statement.where(key > tuple_(*after))
    rows = call.db.execute(statement.limit(asked.limit + 1)).all()
    shown, cursor = page_of(call, list(rows), lambda row: (row.person, row.course, row.round))
    note_look(call.db, call.by, {row.own_id for row in shown}, BY_PROGRAM)
    return Told(EnrolmentList(enrolments=[_told(row) for row in shown]), next_cursor=cursor)


@operation(
    "POST", "/enrolments", ENROLMENTS_WRITE, N_("Enrol a person"), answer=Enrolment, status=201,
    body=NewEnrolment, refuses=(409,),
)  # fmt: skip
def create_enrolment(call: Call) -> Told:
    """Give a person a place in a course that is for them; who has one keeps it."""
    told: NewEnrolment = call.body
    user = call.person(told.person)
    course = _course(call, told.course, user)
    made = enrol(call.db, user.id, course.id, user.language, by=call.by)
    return Told(_one(call, made.id), 201)


@operation(
    "POST", "/people/{person}/enrolments/{course}/withdrawal", ENROLMENTS_WRITE,
    N_("Withdraw a person from a course"), answer=Enrolment,
)  # fmt: skip
def create_withdrawal(call: Call) -> Told:
    """End a person's round in a course; what they did in it is kept."""
    user = call.person(call.part("person"))
    course = _course(call, call.part("course"), user)
    standing = standing_place(call.db, user.id, course.id)
    if standing is None:
        raise EnrolmentUnknown
    withdraw(call.db, standing.id, user.language, BY_INSTITUTION, by=call.by)
    return Told(_one(call, standing.id))


def _course(call: Call, slug: str, user: User) -> Course:
    course = call.db.scalars(select(Course).where(Course.slug == slug)).one_or_none()
    if course is None or not may_see(call.db, course.id, user.id):
        raise CourseUnknown
    return course


def _one(call: Call, enrolment_id: int) -> Enrolment:
    return _told(call.db.execute(_ROUNDS.where(_enrolments.id == enrolment_id)).one())


def _told(row: Any) -> Enrolment:
    return Enrolment.model_validate(
        {name: value for name, value in row._asdict().items() if name != "own_id"}
    )
