"""Forms of describing: what course.yaml says but for the outline."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.catalogue.wordings import LICENCE
from app.i18n.marking import N_
from app.web.forms import Form

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class FactsForm(Form):
    """The facts of a course; `do` adds a row of outcomes or takes one out, without saving."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    summary: Sentence
    purpose: Sentence
    outcome_key: list[str] = Field(default_factory=list, max_length=40)
    outcome_text: list[str] = Field(default_factory=list, max_length=40)
    outcome_level: list[str] = Field(default_factory=list, max_length=40)
    recommendations: Annotated[list[str], Field(min_length=1, max_length=60)]
    lessons: Literal["all", "none"] = "all"
    quizzes: Literal["passed", "none"] = "passed"
    final: Literal["passed", "none"] = "none"
    keeps_progress: Literal["true", "false"] = "false"
    audience: Literal["open", "institution"] = "open"
    licence: Annotated[str, Field(pattern=LICENCE, max_length=64)]
    authors: Sentence
    reviewers: str = ""
    facts_checked: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    revision: int

    words: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "summary": N_("Write one sentence for the catalogue."),
        "purpose": N_("Say what people can do after the course."),
        "licence": N_("Write the short name of a licence, such as CC-BY-4.0."),
        "authors": N_("Name at least one author, one a line."),
        "facts_checked": N_("Write the date as year, month and day: 2026-06-12."),
        "recommendations": N_("Choose at least one recommendation that the course answers."),
    }


class ModuleForm(Form):
    """What a module says but for its lessons: what it answers and what it serves."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    recommendations: Annotated[list[str], Field(min_length=1, max_length=60)]
    outcomes: Annotated[list[str], Field(min_length=1, max_length=40)]
    revision: int

    words: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "recommendations": N_("Choose at least one recommendation that the module answers."),
        "outcomes": N_("Choose at least one outcome that the module serves."),
    }
