"""Outcomes of a cube: each of a course's has the course's figures, since facts say no more.

An outcome is known as "course/outcome", by both keys. A course without outcomes has one row too,
"course/", so that every row is that of one course, and tells nothing that the course does not.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.outcomes import Outcome
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion

OUTCOME = "outcome"
_texts = CompiledText.__table__.c
_NOW = select(Course.id, Course.slug, Outcome.key).select_from(Course)
_NOW = _NOW.outerjoin(
    CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current
).outerjoin(Outcome, Outcome.version_id == CourseVersion.id)


def outcomes_of(db: Session) -> Mapping[int, list[str]]:
    """The outcomes that each course has in its current version, by the course's id."""
    found: dict[int, list[str]] = defaultdict(list)
    for course_id, slug, key in db.execute(_NOW):
        found[course_id].append(f"{slug}/{key or ''}")
    return found


def spread(
    rows: Iterable[tuple[tuple[Any, ...], Any]], at: int, outcomes: Mapping[int, list[str]]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each row once for each outcome of the course that it has at a place."""
    for values, figures in rows:
        for outcome in outcomes.get(values[at], [""]):
            yield (*values[:at], outcome, *values[at + 1 :]), figures


def wordings_of(
    db: Session, values: Collection[str], language: str, none: str
) -> Mapping[str, str]:
    """What outcomes say, in a language where their course has it; `none` is that there is none.

    The course's title follows where two of them say the same.
    """
    said = _said(db, {*map(_slug, values)}, language)
    wordings = {value: none if value.endswith("/") else said.get(value, value) for value in values}
    often = Counter(wordings.values())
    return {
        value: words if often[words] < 2 else f"{words} ({said.get(_slug(value), value)})"
        for value, words in wordings.items()
    }


def _slug(value: str) -> str:
    return value.partition("/")[0]


def _said(db: Session, slugs: Collection[str], language: str) -> dict[str, str]:
    """Titles of courses by slug, and wordings of their outcomes by both keys."""
    told = (
        select(Course.slug, _texts.owner_key, _texts.title)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(CompiledText, _texts.version_id == CourseVersion.id)
        .where(
            Course.slug.in_(slugs),
            CourseVersion.is_current,
            (_texts.owner_key == "course") | _texts.owner_key.startswith("outcome/"),
            _texts.language.in_([language, CourseVersion.source_language]),
        )
        .order_by(_texts.language == language)
    )
    return {
        slug if owner == "course" else f"{slug}/{owner.partition('/')[2]}": title
        for slug, owner, title in db.execute(told)
    }
