"""Publishing a folder of courses, and making compiled forms anew."""

import shutil

import pytest
from sqlalchemy import func, select, update

from app.catalogue.compiling.compiled import COMPILER
from app.catalogue.compiling.faults import CourseFaulty
from app.catalogue.publications import publish_folder, recompile
from app.catalogue.registers import RegisterMissing, RegisterUnreadable
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.settings import ROOT
from tests.makers.sources import EXAMPLES


@pytest.fixture
def folder(tmp_path):
    """The two example courses with the register and the institutions of the house."""
    shutil.copytree(EXAMPLES, tmp_path / "courses")
    shutil.copytree(ROOT / "courses" / "recommendations", tmp_path / "courses" / "recommendations")
    shutil.copy(ROOT / "courses" / "institutions.yaml", tmp_path / "courses")
    return tmp_path / "courses"


def texts(db, version_id):
    return db.scalar(select(func.count()).where(CompiledText.version_id == version_id))


def test_the_same_source_again_makes_no_new_version(db, folder):
    assert [(each.slug, each.number, each.is_new) for each in publish_folder(db, folder)] == [
        ("full", 1, True),
        ("minimal", 1, True),
    ]
    assert not [each for each in publish_folder(db, folder) if each.is_new]


def test_a_faulty_course_is_named_with_its_folder_and_nothing_is_published(db, folder):
    (folder / "minimal" / "course.yaml").write_text("title: Nothing else\n")
    with pytest.raises(CourseFaulty, match=r"minimal/course\.yaml:1: "), db.begin_nested():
        publish_folder(db, folder)
    assert db.scalar(select(func.count()).select_from(CourseVersion)) == 0


@pytest.mark.parametrize("name", ["institutions.yaml", "recommendations/recommendations.yaml"])
@pytest.mark.parametrize(
    ("text", "line"), [(b"- key: a\n  name: [\n", 3), (b"caf\xe9\n", 1), (b"a: b\n", 1)]
)
def test_a_register_that_cannot_be_read_is_named_with_its_line(db, folder, name, text, line):
    (folder / name).write_bytes(text)
    with pytest.raises(RegisterUnreadable) as refusal:
        publish_folder(db, folder)
    assert refusal.value.values == {"path": folder / name, "line": line}


def test_a_folder_without_a_register_is_refused(db, tmp_path):
    with pytest.raises(RegisterMissing):
        publish_folder(db, tmp_path)


def test_a_version_that_the_compiler_refuses_today_keeps_its_form(db, folder):
    publish_folder(db, folder)
    versions = dict(
        db.execute(
            select(VersionFile.path, VersionFile.version_id).where(
                VersionFile.path.in_(["first-module/first-quiz.yaml", "final-assessment.yaml"])
            )
        ).all()
    )
    minimal, full = versions["first-module/first-quiz.yaml"], versions["final-assessment.yaml"]
    before = texts(db, minimal)
    db.execute(update(CourseVersion).values(compiler=COMPILER - 1))
    quiz = select(VersionFile.hash).where(VersionFile.path == "first-module/first-quiz.yaml")
    db.execute(
        update(Source).where(Source.hash == quiz.scalar_subquery()).values(bytes=b"title: A\n")
    )
    made = {each.slug: each for each in recompile(db)}
    assert made["full"].faults == ()
    assert [fault.path for fault in made["minimal"].faults] == ["first-module/first-quiz.yaml"]
    assert texts(db, minimal) == before
    compilers = dict(db.execute(select(CourseVersion.id, CourseVersion.compiler)).all())
    assert compilers == {full: COMPILER, minimal: COMPILER - 1}


def test_a_course_made_from_anothers_keeps_its_licence_but_its_owners_are_free(db, folder):
    course = folder / "minimal" / "course.yaml"
    written = course.read_text(encoding="utf-8")
    told = "{course: SLUG, version: 1, title: A, owners: [B], licence: CC-BY-SA-4.0, address: "
    stamp = f"adapted_from:\n  - {told}'https://example.org/a'}}\nmodules:"
    course.write_text(written.replace("modules:", stamp.replace("SLUG", "elsewhere")))
    with pytest.raises(CourseFaulty, match="cannot be under"), db.begin_nested():
        publish_folder(db, folder)
    course.write_text(written.replace("modules:", stamp.replace("SLUG", "full")))
    assert {each.slug for each in publish_folder(db, folder) if each.is_new} == {"full", "minimal"}
