"""Names: what a row's values are called, in the reader's language, and by which key they are known."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.recommendations import recommendations_in
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.i18n.catalogues import translations_for
from app.i18n.languages import name_of
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.identity.profiles.countries import countries_in
from app.statistics.attributions import names_then
from app.statistics.cubes.outcomes import OUTCOME, wordings_of

NOT_SAID = N_("not said")
NO_INSTITUTION = N_("no institution")
NO_RECOMMENDATION, NO_OUTCOME = N_("no recommendation"), N_("no outcome")
ITSELF = N_("the institution itself")
CODES = {
    "gender": {"woman": N_("Woman"), "man": N_("Man"), "other": N_("Other")},
    "mode": {
        "online": N_("online"), "offline": N_("offline"), "paper": N_("on paper"),
        "classroom": N_("in a classroom"),
    },
}  # fmt: skip
Named = tuple[str, str]
"""A value's key in addresses and files, and its name."""


def names_of(
    db: Session, dimension: str, values: Collection[Any], month: str, language: str
) -> Mapping[Any, Named]:
    """Key and name of each value; institutions are named as at the end of a month ("2026-11")."""
    say = translations_for(language).gettext
    told = {value for value in values if value not in {None, ""}}
    if dimension == "course":
        return _courses(db, told)
    if dimension in {"institution", "unit"}:
        none = say(ITSELF if dimension == "unit" else NO_INSTITUTION)
        return {None: ("", none)} | _institutions(db, told, month)
    if dimension == "recommendation":
        return _recommendations(db, say(NO_RECOMMENDATION))
    if dimension == OUTCOME:
        said = wordings_of(db, told, language, say(NO_OUTCOME))
        return {"": ("", say(NO_OUTCOME))} | {each: (each, said[each]) for each in told}
    unsaid = {None: ("", say(NOT_SAID)), "": ("", say(NOT_SAID))}
    return unsaid | {value: _named(dimension, value, language) for value in told}


def _named(dimension: str, value: Any, language: str) -> Named:
    key = _key(dimension, value)
    word = CODES.get(dimension, {}).get(value)
    if word is not None:
        return key, translations_for(language).gettext(word)
    if dimension == "country":
        return key, dict(countries_in(language)).get(value, value)
    return key, name_of(value) if dimension == "language" else key


def _key(dimension: str, value: Any) -> str:
    if dimension == "month":
        return f"{value // 100:04}-{value % 100:02}"
    if dimension == "quarter":
        return f"{value // 10:04}-Q{value % 10}"
    return str(value)


def _courses(db: Session, ids: Collection[int]) -> dict[Any, Named]:
    titled = (
        select(Course.id, Course.slug, CompiledText.title)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(CompiledText, CompiledText.version_id == CourseVersion.id)
        .where(
            Course.id.in_(ids),
            CourseVersion.is_current,
            CompiledText.owner_key == "course",
            CompiledText.language == CourseVersion.source_language,
        )
    )
    return {course_id: (slug, title) for course_id, slug, title in db.execute(titled)}


def _recommendations(db: Session, none: str) -> dict[Any, Named]:
    named = {each.key: (each.key, f"{each.key} {each.title}") for each in recommendations_in(db)}
    return {"": ("", none)} | named


def _institutions(db: Session, ids: Collection[int], month: str) -> dict[Any, Named]:
    called = names_then(db, ids)
    keyed = select(Institution.id, Institution.key).where(Institution.id.in_(ids))
    return {each: (key, called(each, month)) for each, key in db.execute(keyed)}
