"""Coverage: what answers each recommendation, in how many languages, and how many people it reaches.

Open courses alone count, in their current versions, so that the board may be read by everybody.
Figures of people are those of months that are over, each protected: 0 reads as nobody or too few
to say. The tallies of everywhere are asked though a reform may have unchecked them: they are there
until others take their place, and by course or country they are the same for any tree.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, bindparam, cast, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.outcomes import Alignment
from app.catalogue.recommendations import Registered, recommendations_in
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.statistics.cubes.cubes import Cell, Figure, Shown, showing
from app.statistics.cubes.measures import MEASURES, kinds_of
from app.statistics.protecting.expressions import protecting
from app.statistics.questions import month_after
from app.statistics.tallies import SUMS, Tally
from app.statistics.traits import ALL
from app.statistics.trees import EVERYWHERE

COLUMNS = (
    "recommendation", "stance", "courses", "modules", "lessons", "languages", "enrolled",
    "completed", "certified", "countries", "gain",
)  # fmt: skip
MONTHS_OF_COUNTRIES = 12


class Covered(NamedTuple):
    """A recommendation and what there is of it; languages are those that are complete.

    `enrolled`, `completed` and `certified` are rounds of courses that answer it somewhere, as they
    are shown; `countries` are those from which somebody is shown as enrolled in the last year.
    `gain` is that of these rounds as the measure of that name defines it; none where too few.
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
    gain: Figure

    @property
    def is_taught(self) -> bool:
        return bool(self.courses)

    def cells(self) -> tuple[str | Figure, ...]:
        """The row of the file, in the order of COLUMNS."""
        return (
            self.recommendation.key, self.recommendation.stance, self.courses, self.modules,
            self.lessons, " ".join(self.languages), self.enrolled, self.completed,
            self.certified, self.countries, self.gain,
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
REACHED = ("enrolled", "completed", "certified", "gain")  # measures of the board
_KINDS = kinds_of(REACHED)
_REACHED = (
    select(
        _ANSWERING.c.recommendation_key, _tallies.measure, _tallies.month,
        *(cast(func.sum(_tallies[name]), BigInteger) for name in SUMS),
    )
    .join_from(_ANSWERING, Tally.__table__, _tallies.course_id == _ANSWERING.c.course_id)
    .where(_tallies.root_id == EVERYWHERE, _tallies.dimension == ALL)
    .where(_tallies.measure.in_(_KINDS), _tallies.month < bindparam("month"))
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
    today = clock.day_everywhere(clock.now())
    reached, countries = _reached(db, today), _countries(db, today)
    covered = [
        _covered(each, owners[each.key], spoken[each.key], reached, countries.get(each.key, 0))
        for each in recommendations_in(db)
    ]
    return sorted(covered, key=_gaps_first)


def _reached(db: Session, today: date) -> Mapping[tuple[str, str], Figure]:
    """The figures shown by recommendation and measure: sums of those of months that are over."""
    cells: dict[tuple[str, int], dict[str, Cell]] = defaultdict(dict)
    asked = {"month": today.year * 100 + today.month}
    for key, kind, month, *sums in db.execute(_REACHED, asked):
        cells[key, month][kind] = Cell._make(sums)
    show = showing(db)
    reached: dict[tuple[str, str], Shown] = defaultdict(Shown)
    for (key, _month), kinds in cells.items():
        for measure in REACHED:
            reached[key, measure] += show(measure, kinds)
    return {at: MEASURES[at[1]].figure(each.number, each.total) for at, each in reached.items()}


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
    reached: Mapping[tuple[str, str], Figure],
    countries: int,
) -> Covered:
    enrolled, completed, certified = (
        int(reached.get((recommendation.key, each)) or 0) for each in REACHED[:-1]
    )
    kinds = [owner.partition("/")[0] for _course_id, owner in owners]
    return Covered(
        recommendation,
        len({course_id for course_id, _owner in owners}),
        kinds.count("module"),
        kinds.count("lesson"),
        tuple(sorted(languages)),
        enrolled,
        completed,
        certified,
        countries,
        reached.get((recommendation.key, "gain")),
    )


def _gaps_first(each: Covered) -> tuple[bool, int, int, int]:
    return each.is_taught, len(each.languages), each.enrolled, each.recommendation.position


def taught_share(covered: Sequence[Covered]) -> tuple[int, int]:
    """How many recommendations an open course teaches, and how many there are."""
    return sum(each.is_taught for each in covered), len(covered)
