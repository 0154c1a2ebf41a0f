"""Scenarios: what a branching scenario says in one language, and the path that somebody takes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.bank import Cited
from app.catalogue.editions import Edition, EditionActivity, marks_of
from app.catalogue.texts import CompiledText
from app.foundation.errors import NotFound
from app.foundation.keeping import Kept
from app.i18n.marking import N_

MOST_SCENARIOS = 256
BETWEEN = "."  # stands between the keys of the choices in a path; no key holds it


class ScenarioUnknown(NotFound):
    """The course has no scenario with this key, in the version this person reads."""

    says = N_("There is no such scenario in this course.")
    mend = N_("Open the course and choose a scenario from its way.")


class PathUnknown(NotFound):
    """The choices in the address do not follow one another in this scenario."""

    says = N_("No path of this scenario leads here.")
    mend = N_("Open the course and begin the scenario again.")


class Choice(NamedTuple):
    """What one may do at a step, why that is wise or not, and the key of the step after it."""

    key: str
    text: Markup
    feedback: Markup
    to: str


class Step(NamedTuple):
    """A situation with its choices, or an ending: "good", "mixed" or "poor".

    `begins` is how its text begins, to know it again; `lesson` explains an ending.
    """

    begins: Markup
    html: Markup
    choices: tuple[Choice, ...]
    ending: str | None
    lesson: EditionActivity | None


class Scenario(NamedTuple):
    """A scenario of one version in one language; `decisions` are those of its longest path.

    `marks` name the language of its situations where it is not the page's; other words bear them
    already. `stale` counts the blocks that are shown in the source language.
    """

    activity: EditionActivity
    title: Markup
    role: Markup
    marks: Markup
    start: str
    steps: Mapping[str, Step]
    sources: tuple[Cited, ...]
    decisions: int
    endings: int
    stale: int


class Decision(NamedTuple):
    """A situation that was left by a choice; `path` is the one that led to the situation."""

    path: str
    step: Step
    choice: Choice


class Walk(NamedTuple):
    """Where a path leads: the decisions in order, and the step that one now stands at."""

    path: str
    decisions: tuple[Decision, ...]
    step: Step

    def beyond(self, choice: Choice) -> str:
        """The path that goes on by this choice."""
        return _joined(self.path, choice.key)


_texts = CompiledText.__table__.c
_TEXT = (
    select(_texts.language, _texts.title, _texts.parts, _texts.stale)
    .where(
        _texts.version_id == bindparam("version_id"),
        _texts.owner_key == bindparam("owner_key"),
        _texts.language.in_([bindparam("language"), bindparam("source")]),
    )
    .order_by(_texts.language != bindparam("language"))
    .limit(1)
)
_kept: Kept[tuple[int, str, int, str], Scenario] = Kept(MOST_SCENARIOS)


def scenario_called(
    db: Session, edition: Edition, key: str, compiler: int, placing: Callable[[str], str]
) -> Scenario:
    """The edition's scenario, read once a process; `placing` fills in the addresses of its links.

    Raises ScenarioUnknown.
    """
    place = edition.places.get(key)
    if place is None or not edition.activities[place].is_practice:
        raise ScenarioUnknown
    name = (edition.version_id, edition.language, compiler, key)
    return _kept.get(db, name, lambda: _read(db, edition, edition.activities[place], placing))


def walked(scenario: Scenario, path: str) -> Walk:
    """Follow the choices of a path from the start; raises PathUnknown where one leads nowhere."""
    decisions: list[Decision] = []
    behind, step = "", scenario.steps[scenario.start]
    for key in path.split(BETWEEN) if path else ():
        choice = next((each for each in step.choices if each.key == key), None)
        if choice is None:
            raise PathUnknown
        decisions.append(Decision(behind, step, choice))
        behind, step = _joined(behind, key), scenario.steps[choice.to]
    return Walk(behind, tuple(decisions), step)


def _joined(path: str, key: str) -> str:
    return f"{path}{BETWEEN}{key}" if path else key


def _read(
    db: Session, edition: Edition, activity: EditionActivity, placing: Callable[[str], str]
) -> Scenario:
    asked = {
        "version_id": edition.version_id,
        "owner_key": f"scenario/{activity.key}",
        "language": edition.language,
        "source": edition.source_language,
    }
    spoken, title, parts, stale = db.execute(_TEXT, asked).one()
    titled_in = edition.source_language if "title" in parts["untranslated"] else spoken
    reading = _Reading(edition, activity.settings, parts, marks_of(spoken, edition.language))
    steps = dict(reading.steps(placing))
    return Scenario(
        activity=activity,
        title=_marked(Markup.escape(title), marks_of(titled_in, edition.language)),
        role=reading.inline(placing(parts["role"])),
        marks=reading.marks,
        start=activity.settings["start"],
        steps=steps,
        sources=tuple(Cited(each["id"], _safe(each["html"])) for each in parts["sources"]),
        decisions=activity.settings["decisions"],
        endings=sum(step.ending is not None for step in steps.values()),
        stale=stale if spoken == edition.language else 0,
    )


class _Reading(NamedTuple):
    """A scenario's ways and words being put together; `marks` are those of all its words."""

    edition: Edition
    settings: Mapping[str, Any]
    parts: Mapping[str, Any]
    marks: Markup

    def steps(self, placing: Callable[[str], str]) -> Iterator[tuple[str, Step]]:
        for way in self.settings["steps"]:
            said = self.parts["steps"][way["key"]]
            choices = tuple(
                Choice(
                    each["key"],
                    self.inline(said["choices"][each["key"]]["text"]),
                    self.inline(placing(said["choices"][each["key"]]["feedback"])),
                    each["to"],
                )
                for each in way["choices"]
            )
            lesson = self.edition.activity(way["lesson"]) if way["lesson"] else None
            begins, html = self.inline(said["begins"]), _safe(placing(said["html"]))
            yield way["key"], Step(begins, html, choices, way["ending"], lesson)

    def inline(self, html: str) -> Markup:
        return _marked(_safe(html), self.marks)


def _marked(html: Markup, marks: Markup) -> Markup:
    return Markup("<span{}>{}</span>").format(marks, html) if marks else html


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - sanitised by the compiler
