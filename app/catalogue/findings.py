"""Findings: all that a check says of courses: the faults that refuse them, and remarks."""

from collections.abc import Collection, Iterable
from pathlib import Path

from app.catalogue.compiling.documents import Document, read_document
from app.catalogue.compiling.drafts import drafted, untranslated
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder
from app.catalogue.compiling.formats import check_formats
from app.catalogue.compiling.manuscripts import read_manuscript
from app.catalogue.pedagogy.remarks import remark_on_pedagogy
from app.catalogue.pedagogy.stances import Stance, check_stances, stances_in

REGISTER = Path("recommendations") / "recommendations.yaml"


def check_course(source: CourseFiles, recommendations: Collection[str]) -> tuple[Fault, ...]:
    """Every fault of the course in one run, and the remarks of the compiler and of pedagogy."""
    faults = Faults()
    draft = drafted(source, recommendations, untranslated, faults)
    check_formats(draft.manuscript.files, source.slug, faults)
    remark_on_pedagogy(draft.manuscript, faults)
    return faults.in_order()


def check_folder(course: Path, recommendations: Collection[str]) -> tuple[Fault, ...]:
    """The same for a course on disk, with the faults of its files there."""
    faults = Faults()
    source = read_folder(course, faults)
    return tuple(sorted({*faults.in_order(), *check_course(source, recommendations)}))


def check_coverage(
    folder: Path, courses: Iterable[Path]
) -> tuple[tuple[Fault, ...], tuple[Stance, ...]]:
    """The faults of the register beside the courses, and what each recommendation is answered by."""
    faults = Faults()
    path = str(REGISTER)
    register = _register(folder, faults)
    if register is None:
        return faults.in_order(), ()
    unread = Faults()  # what cannot be read is said where its course is checked
    manuscripts = [read_manuscript(read_folder(course, unread), unread) for course in courses]
    stances = stances_in(register, manuscripts)
    check_stances(path, stances, faults)
    return faults.in_order(), tuple(stances)


def _register(folder: Path, faults: Faults) -> Document | None:
    text = (folder / REGISTER).read_text(encoding="utf-8")
    return read_document(str(REGISTER), text, faults)
