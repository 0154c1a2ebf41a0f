"""Completions and counts as the API gives them: the rows of the statistics pages, as data."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.foundation import clock
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.identity.users import User
from app.interop.api.answers import Told
from app.interop.api.calls import Call
from app.interop.api.cursors import DAY, SUBJECT, key_in, number, text
from app.interop.api.operations import Paging, operation, page_of
from app.interop.scopes import COMPLETIONS_READ, COUNTS_READ
from app.learning.completions import Completion as Met
from app.learning.enrolments import Enrolment
from app.statistics.attributions import attributed
from app.statistics.completions import Asked, Totals, is_asked
from app.statistics.counts import Counted, Row, counts
from app.statistics.facts import Fact
from app.statistics.looks import ListExported, note_look
from app.statistics.questions import month_after
from app.statistics.scopes import COUNTS, NAMES, Scope

EVER, NEVER = date(1900, 1, 1), date(9999, 1, 1)


class Completion(BaseModel):
    """A course completed: by whom, on which day, and where they worked by the view asked for."""

    person: UUID
    name: str
    institution: str | None
    course: str
    version: int
    round: int
    language: str
    completed: date
    score: float | None
    certificate: str | None


class CompletionList(BaseModel):
    """A page of completions, oldest day first."""

    completions: list[Completion]


class Count(BaseModel):
    """The four counts of a course at an institution in a month."""

    course: str
    institution: str | None
    month: str
    enrolled: int
    started: int
    completed: int
    certified: int


class CountList(BaseModel):
    """A page of counts, by course, institution and month."""

    counts: list[Count]


class PeriodAsked(Paging):
    """A period of days, and perhaps one course or institution, as then or as now."""

    since: Annotated[date, Field(description="First day.")] = EVER
    until: Annotated[date, Field(description="The day after the last one.")] = NEVER
    course: Annotated[str, Field(max_length=64, description="Slug of a course.")] = ""
    institution: Annotated[str, Field(max_length=64, description="Key of an institution.")] = ""
    view: Annotated[
        Literal["then", "now"],
        Field(description="Institutions as they were then, or what became of them now."),
    ] = "then"

    def as_asked(self) -> Asked:
        """The question as the statistics pages put it."""
        return Asked(self.since, self.until, self.course, self.institution, self.view)


_facts, _users = Fact.__table__.c, User.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_institutions, _certificates = Institution.__table__.c, Certificate.__table__.c
_enrolments, _met = Enrolment.__table__.c, Met.__table__.c


@operation(
    "GET", "/completions", COMPLETIONS_READ, N_("List completions with names"),
    answer=CompletionList, query=PeriodAsked,
)  # fmt: skip
def list_completions(call: Call) -> Told:
    """Who completed what; the look is in the ledger as a file taken from the page is."""
    asked: PeriodAsked = call.query
    after = key_in(asked.cursor, (DAY, SUBJECT, text, number))
    statement = _completions(call.scope(NAMES), asked.as_asked())
    if after is not None:
        key = tuple_(_facts.day, _users.subject, _courses.slug, _enrolments.round)
        statement = statement.where(key > tuple_(*after))
    rows = [
        Completion.model_validate(row._asdict())
        for row in call.db.execute(statement.limit(asked.limit + 1))
    ]
    shown, cursor = page_of(
        call, rows, lambda each: (each.completed, each.person, each.course, each.round)
    )
    note_look(call.db, ListExported, call.by, asked.as_asked(), "completed")
    return Told(CompletionList(completions=shown), next_cursor=cursor)


@operation(
    "GET", "/counts", COUNTS_READ, N_("List counts without names"), answer=CountList,
    query=PeriodAsked,
)  # fmt: skip
def list_counts(call: Call) -> Told:
    """The counts of the statistics page, by course, institution and month.

    A token that may not read completions with names, or whose maker is registrar no longer, is told
    protected counts of months that are over: 0 is fewer than five.
    """
    asked: PeriodAsked = call.query
    after = key_in(asked.cursor, (text, text, number))
    exact = call.may(COMPLETIONS_READ)
    counted = counts(
        call.db,
        call.scope(COUNTS),
        asked.as_asked() if exact else _whole_months(asked.as_asked()),
        asked.limit + 1,
        after=None if after is None else Row(after[0], after[1], str(after[2])),
        exact=exact,
        by_key=True,
    )
    shown, cursor = page_of(
        call, counted, lambda row: (row.slug, row.institution_key, int(row.month.replace("-", "")))
    )
    return Told(CountList(counts=[_count(row) for row in shown]), next_cursor=cursor)


def _completions(scope: Scope, asked: Asked) -> Any:
    facts = (
        Fact.__table__.join(Course.__table__, _courses.id == _facts.course_id)
        .join(CourseVersion.__table__, _versions.id == _facts.version_id)
        .join(Enrolment.__table__, _enrolments.id == _facts.enrolment_id)
        .join(User.__table__, _users.id == _enrolments.learner_id)
        .join(Met.__table__, _met.enrolment_id == _facts.enrolment_id)
    )
    placed, institution_id = attributed(facts, asked.view)
    stands = (
        (_certificates.completion_id == _facts.enrolment_id)
        & _certificates.replaced_at.is_(None)
        & _certificates.revoked_at.is_(None)
    )
    return (
        select(
            _users.subject.label("person"), _users.name,
            _institutions.key.label("institution"), _courses.slug.label("course"),
            _versions.number.label("version"), _enrolments.round, _facts.language,
            _facts.day.label("completed"), _met.score, _certificates.code.label("certificate"),
        )
        .select_from(
            placed.outerjoin(Institution.__table__, _institutions.id == institution_id)
            .outerjoin(Certificate.__table__, stands)
        )
        .where(_facts.measure == "completed", is_asked(scope, asked))
        .order_by(_facts.day, _users.subject, _courses.slug, _enrolments.round)
    )  # fmt: skip


def _count(row: Counted) -> Count:
    said = {name: getattr(row, name) for name in ("month", *Totals._fields)}
    return Count(course=row.slug, institution=row.institution_key or None, **said)


def _whole_months(asked: Asked) -> Asked:
    """The whole months of a period that are over, which protected counts are given for."""
    first = asked.since if asked.since.day == 1 else month_after(asked.since)
    last = min(asked.until, clock.day_everywhere(clock.now())).replace(day=1)
    return replace(asked, since=first, until=last)
