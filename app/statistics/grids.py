"""Grids: courses by institutions by months, with what was counted in each cell.

Cells come from local tallies, with the facts that are not folded yet; a question by personal traits,
or of parts of months, from facts. A page reads only the cells around it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.statistics.bearers import Bearer, bearers_of
from app.statistics.completions import Asked, is_asked
from app.statistics.facts import Fact, is_waiting, month_of
from app.statistics.local_tallies import NOWHERE, SUMS, local_tallies, summed
from app.statistics.scopes import Scope

FIRST, MOST = 16, 1_024  # pairs of course and institution that are read at once
Sums = tuple[int, ...]  # in the order of SUMS
_NOTHING: Sums = (0,) * len(SUMS)
_facts = Fact.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_texts = CompiledText.__table__.c
COURSES = (
    select(_courses.id, _courses.slug, _texts.title)
    .join(CourseVersion.__table__, (_versions.course_id == _courses.id) & _versions.is_current)
    .join(
        CompiledText.__table__,
        (_texts.version_id == _versions.id)
        & (_texts.owner_key == "course")
        & (_texts.language == _versions.source_language),
    )
    .order_by(_texts.title, _courses.slug)
)


class Place(NamedTuple):
    """Where a cell stands in its grid: by which pair of course and institution, and month 202611."""

    pair: int
    month: int


class Grid:
    """The courses and institutions of a question in the order of its rows; `by_key` by their keys."""

    def __init__(self, db: Session, scope: Scope, asked: Asked, *, by_key: bool = False) -> None:
        self._db, self._asked, self._by_key = db, asked, by_key
        named = COURSES.where(_courses.slug == asked.course) if asked.course else COURSES
        self.courses: Sequence[Any] = db.execute(named).all()
        self.bearers = bearers_of(db, scope, asked.view, under=asked.under, key=asked.institution)
        if by_key:
            self.courses = sorted(self.courses, key=lambda course: course.slug)
            self.bearers.sort(key=lambda bearer: bearer.key)
        self._course_at = {course.id: at for at, course in enumerate(self.courses)}
        self._bearer_at = {id_: at for at, each in enumerate(self.bearers) for id_ in each.of}
        self._whole = _whole_months(asked)
        self._facts = self._of_facts(scope)

    def at(self, pair: int) -> tuple[Any, Bearer]:
        """The course and the institution of a pair."""
        course, bearer = divmod(pair, len(self.bearers))
        return self.courses[course], self.bearers[bearer]

    def place_of(self, slug: str, key: str, month: int) -> Place | None:
        """Where a row stands; by keys also where one would stand that is gone, else none of it."""
        slugs, keys = [each.slug for each in self.courses], [each.key for each in self.bearers]
        if self._by_key:
            course, bearer = bisect_left(slugs, slug), bisect_left(keys, key)
            is_known = slug in slugs[course : course + 1]
            place = Place(course * len(keys) + bearer * is_known, 0)
            return (
                place._replace(month=month)
                if is_known and key in keys[bearer : bearer + 1]
                else place
            )
        if slug not in slugs or key not in keys:
            return None
        return Place(slugs.index(slug) * len(keys) + keys.index(key), month)

    def cells(
        self, *, after: Place | None = None, before: Place | None = None
    ) -> Iterator[tuple[Place, Sums]]:
        """All cells in order, or those after a place, or backwards those before it."""
        pairs = len(self.courses) * len(self.bearers)
        size = FIRST
        low, high = (after.pair if after else 0), (before.pair + 1 if before else pairs)
        while low < high:
            chunk = (
                range(max(high - size, low), high) if before else range(low, min(low + size, high))
            )
            yield from sorted(
                (
                    cell
                    for cell in self._read(chunk).items()
                    if (after is None or cell[0] > after) and (before is None or cell[0] < before)
                ),
                reverse=before is not None,
            )
            low, high = (low, chunk.start) if before else (chunk.stop, high)
            size = min(size * 4, MOST)

    def _read(self, chunk: range) -> dict[Place, Sums]:
        """The cells of some pairs that follow one another."""
        found: dict[Place, Sums] = {}
        for pair in chunk:
            for month, sums in self._facts.get(pair, {}).items():
                found[Place(pair, month)] = sums
        if self._whole is None or not self.bearers:
            return found
        since, until = (each.year * 100 + each.month for each in self._whole)
        pairs = [divmod(pair, len(self.bearers)) for pair in chunk]
        courses = [self.courses[at].id for at in sorted({course for course, _bearer in pairs})]
        bearers = {id_ for at in {at for _course, at in pairs} for id_ in self.bearers[at].of}
        for row in self._db.execute(local_tallies(courses, bearers, since, until)):
            place = Place(self._pair(row.course_id, row.institution_id), row.month)
            if place.pair in chunk:
                found[place] = _plus(found.get(place, _NOTHING), row[3:])
        return found

    def _pair(self, course_id: int, institution_id: int) -> int:
        course, bearer = self._course_at.get(course_id), self._bearer_at.get(institution_id)
        return -1 if course is None or bearer is None else course * len(self.bearers) + bearer

    def _of_facts(self, scope: Scope) -> dict[int, dict[int, Sums]]:
        """What no local tally holds, by pair and month."""
        whole, is_asked_for = self._whole, is_asked(scope, self._asked)
        if whole is None:
            parts = [is_asked_for]
        else:
            since, until = whole
            within = (_facts.day >= since) & (_facts.day < until)
            parts = [is_asked_for & within & is_waiting]
            if whole != (self._asked.since, self._asked.until):
                parts += [is_asked_for & (_facts.day < since), is_asked_for & (_facts.day >= until)]
        found: dict[int, dict[int, Sums]] = {}
        for part in parts:
            for course_id, institution_id, month, *sums in self._db.execute(self._added_up(part)):
                months = found.setdefault(self._pair(course_id, institution_id or NOWHERE), {})
                months[month] = _plus(months.get(month, _NOTHING), sums)
        return found

    def _added_up(self, which: ColumnElement[bool]) -> Any:
        institution_id, month = _facts.institution_id, month_of
        return (
            select(_facts.course_id, institution_id, month, *summed())
            .where(which)
            .group_by(_facts.course_id, institution_id, month)
        )


def _whole_months(asked: Asked) -> tuple[date, date] | None:
    """The whole months of a period, where local tallies tell them, else none."""
    first = asked.since.replace(day=1)
    if first != asked.since:
        first = (first + timedelta(days=32)).replace(day=1)
    last = asked.until.replace(day=1)
    return None if asked.traits or last <= first else (first, last)


def _plus(some: Sums, more: Sequence[int]) -> Sums:
    return tuple(one + int(another) for one, another in zip(some, more, strict=True))
