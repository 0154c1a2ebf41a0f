"""Earnings: what a completion earned, in the words that its certificate will carry."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from babel.lists import format_list
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity, Module
from app.catalogue.courses import Course
from app.catalogue.outcomes import Alignment
from app.catalogue.recommendations import Recommendation
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.i18n.catalogues import translations_for, unisolated
from app.i18n.phrases import phrases_of
from app.identity.institutions import InstitutionState, is_standing
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

MOST_MODULES = 8


class Earning(NamedTuple):
    """A completion with all that its certificate prints, but code and address."""

    learner_id: int
    holder_name: str
    holder_language: str
    course_id: int
    version_id: int
    placement_id: int | None
    printed: dict[str, Any]


_users, _enrolments, _completions = User.__table__.c, Enrolment.__table__.c, Completion.__table__.c
_versions, _courses, _texts = (
    CourseVersion.__table__.c,
    Course.__table__.c,
    CompiledText.__table__.c,
)
_modules, _activities = Module.__table__.c, Activity.__table__.c
_states, _alignments = InstitutionState.__table__.c, Alignment.__table__.c
_recommendations = Recommendation.__table__.c


class Counts(NamedTuple):
    """How much the course asked for, as the certificate says it."""

    modules: int
    quizzes: int
    has_final: bool


class _Completed(NamedTuple):
    """What was completed on which day; all that its paper is worded from."""

    version_id: int
    number: int
    minutes: int
    source_language: str
    issuer: str
    day: date


_version = (
    _versions.id,
    _versions.number,
    _versions.minutes,
    _versions.source_language,
    _states.name,
)
_is_issuer = (_states.institution_id == _courses.institution_id) & is_standing
_COMPLETION = (
    select(
        *_version, _completions.day, _users.id, _users.name, _users.name_language, _courses.id,
        _completions.placement_id,
    )
    .join_from(
        Completion.__table__, Enrolment.__table__, _enrolments.id == _completions.enrolment_id
    )
    .join(User.__table__, _users.id == _enrolments.learner_id)
    .join(CourseVersion.__table__, _versions.id == _completions.version_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .join(InstitutionState.__table__, _is_issuer)
    .where(_completions.enrolment_id == bindparam("enrolment_id"))
)  # fmt: skip
_VERSION = (
    select(*_version)
    .join_from(CourseVersion.__table__, Course.__table__, _courses.id == _versions.course_id)
    .join(InstitutionState.__table__, _is_issuer)
    .where(_versions.id == bindparam("version_id"))
)
_TEXTS = (
    select(_texts.owner_key, _texts.language, _texts.title)
    .where(
        _texts.version_id == bindparam("version_id"),
        _texts.language.in_([bindparam("language"), bindparam("source_language")]),
        (_texts.owner_key == "course")
        | _texts.owner_key.like("module/%")
        | _texts.owner_key.like("outcome/%"),
    )
    .order_by(_texts.language == bindparam("language"))
)
_MODULES = (
    select(_modules.key, CourseVersion.__table__.c.facts)
    .join_from(Module.__table__, CourseVersion.__table__, _versions.id == _modules.version_id)
    .where(_modules.version_id == bindparam("version_id"))
    .order_by(_modules.position)
)
_QUIZZES = select(_activities.module_id, _activities.settings).where(
    _activities.version_id == bindparam("version_id"), _activities.kind == "quiz"
)
_ANSWERS = (
    select(_alignments.recommendation_key)
    .join(Recommendation.__table__, _recommendations.key == _alignments.recommendation_key)
    .where(_alignments.version_id == bindparam("version_id"), _alignments.owner_key == "course")
    .order_by(_recommendations.position)
)


def earning_of(db: Session, enrolment_id: int, language: str) -> Earning:
    """What the completion of an enrolment earned, worded in `language` where it can be."""
    row = db.execute(_COMPLETION, {"enrolment_id": enrolment_id}).one()
    completed, person = _Completed._make(row[:6]), row[6:]
    learner_id, name, name_language, course_id, placement_id = person
    return Earning(
        learner_id,
        name,
        name_language or language,
        course_id,
        completed.version_id,
        placement_id,
        _printed(db, completed, language),
    )


def paper_of(db: Session, version_id: int, day: date, language: str) -> dict[str, Any]:
    """What is printed for anybody who completes this version on this day."""
    version = db.execute(_VERSION, {"version_id": version_id}).one()
    return _printed(db, _Completed(*version, day), language)


def _printed(db: Session, row: _Completed, language: str) -> dict[str, Any]:
    titles, spoken = _titles(db, row, language)
    asked = {"version_id": row.version_id}
    quizzes = db.execute(_QUIZZES, asked).all()
    has_final = any(settings.get("final") for _module, settings in quizzes)
    modules = _module_rows(db, row, titles)
    counts = Counts(len(modules), len(quizzes) - has_final, has_final)
    recommendations = list(db.scalars(_ANSWERS, asked))
    return {
        "form": 1,
        "kind": "completion",
        "language": language,
        "issuer": row.issuer,
        "course_title": titles["course"],
        "course_language": spoken,
        "version": row.number,
        "minutes": row.minutes,
        "modules": modules[:MOST_MODULES],
        "final": has_final,
        "recommendations": recommendations,
        "completed_on": row.day.isoformat(),
        "words": _words(row, language, counts, recommendations),
    }  # fmt: skip


def _titles(db: Session, row: _Completed, language: str) -> tuple[Mapping[str, str], str]:
    asked = {
        "version_id": row.version_id,
        "language": language,
        "source_language": row.source_language,
    }
    titles: dict[str, str] = {}
    spoken = row.source_language
    for owner_key, text_language, title in db.execute(_TEXTS, asked):
        titles[owner_key] = title
        if owner_key == "course":
            spoken = text_language
    return titles, spoken


def _module_rows(db: Session, row: _Completed, titles: Mapping[str, str]) -> list[dict[str, str]]:
    rows = []
    for key, facts in db.execute(_MODULES, {"version_id": row.version_id}):
        outcomes = facts.get("module_outcomes", {}).get(key, [])
        said = [titles[f"outcome/{each}"] for each in outcomes if f"outcome/{each}" in titles]
        rows.append({"title": titles[f"module/{key}"], "outcome": said[0] if said else ""})
    return rows


def _words(
    row: _Completed, language: str, counts: Counts, recommendations: list[str]
) -> dict[str, str]:
    translations, phrases = translations_for(language), phrases_of(language)
    _, ngettext = translations.gettext, translations.ngettext
    parts = [
        ngettext("one module", "%(count)d modules", counts.modules) % {"count": counts.modules}
    ]
    if counts.quizzes:
        shown = {"count": counts.quizzes}
        parts.append(ngettext("one quiz", "%(count)d quizzes", counts.quizzes) % shown)
    if counts.has_final:
        parts.append(_("a final assessment"))
    locale = phrases.locale
    facts = _("%(time)s of study: %(parts)s, completed on %(day)s. Course version %(version)d.") % {
        "time": phrases.minutes(row.minutes),
        "parts": format_list(parts, locale=locale),
        "day": phrases.day(row.day),
        "version": row.number,
    }
    answers = _(
        "Answers recommendations %(keys)s of the Committee of Experts on Public Administration, "
        "2009."
    ) % {"keys": format_list(recommendations, locale=locale)}
    words = {
        "kind": _("Certificate of completion"),
        "issued_with": _("Issued with Capacita"),
        "completed": _("has completed %(course)s"),
        "facts": facts,
        "recommendations": answers if recommendations else "",
        "disclaimer": _("It certifies completion. It is not an endorsement by the United Nations."),
        "code": _("Code"),
        "way": _("The completed course as a line: its modules, then the seal."),
        "qr": _("QR code of the verification address"),
    }
    return {name: unisolated(text) for name, text in words.items()}
