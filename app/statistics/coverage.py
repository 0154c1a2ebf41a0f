"""Coverage: what answers each recommendation, in how many languages, and how many people it reaches.

Open courses alone count, in their current versions, so that the board may be read by everybody.
Figures of people are those of months that are over, each protected: 0 reads as nobody or too few
to say.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.outcomes import Alignment
from app.catalogue.recommendations import Registered, recommendations_in
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.statistics.protecting.cells import protected
from app.statistics.protecting.expressions import protecting
from app.statistics.questions import month_after
from app.statistics.tallies import Tally
from app.statistics.traits import ALL
from app.statistics.trees import EVERYWHERE

COLUMNS = (
    "recommendation", "stance", "courses", "modules", "lessons", "languages", "enrolled",
    "completed", "certified", "countries",
)  # fmt: skip
MONTHS_OF_COUNTRIES = 12


class Covered(NamedTuple):
    """A recommendation and what there is of it; languages are those that are complete.

    `enrolled`, `completed` and `certified` are rounds of courses that answer it somewhere, as they
    are shown; `countries` are those from which somebody is shown as enrolled in the last year.
    """

    recommendation: Registered
    courses: int
    modules: int
    lessons: int
    languages: tuple[str, ...]
    enrolled: int
    completed: int
    certified: int
    countries: int

    @property
    def is_taught(self) -> bool:
        return bool(self.courses)

    def cells(self) -> tuple[str | int, ...]:
        """The row of the file, in the order of COLUMNS."""
        return (
            self.recommendation.key, self.recommendation.stance, self.courses, self.modules,
            self.lessons, " ".join(self.languages), self.enrolled, self.completed,
            self.certified, self.countries,
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
# What facts of a kind add to, and whether they add or take away.
SIGNS = {
    "enrolled": ("enrolled", 1), "completed": ("completed", 1),
    "certified": ("certified", 1), "revoked": ("certified", -1),
}  # fmt: skip
_REACHED = (
    select(
        _ANSWERING.c.recommendation_key, _tallies.measure, _tallies.month,
        func.sum(_tallies["count"]), func.sum(_tallies["keys"]),
    )
    .join_from(_ANSWERING, Tally.__table__, _tallies.course_id == _ANSWERING.c.course_id)
    .where(_tallies.root_id == EVERYWHERE, _tallies.dimension == ALL)
    .where(_tallies.measure.in_([*SIGNS]), _tallies.month < bindparam("month"))
    .group_by(_ANSWERING.c.recommendation_key, _tallies.measure, _tallies.month)
)  # fmt: skip
_FROM = (
    select(
        _ANSWERING.c.recommendation_key, _tallies.value,
        func.sum(_tallies["count"]).label("number"), func.sum(_tallies["keys"]).label("keys"),
    )
    .join_from(_ANSWERING, Tally.__table__, _tallies.course_id == _ANSWERING.c.course_id)
    .where(_tallies.root_id == EVERYWHERE, _tallies.dimension == "country", _tallies.value != "")
    .where(_tallies.measure == "enrolled")
    .where(_tallies.month >= bindparam("since"), _tallies.month < bindparam("month"))
    .group_by(_ANSWERING.c.recommendation_key, _tallies.value, _tallies.month)
).subquery()  # fmt: skip
_SHOWN = select(
    _FROM.c.recommendation_key,
    _FROM.c.value,
    protecting(_FROM.c.number, _FROM.c["keys"]).label("n"),
).subquery()
_COUNTRIES = (
    select(_SHOWN.c.recommendation_key, func.count(_SHOWN.c.value.distinct()))
    .where(_SHOWN.c.n > 0)
    .group_by(_SHOWN.c.recommendation_key)
)


def coverage_of(db: Session) -> list[Covered]:
    """Every recommendation, gaps first: without a course, in fewest languages, with fewest people."""
    owners: dict[str, set[tuple[int, str]]] = defaultdict(set)
    spoken: dict[str, set[str]] = defaultdict(set)
    for key, owner, course_id, facts in db.execute(_OPEN):
        owners[key].add((course_id, owner))
        spoken[key].update(complete_in(facts))
    today = clock.now().date()
    reached, countries = _reached(db, today), _countries(db, today)
    covered = [
        _covered(each, owners[each.key], spoken[each.key], reached, countries.get(each.key, 0))
        for each in recommendations_in(db)
    ]
    return sorted(covered, key=_gaps_first)


def _reached(db: Session, today: date) -> dict[tuple[str, str], int]:
    """The figures shown by recommendation and measure: sums of those of months that are over."""
    cells: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    asked = {"month": today.year * 100 + today.month}
    for key, kind, month, count, keys in db.execute(_REACHED, asked):
        measure, sign = SIGNS[kind]
        cell = cells[key, measure, month]
        cell[0] += sign * int(count)
        cell[1] += sign * int(keys)
    reached: dict[tuple[str, str], int] = defaultdict(int)
    for (key, measure, _month), (count, keys) in cells.items():
        reached[key, measure] += protected(count, keys)
    return reached


def _countries(db: Session, today: date) -> dict[str, int]:
    since = month_after(today, -MONTHS_OF_COUNTRIES)
    asked = {"since": since.year * 100 + since.month, "month": today.year * 100 + today.month}
    return {key: int(count) for key, count in db.execute(_COUNTRIES, asked)}


def complete_in(facts: dict[str, dict[str, dict[str, int]]]) -> list[str]:
    """The languages of a version in which every block is there and fresh."""
    languages = facts["languages"].items()
    return [code for code, blocks in languages if not blocks["stale"] and not blocks["missing"]]


def _covered(
    recommendation: Registered,
    owners: set[tuple[int, str]],
    languages: set[str],
    reached: dict[tuple[str, str], int],
    countries: int,
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
        reached.get((recommendation.key, "certified"), 0),
        countries,
    )


def _gaps_first(each: Covered) -> tuple[bool, int, int, int]:
    return each.is_taught, len(each.languages), each.enrolled, each.recommendation.position


def taught_share(covered: Sequence[Covered]) -> tuple[int, int]:
    """How many recommendations an open course teaches, and how many there are."""
    return sum(each.is_taught for each in covered), len(covered)
