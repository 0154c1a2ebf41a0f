"""Requirements as the API gives and takes them: what is required of whom, in figures."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from app.catalogue.audiences import CourseUnknown, may_see
from app.catalogue.courses import Course
from app.duties.audiences import EVERYONE, Condition
from app.duties.listings import SOON, Listed, requirements_in
from app.duties.requirements import (
    Requirement,
    RequirementUnknown,
    change_terms,
    end_requirement,
    require,
    requirement_called,
    today_at,
)
from app.duties.terms import Wanted, faults_in, window_of
from app.foundation import clock
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.refusals import Faulty, RequestFaulty
from app.interop.api.units import Key
from app.interop.scopes import REQUIREMENTS_READ, REQUIREMENTS_WRITE
from app.statistics.scopes import COUNTS

Word = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[^,;\u060c\u061b\uff0c\u3001\n]+$")
]
Day = date | None

FIELDS = {"begins_on": "begins"}  # as the rules call a field, and as it is sent


class RequiredCourse(BaseModel):
    """A requirement with the figures of the tree's people."""

    id: UUID
    course: str
    institution: str
    audience: str
    begins: date
    due_on: date | None
    due_days: int | None
    every_months: int | None
    legal_basis: str
    has_ended: bool
    required: int
    done: int
    exempt: int
    soon: int
    overdue: int
    waiting: int


class RequirementList(BaseModel):
    """A page of requirements, newest first."""

    requirements: list[RequiredCourse]


class TermsSent(Sent):
    """Of whom, by when, how often and why; either a day for all or days from coming under it."""

    audience: Key | None = None
    grades: Annotated[list[Word], Field(max_length=20, default_factory=list)]
    job_families: Annotated[list[Word], Field(max_length=20, default_factory=list)]
    condition: Condition = EVERYONE
    due_on: Day = None
    due_days: Annotated[int, Field(ge=1, le=1500)] | None = None
    every_months: Annotated[int, Field(ge=1, le=120)] | None = None
    window_days: Annotated[int, Field(ge=1, le=1500)] | None = None
    legal_basis: Annotated[str, Field(min_length=1, max_length=300)]


class NewRequirement(TermsSent):
    """A course that an institution of the tree requires, from a day on or from today."""

    course: Key
    institution: Key
    begins: Day = None


@operation(
    "GET", "/requirements", REQUIREMENTS_READ, N_("List requirements"), answer=RequirementList,
    query=Paging,
)  # fmt: skip
def list_requirements(call: Call) -> Told:
    """What institutions of the tree require, and what is required of their people."""
    asked: Paging = call.query
    rows = sorted(_listed(call), key=lambda each: str(each.key))
    after = key_in(asked.cursor, (UUID,))
    if after is not None:
        rows = [each for each in rows if str(each.key) > str(after[0])]
    shown, cursor = page_of(call, rows[: asked.limit + 1], lambda each: (each.key,))
    told = RequirementList(requirements=[_told(each) for each in shown])
    return Told(told, next_cursor=cursor)


@operation(
    "POST", "/requirements", REQUIREMENTS_WRITE, N_("Require a course"), answer=RequiredCourse,
    status=201, body=NewRequirement, refuses=(409,), is_tagged=True,
)  # fmt: skip
def create_requirement(call: Call) -> Told:
    """Require it; whom it concerns is found at once after this, by the queue."""
    told: NewRequirement = call.body
    unit = call.unit(told.institution)
    course = call.db.scalars(select(Course).where(Course.slug == told.course)).one_or_none()
    if course is None or not may_see(call.db, course.id, call.by):
        raise CourseUnknown
    today = today_at(call.db, unit.id)
    begins = told.begins or today
    wanted = _wanted(call, told, unit, begins, today)
    made = require(call.db, call.by, unit, course, begins, wanted)
    location = f"{ROOT}/requirements/{made.key}"
    return Told(_one(call, made.key), 201, location=location, is_tagged=True)


@operation(
    "GET", "/requirements/{requirement}", REQUIREMENTS_READ, N_("Read a requirement"),
    answer=RequiredCourse, is_tagged=True,
)  # fmt: skip
def read_requirement(call: Call) -> Told:
    """One requirement with its figures."""
    found = requirement_called(call.db, call.part("requirement"))
    if found is None:
        raise RequirementUnknown
    return Told(_one(call, found.key), is_tagged=True)


@operation(
    "POST", "/requirements/{requirement}/terms", REQUIREMENTS_WRITE,
    N_("Change the terms of a requirement"), answer=RequiredCourse, body=TermsSent,
    refuses=(409,),
)  # fmt: skip
def change_requirement(call: Call) -> Told:
    """Put other terms in place of the standing ones, which are kept."""
    found = own_requirement(call)
    unit = call.db.get_one(Institution, found.institution_id)
    change_terms(call.db, call.by, found, _wanted(call, call.body, unit, found.begins_on, None))
    return Told(_one(call, found.key))


@operation(
    "POST", "/requirements/{requirement}/ending", REQUIREMENTS_WRITE, N_("End a requirement"),
    answer=RequiredCourse,
)  # fmt: skip
def end_one_requirement(call: Call) -> Told:
    """Ask for it no more; what was done and missed is kept."""
    found = own_requirement(call)
    end_requirement(call.db, call.by, found)
    return Told(_one(call, found.key))


def own_requirement(call: Call) -> Requirement:
    """A requirement of an institution of the tree; raises RequirementUnknown."""
    found = requirement_called(call.db, call.part("requirement"))
    if found is None or not call.holds(found.institution_id):
        raise RequirementUnknown
    return found


def _wanted(
    call: Call, told: TermsSent, unit: Institution, begins: date, today: date | None
) -> Wanted:
    """The terms as they were sent, by the same rules as the form's."""
    audience = call.unit(told.audience) if told.audience else unit
    wanted = Wanted(
        audience.id, ", ".join(told.grades), ", ".join(told.job_families), told.condition,
        told.due_on, told.due_days, told.every_months,
        window_of(told.every_months, told.window_days), told.legal_basis,
    )  # fmt: skip
    faults = faults_in(wanted, begins, today)
    if faults:
        raise RequestFaulty(
            [Faulty(f"body.{FIELDS.get(name, name)}", says, {}) for name, says in faults.items()]
        )
    return wanted


def _listed(call: Call, key: UUID | None = None) -> list[Listed]:
    today = clock.now().date()
    return requirements_in(call.db, call.scope(COUNTS), today, today + timedelta(days=SOON), key)


def _one(call: Call, key: UUID) -> RequiredCourse:
    found = _listed(call, key)
    if not found:
        raise RequirementUnknown
    return _told(found[0])


def _told(each: Listed) -> RequiredCourse:
    kept = {
        name: getattr(each, name) for name in RequiredCourse.model_fields if hasattr(each, name)
    }
    return RequiredCourse(
        **kept
        | {
            "id": each.key,
            "course": each.slug,
            "begins": each.begins_on,
            "has_ended": each.ended_at is not None,
        }
    )
