"""A form over a file changes what was changed in it, and not one sign of anything else."""

import pytest

from app.catalogue.compiling.declarations import CourseDeclaration, QuizDeclaration
from app.settings import ROOT
from app.studio.descriptions import facts_of, put_facts
from app.studio.lessons import composed, fields_of
from app.studio.questions import (
    Question,
    Row,
    move_question,
    put_question,
    question_in,
    questions_in,
    quiz_sheet,
    remove_question,
)
from app.studio.sheets import Sheet

COURSES = ROOT / "courses"
QUIZZES = sorted(
    path
    for path in COURSES.glob("*/*/*.yaml")
    if "items:" in path.read_text() and "start:" not in path.read_text()
)
COMMENTED = """\
# What this course is.
title: A first course
summary: One lesson.
purpose: You see it.  # said twice
language: en
institution: institute
authors:
  - Your name
recommendations: [LL1]
outcomes:
  # The only one.
  - key: name-the-parts
    text: Name the parts
    level: remember
modules: [first-module]
"""


def test_a_form_that_changes_nothing_leaves_every_course_as_it_is():
    for path in COURSES.glob("*/course.yaml"):
        sheet = Sheet("course.yaml", path.read_text(), CourseDeclaration)
        put_facts(sheet, facts_of(sheet))
        assert sheet.text() == path.read_text(), path
    for path in COURSES.glob("*/*/*.md"):
        text, name = path.read_text(), f"m/{path.name}"
        fields = fields_of(name, text)
        said = fields._asdict()
        del said["first_line"]
        assert composed(name, text, **said) == text, path
        assert text.split("\n")[fields.first_line - 1 :] == fields.body.split("\n"), path


@pytest.mark.parametrize("path", QUIZZES[::4], ids=lambda path: path.stem)
def test_a_question_saved_as_it_is_leaves_its_quiz_as_it_is(path):
    text = path.read_text()
    sheet = quiz_sheet(path.name, text)
    for question in questions_in(sheet):
        put_question(sheet, question)
    assert sheet.text() == text


def test_remarks_stay_where_fields_change():
    sheet = Sheet("course.yaml", COMMENTED, CourseDeclaration)
    sheet.put("title", "No: another course")
    sheet.put("modules", ["first-module", "second-module"])
    sheet.put("reviewers", ["Nia Mensah"])
    sheet.put("outcomes", [{"key": "name-the-parts", "text": "Name them", "level": "apply"}])
    assert sheet.text() == (
        COMMENTED.replace("title: A first course", 'title: "No: another course"')
        .replace("[first-module]", "[first-module, second-module]")
        .replace("  - Your name\n", "  - Your name\nreviewers:\n  - Nia Mensah\n")
        .replace("Name the parts", "Name them")
        .replace("remember", "apply")
    )


def test_a_value_that_looks_like_something_else_is_quoted():
    sheet = Sheet("course.yaml", COMMENTED, CourseDeclaration)
    for title in ("yes", "16.6", "a: b", "# no", "2026-11-25", "null"):
        sheet.put("title", title)
        again = Sheet("course.yaml", sheet.text(), CourseDeclaration)
        assert again.value("title") == title


ROWS = (Row("One", "Eins", is_right=True, feedback="So."), Row("Two", "Zwei", feedback="Or so."))
KINDS = {
    "single": {"rows": tuple(Row(r.text, "", r.is_right, r.feedback) for r in ROWS)},
    "multiple": {"rows": tuple(Row(r.text, "", r.is_right, r.feedback) for r in ROWS)},
    "true-false": {"answer": "false", "if_right": "No.", "if_wrong": "Yes."},
    "numeric": {"answer": "7.5", "tolerance": "0.5", "unit": "days", "if_right": "R", "if_wrong": "W"},
    "matching": {"rows": tuple(Row(r.text, r.other, feedback=r.feedback) for r in ROWS)},
    "ordering": {"rows": (Row("One"), Row("Two")), "if_right": "R", "if_wrong": "W"},
    "short": {"rows": (Row("one"),), "if_right": "R", "if_wrong": "W"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_question_goes_into_the_file_and_comes_out_the_same(kind):
    question = Question("a-key", kind, "Which?", "an-outcome", "S1, S2", **KINDS[kind])
    sheet = quiz_sheet(
        "q.yaml", "title: A quiz\nitems:\n  - key: x\n    type: short\n    stem: What\n"
    )
    put_question(sheet, question)
    again = quiz_sheet("q.yaml", sheet.text())
    assert question_in(again, "a-key") == question
    declared = QuizDeclaration.model_validate({"title": "T", "items": [again.value("items")[1]]})
    assert declared.items[0].type == kind


def test_questions_move_and_go():
    sheet = quiz_sheet("q.yaml", QUIZZES[0].read_text())
    first, second, *others = (each.key for each in questions_in(sheet))
    move_question(sheet, first, 1)
    move_question(sheet, second, -1)
    assert [each.key for each in questions_in(sheet)] == [second, first, *others]
    remove_question(sheet, first)
    assert [each.key for each in questions_in(sheet)] == [second, *others]
