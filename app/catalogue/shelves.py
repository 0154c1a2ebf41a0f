"""Shelves: editions, read once a process and kept, so many and no more; and texts of lessons."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import BindParameter, Row, bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import PRETEST, Activity, Module
from app.catalogue.courses import Course
from app.catalogue.editions import (
    Edition,
    EditionActivity,
    EditionModule,
    LessonText,
    Wording,
    marks_of,
)
from app.catalogue.outcomes import Alignment, Outcome
from app.catalogue.recommendations import Reason, Recommendation, reason_of
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept
from app.i18n.catalogues import translations_for
from app.i18n.phrases import phrases_of

MOST_EDITIONS = 256

_versions, _courses = CourseVersion.__table__.c, Course.__table__.c
_modules, _activities = Module.__table__.c, Activity.__table__.c
_texts, _outcomes = CompiledText.__table__.c, Outcome.__table__.c
_alignments, _recommendations = Alignment.__table__.c, Recommendation.__table__.c
_asked_version: BindParameter[int] = bindparam("version_id")
_is_spoken = _texts.language.in_([bindparam("language"), bindparam("source")])
_FACTS = (
    select(
        _versions.course_id, _courses.slug, _versions.number, _versions.published_at,
        _versions.licence, _versions.minutes, _versions.bytes, _versions.rule, _versions.facts,
        _versions.source_language,
    )
    .join_from(CourseVersion.__table__, Course.__table__, _courses.id == _versions.course_id)
    .where(_versions.id == _asked_version)
)  # fmt: skip
_MODULES = (
    select(_modules.id, _modules.key)
    .where(_modules.version_id == _asked_version)
    .order_by(_modules.position)
)
_ACTIVITIES = (
    select(Activity.__table__)
    .where(_activities.version_id == _asked_version)
    .order_by(_activities.position)
)
_TITLES = (
    select(_texts.owner_key, _texts.language, _texts.title, _texts.parts)
    .where(_texts.version_id == _asked_version, _texts.owner_key.not_like("item/%"), _is_spoken)
    .order_by(_texts.language == bindparam("language"))
)
_OUTCOMES = (
    select(_outcomes.key).where(_outcomes.version_id == _asked_version).order_by(_outcomes.position)
)
_REASONS = (
    select(
        _alignments.owner_key, _recommendations.key, _recommendations.sentence,
        _recommendations.details,
    )
    .join_from(
        Alignment.__table__,
        Recommendation.__table__,
        _recommendations.key == _alignments.recommendation_key,
    )
    .where(_alignments.version_id == _asked_version)
    .order_by(_recommendations.position)
)  # fmt: skip
_LESSON = (
    select(_texts.language, _texts.html, _texts.stale)
    .where(
        _texts.version_id == _asked_version, _texts.owner_key == bindparam("owner_key"), _is_spoken
    )
    .order_by(_texts.language != bindparam("language"))
    .limit(1)
)
_editions: Kept[tuple[int, str, int], Edition] = Kept(MOST_EDITIONS)


def edition_of(db: Session, version_id: int, language: str, compiler: int) -> Edition:
    """The version as a page in this language shows it, else in the course's own language."""
    key = (version_id, language, compiler)
    return _editions.get(db, key, lambda: _Reading(db, version_id, language).edition())


def lesson_text_of(db: Session, edition: Edition, key: str) -> LessonText:
    """The prose of one lesson, in the edition's language where it has any."""
    asked = {
        "version_id": edition.version_id,
        "owner_key": f"lesson/{key}",
        "language": edition.language,
        "source": edition.source_language,
    }
    language, html, stale = db.execute(_LESSON, asked).one()
    safe = Markup(html)  # noqa: S704 - made safe by the compiler
    return LessonText(safe, marks_of(language, edition.language), stale)


