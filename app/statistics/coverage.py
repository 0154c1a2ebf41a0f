"""Coverage: what answers each recommendation, in how many languages, and how many people it reaches.

Open courses alone count, in their current versions, so that the board may be read by everybody.
Figures of people are those of months that are over, each protected: 0 reads as nobody or too few
to say.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.outcomes import Alignment
from app.catalogue.recommendations import Registered, recommendations_in
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.statistics.protecting.cells import protected
from app.statistics.tallies import ALL, Tally
from app.statistics.trees import EVERYWHERE

COLUMNS = (
    "recommendation", "stance", "courses", "modules", "lessons", "languages", "enrolled",
    "completed",
)  # fmt: skip


class Covered(NamedTuple):
    """A recommendation and what there is of it; languages are those that are complete.

    `enrolled` and `completed` are rounds of courses that answer it somewhere, as they are shown.
    """

    recommendation: Registered
    courses: int
    modules: int
    lessons: int
    languages: tuple[str, ...]
    enrolled: int
    completed: int

    @property
    def is_taught(self) -> bool:
        return bool(self.courses)

    def cells(self) -> tuple[str | int, ...]:
        """The row of the file, in the order of COLUMNS."""
        return (
            self.recommendation.key, self.recommendation.stance, self.courses, self.modules,
            self.lessons, " ".join(self.languages), self.enrolled, self.completed,
        )  # fmt: skip


_alignments, _versions = Alignment.__table__.c, CourseVersion.__table__.c
_courses, _tallies = Course.__table__.c, Tally.__table__.c
_OPEN = (
    select(
        _alignments.recommendation_key, _alignments.owner_key, _versions.course_id, _versions.facts
    )
    .join_from(
        Alignment.__table__, CourseVersion.__table__, _versions.id == _alignments.version_id
    )
    .join(Course.__table__, _courses.id == _versions.course_id)
    .where(_versions.is_current, _courses.audience == "open")
)  # fmt: skip
_ANSWERING = (
    _OPEN.with_only_columns(_alignments.recommendation_key, _versions.course_id).distinct()
).subquery()
_REACHED = (
    select(
        _ANSWERING.c.recommendation_key, _tallies.measure, _tallies.month,
        func.sum(_tallies["count"]), func.sum(_tallies["keys"]),
    )
    .join_from(_ANSWERING, Tally.__table__, _tallies.course_id == _ANSWERING.c.course_id)
    .where(_tallies.root_id == EVERYWHERE, _tallies.dimension == ALL)
    .where(_tallies.measure.in_(["enrolled", "completed"]), _tallies.month < bindparam("month"))
    .group_by(_ANSWERING.c.recommendation_key, _tallies.measure, _tallies.month)
)  # fmt: skip


def coverage_of(db: Session) -> list[Covered]:
    """Every recommendation, gaps first: without a course, in fewest languages, with fewest people."""
    owners: dict[str, set[tuple[int, str]]] = defaultdict(set)
    spoken: dict[str, set[str]] = defaultdict(set)
    for key, owner, course_id, facts in db.execute(_OPEN):
        owners[key].add((course_id, owner))
        spoken[key].update(complete_in(facts))
    reached: dict[tuple[str, str], int] = defaultdict(int)
    today = clock.now()
    for key, measure, _month, count, keys in db.execute(
        _REACHED, {"month": today.year * 100 + today.month}
    ):
        reached[key, measure] += protected(int(count), int(keys))
    covered = [
        _covered(each, owners[each.key], spoken[each.key], reached)
        for each in recommendations_in(db)
    ]
    return sorted(covered, key=_gaps_first)


def complete_in(facts: dict[str, dict[str, dict[str, int]]]) -> list[str]:
    """The languages of a version in which every block is there and fresh."""
    languages = facts["languages"].items()
    return [code for code, blocks in languages if not blocks["stale"] and not blocks["missing"]]


def _covered(
    recommendation: Registered,
    owners: set[tuple[int, str]],
    languages: set[str],
    reached: dict[tuple[str, str], int],
) -> Covered:
    kinds = [owner.partition("/")[0] for _course_id, owner in owners]
    return Covered(
        recommendation,
        len({course_id for course_id, _owner in owners}),
        kinds.count("module"),
        kinds.count("lesson"),
        tuple(sorted(languages)),
        reached.get((recommendation.key, "enrolled"), 0),
        reached.get((recommendation.key, "completed"), 0),
    )


def _gaps_first(each: Covered) -> tuple[bool, int, int, int]:
    return each.is_taught, len(each.languages), each.enrolled, each.recommendation.position


def taught_share(covered: Sequence[Covered]) -> tuple[int, int]:
    """How many recommendations an open course teaches, and how many there are."""
    return sum(each.is_taught for each in covered), len(covered)
