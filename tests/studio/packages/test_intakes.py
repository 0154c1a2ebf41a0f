"""Courses from Markdown and Word: headings become modules and lessons, and what was lost is said."""

import io
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.findings import check_course
from app.settings import Settings
from app.studio.packages.archives import packed
from app.studio.packages.commands import export_course, import_course
from app.studio.packages.intakes import Intake, intake_of
from app.studio.packages.outlines import course_of, sections_in
from tests.makers.packages import files_in
from tests.makers.sources import EXAMPLES, RECOMMENDATIONS, example

PICTURE = example("full").files["media/counter.png"]
NOTES = """# Asking in public

What the course is about.

## First part

### Why ask

A paragraph with *stress*, **weight**, `code`, [a link](https://example.org/a_(b)) and $5 < 6 & more.
A second line. [[not a term]] and [@R9] are words here.

#### A section

1. One
   - inner
2. Two

![A counter](pictures/Counter.PNG "The counter in May")

<div>raw</div>

| a | b \\| c |
|---|---|
| 1 | [x](#here) |

### How to ask

> Quoted
> twice

    code

## Second part

Text of a module without a lesson.
"""


def completed(source: CourseFiles) -> CourseFiles:
    """The folder with all that only a person can say."""
    files = dict(source.files)
    said = (
        "summary: One sentence.\npurpose: Another one.\ninstitution: capacita-institute\n"
        "authors: [Somebody]\nrecommendations: [LL1]\n"
        "outcomes:\n  - {key: see, text: Name the parts, level: remember}\n"
    )
    files["course.yaml"] += said.encode()
    for path, content in source.files.items():
        if path.endswith("/module.yaml"):
            files[path] = content + b"recommendations: [LL1]\noutcomes: [see]\n"
        elif path.endswith(".md"):
            files[path] = content.replace(b"\n---\n", b"\nrecommendation: LL1\n---\n", 1)
    return CourseFiles(source.slug, files)


def faults_in(source: CourseFiles) -> list[str]:
    """What still refuses the course; the order of fields and untested outcomes are a person's."""
    found = [each for each in check_course(source, RECOMMENDATIONS) if each.is_grave]
    return [
        each.shown()
        for each in found
        if "canonical" not in each.what and "outcome" not in each.what
    ]


def brought(tmp_path: Path, name: str, content: bytes) -> Intake:
    (tmp_path / name).write_bytes(content)
    return intake_of(tmp_path / name)


def test_markdown_becomes_modules_and_lessons(tmp_path: Path):
    files = {"asking.md": NOTES.encode(), "pictures/Counter.PNG": PICTURE}
    intake = brought(tmp_path, "asking-in-public.zip", packed(files))
    source = intake.source
    assert b"title: Asking in public" in source.files["course.yaml"]
    lesson = source.files["first-part/why-ask.md"].decode()
    assert '::: figure media/counter.png "A counter"\nThe counter in May\n:::' in lesson
    assert "## A section" in lesson
    said = " ".join(each.what for each in intake.findings)
    assert "HTML is not used here" in said
    assert "a link to `#here` was left out" in said
    assert faults_in(completed(source)) == []


def test_a_lesson_from_a_file_leaves_the_key_of_the_pretest_free(tmp_path: Path):
    notes = b"# A course\n\n## A part\n\n### Pretest\n\nWords.\n"
    assert "a-part/pretest-2.md" in brought(tmp_path, "notes.md", notes).source.files


