"""Editions: a published version as one language shows it; nothing in it ever changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.catalogue.acknowledgements import acknowledgements_in
from app.catalogue.activities import PRETEST
from app.catalogue.licences import Licence, licence_called
from app.catalogue.recommendations import Reason
from app.foundation.errors import NotFound
from app.i18n.languages import direction_of
from app.i18n.marking import N_

NO_MARKS = Markup("")


class LessonUnknown(NotFound):
    """The course has no lesson with this key, in the version this person reads."""

    says = N_("There is no such lesson in this course.")
    mend = N_("Open the course and choose a lesson from its way.")


class ModuleUnknown(NotFound):
    """The course has no module with this key, in the version this person reads."""

    says = N_("There is no such module in this course.")
    mend = N_("Open the course and choose a module from its way.")


class Wording(NamedTuple):
    """A text, and the attributes that say its language where it is not the page's."""

    text: str
    marks: Markup = NO_MARKS

    @property
    def html(self) -> Markup:
        """The text inside its marks, so that the block around it keeps the page's direction."""
        if not self.marks:
            return escape(self.text)
        return Markup("<span{}>{}</span>").format(self.marks, self.text)


class EditionActivity(NamedTuple):
    """A lesson, scenario or quiz at its place; `number` of `of` counts the lessons of its module.

    `module` is the module's number, 0 for the final assessment; `name` is short, for an outline,
    `label` says more, both as HTML inside `marks`; `title` is the name as plain text; `time` and
    `meta` are minutes and kilobytes in words.
    """

    key: str
    kind: str
    is_final: bool
    module: int
    number: int
    of: int
    title: str
    name: Markup
    label: Markup
    marks: Markup
    minutes: int
    bytes: int
    time: str
    meta: str
    required: bool
    settings: Mapping[str, Any]
    reason: Reason | None

    @property
    def is_pretest(self) -> bool:
        """Whether it is the final assessment asked before the course."""
        return self.key == PRETEST

    @property
    def is_practice(self) -> bool:
        """Whether it is played beside the way: no progress, time or rule counts a scenario."""
        return self.kind == "scenario"


class EditionModule(NamedTuple):
    """A module at its place, from 1, with what a learner can do after it; `name` is HTML.

    `counted` are the keys of the activities that are done when the module is.
    """

    key: str
    number: int
    title: str
    name: Markup
    minutes: int
    meta: str
    outcomes: tuple[Wording, ...]
    reasons: tuple[Reason, ...]
    activities: tuple[EditionActivity, ...]
    counted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version in one language: `language` is the page's, `shown_in` that of the content.

    `stations` are the minutes of each module and of the final assessment, to draw the line. The
    `pretest` stands before the way and is none of its activities.
    """

    version_id: int
    course_id: int
    slug: str
    number: int
    published_at: datetime
    licence: str
    minutes: int
    bytes: int
    rule: Mapping[str, str]
    facts: Mapping[str, Any]
    source_language: str
    language: str
    shown_in: str
    title: Wording
    summary: Wording
    purpose: Wording
    outcomes: tuple[Wording, ...]
    reasons: tuple[Reason, ...]
    modules: tuple[EditionModule, ...]
    final: EditionActivity | None
    pretest: EditionActivity | None
    activities: tuple[EditionActivity, ...]
    places: Mapping[str, int]
    stations: tuple[int, ...]

    @property
    def licensed(self) -> Licence:
        """Its licence with the name that people read, and the address of its text."""
        return licence_called(self.licence)

    @property
    def earlier(self) -> tuple[Markup, ...]:
        """What it was made from, in the words that licences ask for, the nearest first."""
        return acknowledgements_in(self.facts, self.language)

    @property
    def checked_on(self) -> date | None:
        """When the facts were last checked, if they were."""
        checked = self.facts["facts_checked"]
        return date.fromisoformat(checked) if checked else None

    @property
    def gives_certificate(self) -> bool:
        """Whether its rule asks for anything; one that asks for nothing is never met."""
        return asks_for_something(self.rule)

    @property
    def is_translated(self) -> bool:
        """Whether the content speaks the page's language."""
        return self.shown_in == self.language

    def activity(self, key: str) -> EditionActivity:
        return self.activities[self.places[key]]

    def quiz(self, key: str) -> EditionActivity | None:
        """The quiz with this key, the pretest too; none if there is no such quiz."""
        if key == PRETEST:
            return self.pretest
        place = self.places.get(key)
        found = None if place is None else self.activities[place]
        return found if found and found.kind == "quiz" else None

    def lesson(self, key: str) -> EditionActivity:
        """The lesson with this key; raises LessonUnknown."""
        place = self.places.get(key)
        if place is None or self.activities[place].kind != "lesson":
            raise LessonUnknown
        return self.activities[place]

    def module(self, key: str) -> EditionModule:
        """The module with this key; raises ModuleUnknown."""
        found = next((each for each in self.modules if each.key == key), None)
        if found is None:
            raise ModuleUnknown
        return found

    def after(self, key: str) -> EditionActivity | None:
        """The activity that follows in the order of the course."""
        place = self.places[key] + 1
        return self.activities[place] if place < len(self.activities) else None

    def before(self, key: str) -> EditionActivity | None:
        """The activity that stands before in the order of the course."""
        place = self.places[key]
        return self.activities[place - 1] if place else None


class LessonText(NamedTuple):
    """The prose of a lesson as the compiler made it; `stale` counts blocks left behind."""

    html: Markup
    marks: Markup
    stale: int


def marks_of(language: str, page_language: str) -> Markup:
    """The attributes that name a text's own language; none where it is the page's."""
    if language == page_language:
        return NO_MARKS
    return Markup(' lang="{}" dir="{}"').format(language, direction_of(language))


def asks_for_something(rule: Mapping[str, str]) -> bool:
    """Whether a course can be completed by this rule, and so gives a certificate."""
    return any(asked != "none" for asked in rule.values())
