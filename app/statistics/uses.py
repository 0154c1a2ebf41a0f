"""Uses counted: what people say three months after a course, by course and by recommendation."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.outcomes import Alignment
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.learning.follow_ups import LEAST, MOST, FollowUp
from app.statistics.opinions import FEWEST, is_owned
from app.statistics.scopes import Scope


class Used(NamedTuple):
    """How often each answer was given about a course or a recommendation; none when too few spoke."""

    name: str
    asked: int
    told: int
    answers: tuple[int, ...] | None


_follow_ups, _courses = FollowUp.__table__.c, Course.__table__.c
_texts, _versions = CompiledText.__table__.c, CourseVersion.__table__.c
_alignments = Alignment.__table__.c
_COUNTS = [
    func.count(),
    func.count(_follow_ups.used),
    *(
        func.sum(case((_follow_ups.used == answer, 1), else_=0))
        for answer in range(LEAST, MOST + 1)
    ),
]


def used_by_course(db: Session, scope: Scope) -> list[Used]:
    """What is said of every course that an institution of the scope owns, by title."""
    rows = db.execute(
        select(_texts.title, *_COUNTS)
        .join_from(FollowUp.__table__, Course.__table__, _courses.id == _follow_ups.course_id)
        .join(CourseVersion.__table__, (_versions.course_id == _courses.id) & _versions.is_current)
        .join(
            CompiledText.__table__,
            (_texts.version_id == _versions.id)
            & (_texts.owner_key == "course")
            & (_texts.language == _versions.source_language),
        )
        .where(is_owned(scope))
        .group_by(_courses.id, _texts.title)
        .order_by(_texts.title, _courses.id)
    )
    return [_used(row) for row in rows]


def used_by_recommendation(db: Session, scope: Scope) -> list[Used]:
    """The same, by each recommendation that the completed version answers as a whole."""
    rows = db.execute(
        select(_alignments.recommendation_key, *_COUNTS)
        .join_from(FollowUp.__table__, Course.__table__, _courses.id == _follow_ups.course_id)
        .join(
            Alignment.__table__,
            (_alignments.version_id == _follow_ups.version_id)
            & (_alignments.owner_key == "course"),
        )
        .where(is_owned(scope))
        .group_by(_alignments.recommendation_key)
        .order_by(_alignments.recommendation_key)
    )
    return [_used(row) for row in rows]


def _used(row: Sequence[Any]) -> Used:
    name, asked, told, *answers = row
    counts = tuple(int(each) for each in answers)
    return Used(name, asked, told, counts if told >= FEWEST else None)
