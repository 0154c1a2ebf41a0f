"""Opinions counted: how often each answer was given, by course and by recommendation, from five on."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course, CourseOwner
from app.catalogue.outcomes import Alignment
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.learning.opinions import LEAST, MOST, QUESTIONS, Opinion
from app.statistics.scopes import Scope

FEWEST = 5  # answers; fewer could tell who gave them


class Heard(NamedTuple):
    """What was said of a course: counts of each answer by question; none when too few spoke."""

    slug: str
    course: str
    given: int
    answers: Mapping[str, tuple[int, ...]] | None


class Favoured(NamedTuple):
    """Of a recommendation: how many spoke, and how many of them gave one of the better two answers.

    There is a count for each of QUESTIONS; none when too few spoke.
    """

    key: str
    given: int
    favourable: tuple[int, ...] | None


_opinions, _courses = Opinion.__table__.c, Course.__table__.c
_owners, _texts, _versions = (
    CourseOwner.__table__.c, CompiledText.__table__.c, CourseVersion.__table__.c,
)  # fmt: skip
_alignments = Alignment.__table__.c
_COUNTS = [
    func.sum(case((_opinions[question] == answer, 1), else_=0))
    for question in QUESTIONS
    for answer in range(LEAST, MOST + 1)
]

_FAVOURABLE = [
    func.sum(case((_opinions[question] > (LEAST + MOST) // 2, 1), else_=0))
    for question in QUESTIONS
]


def opinions_by_recommendation(db: Session, scope: Scope) -> list[Favoured]:
    """What was said, by each recommendation that the completed version answers as a whole."""
    rows = db.execute(
        select(_alignments.recommendation_key, func.count(), *_FAVOURABLE)
        .join_from(Opinion.__table__, Course.__table__, _courses.id == _opinions.course_id)
        .join(
            Alignment.__table__,
            (_alignments.version_id == _opinions.version_id) & (_alignments.owner_key == "course"),
        )
        .where(is_owned(scope))
        .group_by(_alignments.recommendation_key)
        .order_by(_alignments.recommendation_key)
    )
    return [
        Favoured(key, given, tuple(map(int, counts)) if given >= FEWEST else None)
        for key, given, *counts in rows
    ]


def opinions_heard(db: Session, scope: Scope) -> list[Heard]:
    """What was said of every course that an institution of the scope owns, by title."""
    rows = db.execute(
        select(_courses.slug, _texts.title, func.count(), *_COUNTS)
        .select_from(
            Opinion.__table__.join(Course.__table__, _courses.id == _opinions.course_id)
            .join(
                CourseVersion.__table__,
                (_versions.course_id == _courses.id) & _versions.is_current,
            )
            .join(
                CompiledText.__table__,
                (_texts.version_id == _versions.id)
                & (_texts.owner_key == "course")
                & (_texts.language == _versions.source_language),
            )
        )
        .where(is_owned(scope))
        .group_by(_courses.slug, _texts.title)
        .order_by(_texts.title)
    )
    return [_heard(row[0], row[1], row[2], [int(each) for each in row[3:]]) for row in rows]


def is_owned(scope: Scope) -> ColumnElement[bool]:
    """Whether an institution of the scope owns the course."""
    if scope.is_everywhere:
        return literal(value=True)
    within = select(scope.institutions().c.id)
    owned = select(_owners.course_id).where(_owners.institution_id.in_(within))
    return _courses.institution_id.in_(within) | _courses.id.in_(owned)


def _heard(slug: str, title: str, given: int, counts: list[int]) -> Heard:
    if given < FEWEST:
        return Heard(slug, title, given, None)
    answers = {
        question: tuple(counts[at * MOST : (at + 1) * MOST])
        for at, question in enumerate(QUESTIONS)
    }
    return Heard(slug, title, given, answers)
