"""Declarations: what each YAML file of a course may say, field by field, in canonical order."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from app.catalogue.item_types import AnyItem, Strict
from app.catalogue.wordings import (
    Address,
    Attempts,
    Day,
    Goal,
    Key,
    Language,
    Licence,
    Line,
    Plain,
    Prose,
    RecommendationKey,
    ReferenceId,
    Truth,
)

Level = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]
Ending = Literal["good", "mixed", "poor"]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Outcome(Strict):
    """What somebody can do after the course, so that it can be seen."""

    key: Key
    text: Plain
    level: Level


class Completion(Strict):
    """The rule of completion; every line must hold."""

    lessons: Literal["all", "none"] = "all"
    quizzes: Literal["passed", "none"] = "passed"
    final: Literal["passed", "none"] = "none"


class Earlier(Strict):
    """A course that this one was made from, with what its licence asks everybody to say of it."""

    course: Key
    version: Annotated[int, Field(ge=1)]
    title: Plain
    owners: Annotated[tuple[Plain, ...], Field(min_length=1)]
    licence: Licence
    address: Address | None = None


class CourseDeclaration(Strict):
    """course.yaml."""

    title: Plain
    summary: Plain
    purpose: Plain
    language: Language
    institution: Key
    audience: Literal["open", "institution"] = "open"
    licence: Licence = "CC-BY-4.0"
    adapted_from: tuple[Earlier, ...] = ()
    authors: Annotated[tuple[Plain, ...], Field(min_length=1)]
    reviewers: tuple[Plain, ...] = ()
    facts_checked: Day | None = None
    recommendations: Annotated[tuple[RecommendationKey, ...], Field(min_length=1)]
    sdg: tuple[Goal, ...] = ()
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    modules: Annotated[tuple[Key, ...], Field(min_length=1)]
    final: Key | None = None
    completion: Completion = Completion()
    keeps_progress: Truth = True
    falls_back: tuple[Language, ...] = ()
    held_back: tuple[Language, ...] = ()


class ModuleDeclaration(Strict):
    """module.yaml."""

    title: Plain
    recommendations: Annotated[tuple[RecommendationKey, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[Key, ...], Field(min_length=1)]
    lessons: Annotated[tuple[Key, ...], Field(min_length=1)]
    scenarios: tuple[Key, ...] = ()
    quiz: Key | None = None


class LessonHead(Strict):
    """The fields between the two lines of three hyphens that open a lesson."""

    title: Plain
    recommendation: RecommendationKey
    outcomes: tuple[Key, ...] = ()


class QuizDeclaration(Strict):
    """A quiz or the final assessment; `pretest` asks the final before the course too."""

    title: Plain
    pass_mark: Annotated[int, Field(ge=1, le=100)] = 70
    attempts: Attempts = None
    minutes: Minutes | None = None
    time_limit: Minutes | None = None
    draw: Annotated[int, Field(ge=1)] | None = None
    shuffle: Truth = True
    required: Truth = True
    pretest: Truth = False
    items: Annotated[tuple[AnyItem, ...], Field(min_length=1, max_length=500)]


class ScenarioChoice(Strict):
    """What one may do at a step of a scenario, why that is wise or not, and where it leads."""

    key: Key
    text: Line
    feedback: Line
    to: Key


class ScenarioStep(Strict):
    """A situation of a scenario: one with choices, or an ending."""

    key: Key
    text: Prose
    choices: tuple[ScenarioChoice, ...] = ()
    ending: Ending | None = None
    lesson: Key | None = None


class ScenarioDeclaration(Strict):
    """A branching scenario; `role` says who the player is."""

    title: Plain
    outcomes: Annotated[tuple[Key, ...], Field(min_length=1)]
    sources: Annotated[tuple[ReferenceId, ...], Field(max_length=20)] = ()
    role: Line
    start: Key
    steps: Annotated[tuple[ScenarioStep, ...], Field(min_length=1, max_length=50)]


class RecallSet(RootModel[tuple[AnyItem, ...]]):
    """The items of one recall set in a lesson."""


class Reference(Strict):
    """A source that lessons and items may cite."""

    id: ReferenceId
    authors: Plain | None = None
    title: Plain
    publisher: Plain | None = None
    year: Annotated[int, Field(ge=1000, le=2100)] | None = None
    url: Address | None = None
    confirmed: Truth


class Bibliography(RootModel[tuple[Reference, ...]]):
    """bibliography.yaml."""


class Term(Strict):
    """A term of the course with its meaning."""

    term: Plain
    definition: Line
    sources: tuple[ReferenceId, ...] = ()


class Glossary(RootModel[tuple[Term, ...]]):
    """glossary.yaml."""
