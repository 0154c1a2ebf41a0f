"""The commands for authors: check, format, translations, schema."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.catalogue.commands import courses
from app.catalogue.compiling.shapes import SCHEMAS, schema_file
from tests.makers.sources import EXAMPLES

DOCS = Path(__file__).parents[2] / "docs"
GAP = "gap, why: Nobody wrote it"
STANCES = {"AC2c": "teaches", "HR1": "teaches", "LL1": "teaches", "PH1": GAP}
COVERAGE = """
Recommendation  Stance   Lessons  Answered by
AC2c            teaches  2        full (2)
HR1             teaches  1        full (1)
LL1             teaches  1        minimal (1)
PH1             gap      0        Nobody wrote it
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of courses with the two examples and a register."""
    shutil.copytree(EXAMPLES, tmp_path / "courses")
    register = tmp_path / "courses" / "recommendations"
    register.mkdir()
    known = "".join(f"  - {{id: {key}, stance: {STANCES[key]}}}\n" for key in STANCES)
    (register / "recommendations.yaml").write_text(f"recommendations:\n{known}")
    return tmp_path / "courses"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(courses, [*words, "--folder", str(folder)])


def test_check_of_good_courses_ends_well(folder):
    answer = run(folder, "check")
    assert answer.exit_code == 0
    said = "full: no faults, no remarks\nminimal: no faults, no remarks\n"
    assert answer.output == said + COVERAGE


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f"stance: {GAP}", "stance: gap", "and the register does not say why"),
        (
            "stance: gap, why: Nobody wrote it",
            "stance: teaches",
            "said to be taught, and no lesson",
        ),
        (
            "LL1, stance: teaches",
            "LL1, stance: gap, why: no",
            "to be a gap, and lessons name it: 1",
        ),
        (GAP, "performs, why: x", "and nothing is named that does it"),
    ],
)
def test_a_register_that_claims_more_or_less_than_there_is_fails(folder, old, new, said):
    register = folder / "recommendations" / "recommendations.yaml"
    text = register.read_text()
    assert old in text
    register.write_text(text.replace(old, new))
    answer = run(folder, "check")
    assert answer.exit_code == 1
    assert said in answer.output
    assert run(folder, "check", "full").exit_code == 0


def test_a_proof_names_paragraphs_and_tells_no_answer(folder):
    said = run(folder, "proof", "full").output
    assert "[four-questions#b-40695ae411] A figure from one office shows what can happen." in said
    assert "reading-1: Which figure can you compare?\n  (one of these)\n  a) One with" in said
    assert "A baseline makes a comparison possible." not in said.partition("## Quiz")[2]
    order = said.partition("final-1:")[2].partition("final-2:")[0]
    assert sorted(re.findall(r"[abc]\) (.+)", order)) == [
        "Ask, with a date", "Name its owner", "Name the figure",
    ]  # fmt: skip


def test_the_proof_of_a_faulty_course_names_the_check(folder):
    (folder / "minimal" / "course.yaml").write_text("title: Nothing else\n")
    answer = run(folder, "proof", "minimal")
    assert answer.exit_code == 1
    assert "which capacita courses check minimal lists" in answer.output


def test_check_says_the_faults_with_their_files_and_exits_with_1(folder):
    path = folder / "minimal" / "course.yaml"
    path.write_text(path.read_text().replace("[LL1]", "[LL2]"))
    answer = run(folder, "check")
    assert answer.exit_code == 1
    assert f"{path}:8: there is no recommendation `LL2`: did you mean `LL1`?\n" in answer.output
    assert "minimal: 2 faults, no remarks\n" in answer.output
    assert run(folder, "check", "full").exit_code == 0


def test_check_of_a_course_that_is_not_there_says_so(folder):
    answer = run(folder, "check", "nowhere")
    assert answer.exit_code == 1
    assert "There is no folder" in answer.output


def test_a_register_that_cannot_be_read_is_said_in_words(folder):
    register = folder / "recommendations" / "recommendations.yaml"
    register.write_text("recommendations:\n - {id: [\n")
    answer = run(folder, "check", "minimal")
    assert answer.exit_code == 1
    assert f"{register} cannot be read at line 3. Look at" in answer.output


def test_format_writes_what_check_then_accepts(folder):
    path = folder / "minimal" / "first-module" / "module.yaml"
    path.write_text(
        "quiz:   first-quiz\nlessons: ['first-lesson']\noutcomes: [ name-the-parts ]\nrecommendations: [LL1]\ntitle: First module"
    )
    assert (
        "not in canonical form: run `capacita courses format minimal`"
        in run(folder, "check").output
    )
    assert run(folder, "format", "minimal").output == f"{path}: written\n"
    assert run(folder, "check").exit_code == 0
    assert run(folder, "format").output == ""


def test_format_leaves_what_is_no_file_of_a_course(folder):
    notes = folder / "minimal" / "notes.txt"
    notes.write_text("Remember to call Ana.\n")
    assert run(folder, "format", "minimal").output == ""
    assert notes.read_text() == "Remember to call Ana.\n"


def test_translations_writes_a_catalogue_and_keeps_what_was_done(folder):
    answer = run(folder, "translations", "minimal", "es")
    path = folder / "minimal" / "translations" / "es.po"
    assert answer.output == f"{path}: 0 translated, 0 to look at, 11 open\n"
    done = path.read_text().replace(
        'msgid "First module"\nmsgstr ""', 'msgid "First module"\nmsgstr "Primer módulo"'
    )
    path.write_text(done)
    assert (
        "1 translated, 0 to look at, 10 open" in run(folder, "translations", "minimal", "es").output
    )
    assert path.read_text() == done
    assert run(folder, "check").exit_code == 0


def test_translations_refuses_a_name_that_is_no_language(folder):
    answer = run(folder, "translations", "minimal", "../x")
    assert answer.exit_code == 1
    assert "is no language code" in answer.output


def test_translations_of_a_faulty_course_names_the_check(folder):
    (folder / "minimal" / "course.yaml").write_text("title: A\n")
    answer = run(folder, "translations", "minimal", "es")
    assert answer.exit_code == 1
    assert "capacita courses check minimal" in answer.output


def test_the_schemas_in_the_docs_are_those_of_the_code():
    written = {path.stem: path.read_text() for path in (DOCS / "schema").glob("*.json")}
    assert written == {name: schema_file(name) for name in SCHEMAS}
