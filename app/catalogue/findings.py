"""Findings: all that a check says of courses: the faults that refuse them, and remarks."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from app.catalogue.compiling.documents import Document, read_document
from app.catalogue.compiling.drafts import drafted, untranslated
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder
from app.catalogue.compiling.formats import check_formats
from app.catalogue.compiling.manuscripts import Manuscript
from app.catalogue.pedagogy.remarks import remark_on_pedagogy
from app.catalogue.pedagogy.stances import Stance, check_stances, stances_in
from app.catalogue.registers import RECOMMENDATIONS


class Checked(NamedTuple):
    """A course as a check has read it, with all that was found."""

    faults: tuple[Fault, ...]
    manuscript: Manuscript


def check_course(source: CourseFiles, recommendations: Collection[str]) -> tuple[Fault, ...]:
    """Every fault of the course in one run, and the remarks of the compiler and of pedagogy."""
    return _checked(source, recommendations, Faults()).faults


def _checked(source: CourseFiles, recommendations: Collection[str], faults: Faults) -> Checked:
    draft = drafted(source, recommendations, untranslated, faults)
    check_formats(draft.manuscript.files, source.slug, faults)
    remark_on_pedagogy(draft.manuscript, faults)
    return Checked(faults.in_order(), draft.manuscript)


def check_folder(course: Path, recommendations: Collection[str]) -> Checked:
    """The same for a course on disk, with the faults of its files there."""
    unread = Faults()
    checked = _checked(read_folder(course, unread), recommendations, Faults())
    return checked._replace(faults=tuple(sorted({*unread.in_order(), *checked.faults})))


def check_coverage(
    folder: Path, manuscripts: Sequence[Manuscript]
) -> tuple[tuple[Fault, ...], tuple[Stance, ...]]:
    """The faults of the register beside the courses, and what each recommendation is answered by."""
    faults = Faults()
    path = str(RECOMMENDATIONS)
    register = _register(folder, faults)
    if register is None:
        return faults.in_order(), ()
    stances = stances_in(register, manuscripts)
    check_stances(path, stances, faults)
    return faults.in_order(), tuple(stances)


def _register(folder: Path, faults: Faults) -> Document | None:
    text = (folder / RECOMMENDATIONS).read_text(encoding="utf-8")
    return read_document(str(RECOMMENDATIONS), text, faults)
