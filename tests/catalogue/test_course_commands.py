"""The commands for authors: check, format, translations, schema."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.catalogue.commands import courses
from app.catalogue.compiling.shapes import SCHEMAS, schema_file
from tests.makers.sources import EXAMPLES, RECOMMENDATIONS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of courses with the two examples and a register."""
    shutil.copytree(EXAMPLES, tmp_path / "courses")
    register = tmp_path / "courses" / "recommendations"
    register.mkdir()
    known = "".join(f"  - id: {key}\n" for key in sorted(RECOMMENDATIONS))
    (register / "recommendations.yaml").write_text(f"recommendations:\n{known}")
    return tmp_path / "courses"


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(courses, [*words, "--folder", str(folder)])


def test_check_of_good_courses_ends_well(folder):
    answer = run(folder, "check")
    assert answer.exit_code == 0
    assert answer.output == "full: no faults, no remarks\nminimal: no faults, no remarks\n"


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


def test_format_writes_what_check_then_accepts(folder):
    path = folder / "minimal" / "first-module" / "module.yaml"
    path.write_text(
        "quiz:   first-quiz\nlessons: ['first-lesson']\noutcomes: [ name-the-parts ]\nrecommendations: [LL1]\ntitle: First module"
    )
    assert (
        "not in canonical form: run capacita courses format minimal" in run(folder, "check").output
    )
    assert run(folder, "format", "minimal").output == f"{path}: written\n"
    assert run(folder, "check").exit_code == 0
    assert run(folder, "format").output == ""


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