def word(tmp_path: Path) -> bytes:
    """A document with everything that is understood, and a comment on what is not."""
    document = docx.Document()
    document.add_heading("Serving people", 0)
    document.add_heading("The counter", 1)
    document.add_heading("Before noon", 2)
    first = document.add_paragraph("People ")
    first.add_run("wait").bold = True
    first.add_run(" here, see ")
    link = OxmlElement("w:hyperlink")
    to = document.part.relate_to(
        "https://example.org/x", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    link.set(qn("r:id"), to)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "the rule"
    run.append(text)
    link.append(run)
    first._p.append(link)
    document.add_heading("Why they wait", 3)
    document.add_paragraph("Few desks", style="List Bullet")
    document.add_paragraph("At lunch", style="List Bullet 2")
    document.add_paragraph("Take a number", style="List Number")
    table = document.add_table(2, 2)
    for number, cell in enumerate(table._cells):
        cell.text = f"cell {number} | *"
    (tmp_path / "p.png").write_bytes(PICTURE)
    document.add_picture(str(tmp_path / "p.png"))
    document.inline_shapes[0]._inline.docPr.set("descr", "A counter")
    formula = OxmlElement("m:oMath")
    document.add_paragraph("1. is no list, but ")._p.append(formula)
    document.add_heading("After noon", 2)
    document.add_paragraph("Nobody comes.")
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()


def test_a_word_document_becomes_a_course_and_says_what_was_lost(tmp_path: Path):
    intake = brought(tmp_path, "serving.docx", word(tmp_path))
    files = {
        path: each for path, each in intake.source.files.items() if path.endswith((".md", ".yaml"))
    }
    assert sorted(files) == [
        "course.yaml", "the-counter/after-noon.md", "the-counter/before-noon.md",
        "the-counter/module.yaml",
    ]  # fmt: skip
    lesson = files["the-counter/before-noon.md"].decode()
    for piece in (
        "People **wait** here, see [the rule](https://example.org/x)", "## Why they wait",
        "- Few desks\n  - At lunch", "1. Take a number", "| cell 0 \\| \\* |", '"A counter"',
        "1\\. is no list",
    ):  # fmt: skip
        assert piece in lesson
    (formula,) = [each for each in intake.findings if "formula" in each.what]
    assert formula.path == "serving.docx"
    assert "under “Why they wait”" in formula.what
    assert faults_in(completed(intake.source)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<w:document ", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document '),
        (b"<w:body>", b"<w:body>" + b"<w:sdt>" * 5000 + b"</w:sdt>" * 5000),
        (b"</w:body>", b""),
    ],
)
def test_a_word_document_that_means_harm_is_refused(tmp_path, old, new):
    files = files_in(word(tmp_path))
    part = files["word/document.xml"]
    assert part.count(old) == 1
    harmful = packed({**files, "word/document.xml": part.replace(old, new)})
    with pytest.raises(CourseFaulty, match="cannot be read"):
        brought(tmp_path, "x.docx", harmful)


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.lists(
        st.sampled_from([*"#*_->`|:[]<$&!1.() ab\n", "\n\n", "    ", "# ", "## ", ":::", "---"]),
        max_size=40,
    )
)
def test_whatever_markdown_says_it_becomes_a_course_without_faults_of_form(parts):
    text, faults = "".join(parts), Faults()
    assume(text.strip())
    source = course_of("notes", "en", sections_in({"a.md": text.encode()}, {}, faults), faults)
    assert not any("canonical" in each.what for each in check_course(source, RECOMMENDATIONS)), text
    assert faults_in(completed(source)) == [], text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    register = tmp_path / "courses" / "recommendations"
    register.mkdir(parents=True)
    known = "".join(f"  - {{id: {key}}}\n" for key in RECOMMENDATIONS)
    (register / "recommendations.yaml").write_text(f"recommendations:\n{known}")
    return tmp_path / "courses"


def run(command, *words: object):
    return CliRunner().invoke(command, [str(each) for each in words], obj=Settings())


def test_the_commands_take_a_course_out_and_in(folder, tmp_path):
    for kind in ("zip", "epub", "pdf", "site"):
        target = tmp_path / f"minimal.{kind}"
        options = ("--as", kind, "--to", target)
        out = run(export_course, "full", *options, "--folder", examples(tmp_path, folder))
        assert out.exit_code == 0, out.output
        assert target.stat().st_size > 1000
    archive = tmp_path / "minimal.zip"
    checked = run(import_course, archive, "--check", "--folder", folder)
    assert checked.exit_code == 0, checked.output
    assert not (folder / "full").exists()
    assert "no faults" in run(import_course, archive, "--folder", folder).output
    again = run(import_course, archive, "--folder", folder)
    assert again.exit_code == 1
    assert "There is a folder full already." in again.output
    (tmp_path / "bad.zip").write_bytes(packed({**example("full").files, "page.html": b"x"}, "bad"))
    bad = run(import_course, tmp_path / "bad.zip", "--folder", folder)
    assert "Nothing was written." in bad.output
    assert not (folder / "bad").exists()


def test_a_zip_whose_folder_is_no_key_comes_in_under_the_key_that_is_named(tmp_path, folder):
    archive = tmp_path / "Course.zip"
    archive.write_bytes(packed(example("minimal").files, "My Course"))
    refused = run(import_course, archive, "--folder", folder)
    assert "the folder's name `My Course` cannot be a course's key" in refused.output
    named = run(import_course, archive, "--slug", "my-course", "--folder", folder)
    assert named.exit_code == 0
    assert (folder / "my-course" / "course.yaml").is_file()


def examples(tmp_path: Path, folder: Path) -> Path:
    """The examples beside a register, linked once."""
    place = tmp_path / "examples"
    if not place.exists():
        place.mkdir()
        (place / "full").symlink_to(EXAMPLES / "full")
        (place / "recommendations").symlink_to(folder / "recommendations")
    return place
