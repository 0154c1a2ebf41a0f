"""Cards: what the catalogue says of each course in one language; all of them are read at once."""

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.catalogue.audiences import Found
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.editions import Wording, asks_for_something, marks_of
from app.catalogue.outcomes import Alignment
from app.catalogue.recommendations import Recommendation
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept
from app.i18n.foldings import folded
from app.identity.institutions import InstitutionState, is_standing

MOST_LISTS = 32
THEME = "T0"
LENGTHS = {"hour": 60, "day": 6 * 60}  # minutes
SIZES = {"small": 100_000, "middle": 500_000}  # bytes


class Card(NamedTuple):
    """A course as a row of the catalogue; `stations` are the minutes of its modules and final.

    `facets` holds by facet the values it is found under; `folded` its words, a space before each.
    """

    version_id: int
    compiler: int
    course_id: int
    slug: str
    title: Wording
    summary: Wording
    languages: tuple[str, ...]
    recommendations: tuple[str, ...]
    modules: int
    stations: tuple[int, ...]
    minutes: int
    bytes: int
    folded: str
    facets: Mapping[str, tuple[str, ...]]


_versions, _courses = CourseVersion.__table__.c, Course.__table__.c
_owners, _states = CourseOwner.__table__.c, InstitutionState.__table__.c
_activities, _texts = Activity.__table__.c, CompiledText.__table__.c
_alignments, _recommendations = Alignment.__table__.c, Recommendation.__table__.c
_ids: BindParameter[list[int]] = bindparam("version_ids", expanding=True)
_FACTS = (
    select(
        _versions.id, _versions.compiler, _courses.id.label("course_id"), _courses.slug, _versions.minutes,
        _versions.bytes, _versions.source_language, _versions.facts, _versions.rule,
        _courses.audience,
    )
    .join_from(CourseVersion.__table__, Course.__table__, _courses.id == _versions.course_id)
    .where(_versions.id.in_(_ids))
)  # fmt: skip
_TEXTS = (
    select(_texts.version_id, _texts.language, _texts.title, _texts.parts)
    .join_from(CompiledText.__table__, CourseVersion.__table__, _versions.id == _texts.version_id)
    .where(
        _texts.version_id.in_(_ids),
        _texts.owner_key == "course",
        _texts.language.in_([bindparam("language"), _versions.source_language]),
    )
    .order_by(_texts.language == bindparam("language"))
)
_ACTIVITIES = (
    select(_activities.version_id, _activities.module_id, _activities.minutes)
    .where(_activities.version_id.in_(_ids), _activities.kind != "scenario")
    .order_by(_activities.version_id, _activities.position)
)
_REASONS = (
    select(_alignments.version_id, _recommendations.key)
    .join_from(
        Alignment.__table__,
        Recommendation.__table__,
        _recommendations.key == _alignments.recommendation_key,
    )
    .where(_alignments.version_id.in_(_ids), _alignments.owner_key == "course")
    .order_by(_recommendations.position)
)
_OWNERS = (
    select(_versions.id, _states.name)
    .join_from(
        CourseVersion.__table__, CourseOwner.__table__, _owners.course_id == _versions.course_id
    )
    .join(
        InstitutionState.__table__,
        (_states.institution_id == _owners.institution_id) & is_standing,
    )
    .where(_versions.id.in_(_ids))
    .order_by(_states.name)
)
_kept: Kept[tuple[tuple[Found, ...], str], tuple[Card, ...]] = Kept(MOST_LISTS)


def cards_of(db: Session, versions: tuple[Found, ...], language: str) -> tuple[Card, ...]:
    """The cards of these versions, in the order of the catalogue."""
    return _kept.get(db, (versions, language), lambda: _read(db, versions, language))


def _read(db: Session, versions: tuple[Found, ...], language: str) -> tuple[Card, ...]:
    asked = {"version_ids": [each.id for each in versions]}
    texts = {
        version_id: (spoken, title, parts)
        for version_id, spoken, title, parts in db.execute(_TEXTS, asked | {"language": language})
    }
    lengths: dict[int, dict[int | None, int]] = {}
    for version_id, module_id, minutes in db.execute(_ACTIVITIES, asked):
        modules = lengths.setdefault(version_id, {})
        modules[module_id] = modules.get(module_id, 0) + minutes
    reasons: dict[int, list[str]] = {}
    for version_id, key in db.execute(_REASONS, asked):
        reasons.setdefault(version_id, []).append(key)
    owners: dict[int, list[str]] = {}
    for version_id, name in db.execute(_OWNERS, asked):
        owners.setdefault(version_id, []).append(name)
    cards = [
        _card(
            dict(facts) | {"owners": owners.get(facts["id"], [])},
            texts[facts["id"]],
            lengths,
            reasons,
            language,
        )
        for facts in db.execute(_FACTS, asked).mappings()
    ]
    return tuple(sorted(cards, key=_rank))


def _rank(card: Card) -> tuple[bool, int, str]:
    """What answers the main theme leads into the rest; then the longest course comes first."""
    return THEME not in card.recommendations, -card.minutes, card.title.text


def _card(
    facts: Mapping[str, Any],
    text: tuple[str, str, Mapping[str, Any]],
    lengths: Mapping[int, Mapping[int | None, int]],
    reasons: Mapping[int, Iterable[str]],
    language: str,
) -> Card:
    spoken, title, parts = text
    stations = lengths.get(facts["id"], {})
    source = facts["source_language"]
    marks = {
        part: marks_of(source if part in parts["untranslated"] else spoken, language)
        for part in ("title", "summary")
    }
    return Card(
        version_id=facts["id"],
        compiler=facts["compiler"],
        course_id=facts["course_id"],
        slug=facts["slug"],
        title=Wording(title, marks["title"]),
        summary=Wording(parts["summary"], marks["summary"]),
        languages=tuple(sorted(facts["facts"]["languages"])),
        recommendations=tuple(reasons.get(facts["id"], ())),
        modules=len(stations) - (None in stations),
        stations=tuple(stations.values()),
        minutes=facts["minutes"],
        bytes=facts["bytes"],
        folded=" " + folded(f"{title} {parts['summary']}", spoken),
        facets=_facets(facts, reasons.get(facts["id"], ())),
    )


def _facets(facts: Mapping[str, Any], reasons: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """A topic is named by the letters that the keys of its recommendations begin with."""
    languages, keys = facts["facts"]["languages"], tuple(reasons)
    whole = [code for code, parts in languages.items() if not parts["stale"] + parts["missing"]]
    return {
        "topic": tuple(dict.fromkeys(topic_of(key) for key in keys)),
        "recommendation": keys,
        "sdg": tuple(facts["facts"]["sdg"]),
        "language": tuple(sorted(languages)),
        "translation": tuple(sorted(whole)),
        "length": (_step(facts["minutes"], LENGTHS),),
        "size": (_step(facts["bytes"], SIZES),),
        "institution": tuple(facts["owners"]),
        "audience": (facts["audience"],),
        "certificate": ("yes" if asks_for_something(facts["rule"]) else "no",),
    }


def topic_of(key: str) -> str:
    """The topic of a recommendation, "AC" for AC2c: its key up to the number."""
    return "".join(takewhile(str.isalpha, key))


def _step(amount: int, steps: Mapping[str, int]) -> str:
    return next((name for name, below in steps.items() if amount < below), "more")