class _Reading:
    """A version being read from its tables, in one language."""

    def __init__(self, db: Session, version_id: int, language: str) -> None:
        self.db, self.version_id, self.language = db, version_id, language
        self.asked = {"version_id": version_id}
        self.facts = dict(db.execute(_FACTS, self.asked).mappings().one())
        self.words, self.phrases = translations_for(language), phrases_of(language)
        spoken = self.asked | {"language": language, "source": self.facts["source_language"]}
        self.titles: dict[str, tuple[str, str, dict[str, Any]]] = {
            owner: (spoken_in, title, parts)
            for owner, spoken_in, title, parts in db.execute(_TITLES, spoken)
        }
        self.reasons: dict[str, list[Reason]] = {}
        for owner, key, sentence, details in db.execute(_REASONS, self.asked):
            reason = reason_of(key, sentence, details["lead_in"])
            self.reasons.setdefault(owner, []).append(reason)

    def edition(self) -> Edition:
        rows = self.db.execute(_ACTIVITIES, self.asked).all()
        modules = tuple(
            self._module(number, key, [row for row in rows if row.module_id == module_id])
            for number, (module_id, key) in enumerate(self.db.execute(_MODULES, self.asked), 1)
        )
        final = next((self._quiz(row, 0) for row in rows if row.module_id is None), None)
        inside = tuple(each for module in modules for each in module.activities)
        activities = (*inside, final) if final else inside
        stations = tuple(module.minutes for module in modules)
        return Edition(
            version_id=self.version_id,
            **self.facts,
            language=self.language,
            shown_in=self.titles["course"][0],
            title=self._wording("course", "title"),
            summary=self._wording("course", "summary"),
            purpose=self._wording("course", "purpose"),
            outcomes=self._outcomes(self.db.scalars(_OUTCOMES, self.asked).all()),
            reasons=tuple(self.reasons.get("course", ())),
            modules=modules,
            final=final,
            pretest=self._pretest(final) if final and final.settings.get("pretest") else None,
            activities=activities,
            places={each.key: place for place, each in enumerate(activities)},
            stations=(*stations, final.minutes) if final else stations,
        )

    def _wording(self, owner: str, part: str) -> Wording:
        language, title, parts = self.titles[owner]
        if part in parts["untranslated"]:
            language = self.facts["source_language"]
        text = title if part == "title" else parts[part]
        return Wording(text, marks_of(language, self.language))

    def _outcomes(self, keys: Sequence[str]) -> tuple[Wording, ...]:
        return tuple(self._wording(f"outcome/{key}", "title") for key in keys)

    def _module(self, number: int, key: str, rows: list[Row[Any]]) -> EditionModule:
        lessons = [row for row in rows if row.kind == "lesson"]
        activities = tuple(
            self._lesson(row, number, lessons.index(row) + 1, len(lessons))
            if row.kind == "lesson"
            else self._scenario(row, number)
            if row.kind == "scenario"
            else self._quiz(row, number)
            for row in rows
        )
        minutes = sum(each.minutes for each in activities if not each.is_practice)
        size = sum(each.bytes for each in activities)
        title = self._wording(f"module/{key}", "title")
        return EditionModule(
            key=key,
            number=number,
            title=title.text,
            name=title.html,
            minutes=minutes,
            meta=self._meta(minutes, size),
            outcomes=self._outcomes(self.facts["facts"]["module_outcomes"].get(key, ())),
            reasons=tuple(self.reasons.get(f"module/{key}", ())),
            activities=activities,
            counted=frozenset(each.key for each in activities if not each.is_practice),
        )

    def _lesson(self, row: Row[Any], module: int, number: int, of: int) -> EditionActivity:
        title = self._wording(f"lesson/{row.key}", "title")
        reason = next(iter(self.reasons.get(f"lesson/{row.key}", ())), None)
        return self._activity(row, module, title, title)._replace(
            number=number, of=of, reason=reason
        )

    def _scenario(self, row: Row[Any], module: int) -> EditionActivity:
        title = self._wording(f"scenario/{row.key}", "title")
        said = escape(self.words.gettext("Scenario: %(title)s"))
        name = said % {"title": title.html}
        return self._activity(row, module, title, title)._replace(name=name, label=name)

    def _quiz(self, row: Row[Any], module: int) -> EditionActivity:
        gettext, ngettext = self.words.gettext, self.words.ngettext
        count = row.settings["draw"] or row.settings["item_count"]
        if module:
            name = gettext("Module quiz")
            label = ngettext(
                "Module quiz, %(num)d question", "Module quiz, %(num)d questions", count
            )
        else:
            name = gettext("Final assessment")
            label = ngettext(
                "Final assessment, %(num)d question", "Final assessment, %(num)d questions", count
            )
        return self._activity(row, module, Wording(name), Wording(label % {"num": count}))

    def _pretest(self, final: EditionActivity) -> EditionActivity:
        """The final assessment asked once before the course, where it counts for nothing."""
        settings = {**final.settings, "attempts": 1, "time_limit": None}
        name = self.words.gettext("Pretest")
        return final._replace(
            key=PRETEST,
            is_final=False,
            title=name,
            name=escape(name),
            label=escape(name),
            required=False,
            settings=settings,
        )

    def _activity(
        self, row: Row[Any], module: int, name: Wording, label: Wording
    ) -> EditionActivity:
        return EditionActivity(
            key=row.key,
            kind=row.kind,
            is_final=row.module_id is None,
            module=module,
            number=0,
            of=0,
            title=name.text,
            name=name.html,
            label=label.html,
            marks=name.marks,
            minutes=row.minutes,
            bytes=row.bytes,
            time=self.phrases.minutes(row.minutes),
            meta=self._meta(row.minutes, row.bytes),
            required=row.required,
            settings=row.settings,
            reason=None,
        )

    def _meta(self, minutes: int, size: int) -> str:
        return f"{self.phrases.minutes(minutes)} · {self.phrases.kilobytes(size)}"
