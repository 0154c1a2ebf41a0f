"""Audiences: of whom a requirement asks, by where they stand, their grade and their job family."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, get_args

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from app.catalogue.audiences import OPEN
from app.catalogue.courses import Course, CourseOwner
from app.foundation import clock
from app.foundation.database import MomentType
from app.foundation.durations import SecondsBetween
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.grants import ADMINISTRATOR, Grant
from app.identity.institutions import Institution, tree_above, tree_below
from app.identity.placements import Placement
from app.identity.users import User

Condition = Literal["everyone", "newcomers", "confirmed", "leaders"]
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
EVERYONE, NEWCOMERS, CONFIRMED, LEADERS = CONDITIONS
ABSENCE = 24 * 60 * 60  # seconds between two placements in which nobody has left


class Audience(NamedTuple):
    """The people of an institution's tree, perhaps of some grades and job families alone.

    `condition` is one of CONDITIONS: all of them, those who came into the tree on or after
    `begins_on`, those whose institution confirmed them, or its administrators. A course that is not open is asked only
    of who is confirmed: nobody else can open it.
    """

    institution_id: int
    grades: tuple[str, ...]
    job_families: tuple[str, ...]
    condition: str
    begins_on: date
    time_zone: str
    course_id: int


class Unreachable(Refusal):
    """The course is not open, and not for all the people it would be required of."""

    says = N_("People of this institution cannot open this course, so it cannot be required.")
    mend = N_("Choose a course that is open to all, or people of an institution that owns it.")


_placements, _users, _grants = Placement.__table__.c, User.__table__.c, Grant.__table__.c
_courses, _owners = Course.__table__.c, CourseOwner.__table__.c
_institutions = Institution.__table__.c
_IS_OPEN = select(_courses.id).where(
    _courses.id == bindparam("course_id"), _courses.audience == OPEN
)


_above = tree_above(select(_institutions.id).where(_institutions.id == bindparam("institution_id")))
_IS_OWNED_ABOVE = select(
    exists().where(
        _owners.course_id == bindparam("course_id"),
        _owners.institution_id.in_(select(_above.c.id)),
    )
)


def people_in(db: Session, audience: Audience) -> Select[Any]:
    """Who is required now: id, placement and since when they stand there, by id.

    Grades and job families are compared without case, in every script.
    """
    tree = tree_below(
        select(_institutions.id).where(_institutions.id == literal(audience.institution_id))
    )
    asked = (
        select(_users.id, _placements.id.label("placement_id"), _placements.valid_from)
        .join_from(Placement.__table__, User.__table__, _users.id == _placements.user_id)
        .where(
            _placements.ended_at.is_(None),
            _users.erased_at.is_(None),
            _placements.institution_id.in_(select(tree)),
        )
    )
    for column, wanted in (
        (_placements.grade, audience.grades),
        (_placements.job_family, audience.job_families),
    ):
        if wanted:
            asked = asked.where(column.in_(_spellings(db, column, wanted)))
    is_open = exists().where(_courses.id == literal(audience.course_id), _courses.audience == OPEN)
    asked = asked.where(_placements.confirmed_at.is_not(None) | is_open)
    if audience.condition == NEWCOMERS:
        begins = clock.start_of(audience.begins_on, audience.time_zone)
        asked = asked.where(*_has_come_since(tree, literal(begins, MomentType())))
    elif audience.condition == CONFIRMED:
        asked = asked.where(_placements.confirmed_at.is_not(None))
    elif audience.condition == LEADERS:
        leads = exists().where(
            _grants.user_id == _users.id,
            _grants.role == ADMINISTRATOR,
            _grants.ended_at.is_(None),
        )
        asked = asked.where(leads)
    return asked.order_by(_users.id)


def _has_come_since(tree: CTE, begins: ColumnElement[datetime]) -> Iterator[ColumnElement[bool]]:
    """The conditions that a person came into a tree at a moment or later, by their last stay there.

    Placements there that overlap, or follow each other within ABSENCE, are one stay, whatever
    changed between them; who was away for longer has come anew.
    """
    came, before = Placement.__table__.alias("came").c, Placement.__table__.alias("before").c
    yield _placements.valid_from >= begins  # which is cheap, and leaves few to look up
    yield exists().where(
        came.user_id == _placements.user_id,
        came.valid_from >= begins,
        came.institution_id.in_(select(tree)),
        ~exists().where(
            before.user_id == came.user_id,
            before.valid_from < came.valid_from,
            before.institution_id.in_(select(tree)),
            before.ended_at.is_(None)
            | (SecondsBetween(before.ended_at, came.valid_from) <= ABSENCE),
        ),
    )


def count_of(db: Session, audience: Audience) -> int:
    """How many people are required now."""
    people = people_in(db, audience).order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(people)) or 0


def _spellings(db: Session, column: Any, wanted: tuple[str, ...]) -> list[str]:
    folded = {each.casefold() for each in wanted}
    known = db.scalars(select(column).where(column.is_not(None)).distinct())
    return [each for each in known if " ".join(each.split()).casefold() in folded]


def is_reachable(db: Session, course_id: int, institution_id: int) -> bool:
    """Whether the people of an institution may open a course."""
    if db.scalar(_IS_OPEN, {"course_id": course_id}) is not None:
        return True
    asked = {"course_id": course_id, "institution_id": institution_id}
    return bool(db.scalar(_IS_OWNED_ABOVE, asked))


def word_list(words: str) -> tuple[str, ...]:
    """The parts of a list with commas, Arabic and Chinese ones too, each once, in their order."""
    for comma in ("،", "，", "、", ";", "؛", "\n"):
        words = words.replace(comma, ",")
    parts = (" ".join(each.split()) for each in words.split(","))
    return tuple(dict.fromkeys(each for each in parts if each))
