"""Maps: what search engines and feed readers are told of the courses that are open to all."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.catalogue.audiences import OPEN
from app.catalogue.courses import Course
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion

MOST_PLACES = 50_000 // 6  # a sitemap's limit, shared by the languages of each place
MOST_NEWS = 30


class Place(NamedTuple):
    """A page to be found: its route and key, the languages it is written in, when it changed."""

    route: str
    values: dict[str, str]
    languages: tuple[str, ...]
    changed_at: datetime


class News(NamedTuple):
    """A version as a feed tells it, in the language asked for or the one it was written in."""

    slug: str
    number: int
    published_at: datetime
    language: str
    title: str
    summary: str


_versions, _courses = CourseVersion.__table__.c, Course.__table__.c
_activities, _texts = Activity.__table__.c, CompiledText.__table__.c
_ids: BindParameter[list[int]] = bindparam("version_ids", expanding=True)
_LESSONS = (
    select(
        _versions.id, _courses.slug, _versions.facts, _versions.published_at, _activities.key
    )
    .join_from(CourseVersion.__table__, Course.__table__, _courses.id == _versions.course_id)
    .join(Activity.__table__, _activities.version_id == _versions.id)
    .where(_versions.id.in_(_ids), _activities.kind == "lesson")
    .order_by(_courses.slug, _activities.position)
    .limit(MOST_PLACES)
)  # fmt: skip
_NEWS = (
    select(
        _courses.slug, _versions.number, _versions.published_at, _texts.language, _texts.title,
        _texts.parts, _versions.id,
    )
    .join_from(CourseVersion.__table__, Course.__table__, _courses.id == _versions.course_id)
    .join(
        CompiledText.__table__,
        (_texts.version_id == _versions.id)
        & (_texts.owner_key == "course")
        & _texts.language.in_([bindparam("language"), _versions.source_language]),
    )
    .where(_courses.audience == OPEN)
    .order_by(_versions.published_at.desc(), _versions.id.desc())
    .limit(2 * MOST_NEWS)
)  # fmt: skip


def places_in(db: Session, version_ids: Sequence[int]) -> Iterator[Place]:
    """The courses of these versions, each before its lessons."""
    last = None
    for version_id, slug, facts, published_at, key in db.execute(
        _LESSONS, {"version_ids": list(version_ids)}
    ):
        languages = tuple(facts["languages"])
        if version_id != last:
            yield Place("show_course", {"slug": slug}, languages, published_at)
            last = version_id
        yield Place("show_lesson", {"slug": slug, "key": key}, languages, published_at)


def news_in(db: Session, language: str) -> list[News]:
    """The versions that were published last, the newest first."""
    found: dict[int, News] = {}
    for slug, number, published_at, spoken, title, parts, version_id in db.execute(
        _NEWS, {"language": language}
    ):
        news = News(slug, number, published_at, spoken, title, parts["summary"])
        if version_id not in found or news.language == language:
            found[version_id] = news
    return list(found.values())[:MOST_NEWS]
