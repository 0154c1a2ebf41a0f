"""What the author's guide shows is what the compiler takes."""

import re
from pathlib import Path

import pytest

from app.catalogue.compiling.folders import CourseFiles
from tests.makers.sources import QUIZ, compiled, example, faults_of, make_source, with_scenario

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "author.md").read_text("utf-8")
FIRST, LESSONS, QUESTIONS, SCENARIOS, OTHERS = (
    GUIDE.index(head)
    for head in (
        "## Your first course",
        "## What a lesson may hold",
        "## Questions",
        "## Scenarios",
        "## The other files",
    )
)
FILES = [
    "course.yaml",
    "bibliography.yaml",
    "first-module/module.yaml",
    "first-module/first-lesson.md",
    "first-module/first-quiz.yaml",
]


def blocks_between(start: int, end: int, language: str) -> list[str]:
    part = GUIDE[start:end]
    found = re.findall(r"^(`{3,4})(\w*)\n(.*?)^\1$", part, re.MULTILINE | re.DOTALL)
    return [text for _, kind, text in found if kind == language]


def test_the_first_course_of_the_guide_is_the_minimal_example():
    shown = blocks_between(FIRST, LESSONS, "yaml")
    shown.insert(3, *blocks_between(FIRST, LESSONS, "markdown"))
    files = {path: text.encode() for path, text in zip(FILES, shown, strict=True)}
    assert files == dict(example("minimal").files)
    assert faults_of(CourseFiles("first-course", files)) == []


def elements() -> list[str]:
    return blocks_between(LESSONS, QUESTIONS, "markdown")


@pytest.mark.parametrize("element", elements(), ids=lambda text: text.split("\n")[0][:30])
def test_each_element_of_a_lesson_can_be_copied_as_it_stands(element):
    full = example("full").files
    media = {path: content for path, content in full.items() if path.startswith("media/")}
    head = "---\ntitle: A lesson\nrecommendation: LL1\n---\nThe opening [@R1].\n\n"
    parts = {name: full[name] for name in ("glossary.yaml", "bibliography.yaml")}
    source = make_source(lesson=head + element, **media, **parts)
    assert faults_of(source) == []


def test_the_guide_shows_every_element_there_is():
    shown = "\n".join(elements())
    assert len(elements()) == 7
    for box in ("note", "example", "try", "answer", "figure", "video", "audio", "download"):
        assert f"::: {box}" in shown
    for mark in ("[@", "[[", "$$", "|---|", "```recall", "lesson:", "mailto:"):
        assert mark in shown


def test_the_seven_types_of_the_guide_make_a_quiz():
    head, items = blocks_between(QUESTIONS, SCENARIOS, "yaml")
    quiz = re.sub(r" +#.*", "", head) + items
    source = make_source(quiz=quiz)
    assert faults_of(source) == []
    course = compiled(source)
    assert len({item.kind for item in course.items}) == 7


def test_the_scenario_of_the_guide_can_be_played_as_it_stands():
    (scenario,) = blocks_between(SCENARIOS, OTHERS, "yaml")
    source = with_scenario(scenario)
    assert faults_of(source) == []
    (played,) = (each for each in compiled(source).activities if each.kind == "scenario")
    endings = {step["ending"] for step in played.settings["steps"]}
    assert endings == {None, "good", "mixed", "poor"}


def test_the_other_fields_of_the_guide_can_be_written():
    rule, origin, term = blocks_between(OTHERS, len(GUIDE), "yaml")
    files = example("minimal").files
    course = files["course.yaml"].decode() + "final: last\n" + rule + origin
    last = files[QUIZ].decode().replace("first-item", "last-item")
    source = make_source(**{"course.yaml": course, "glossary.yaml": term, "last.yaml": last})
    found = [fault for fault in faults_of(source) if "canonical form" not in fault]
    assert found == []
    assert compiled(source).rule == {"lessons": "all", "quizzes": "passed", "final": "passed"}
