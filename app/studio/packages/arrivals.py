"""Arrivals: a course that comes from outside, looked at whole and put into its folder whole."""

import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from app.catalogue.compiling.faults import CourseFaulty, Fault, Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.findings import check_course
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.i18n.sayings import saying
from app.studio.packages.archives import unpacked
from app.studio.packages.contents import refuse_active

COURSE_FILE = "course.yaml"


class CourseThere(Refusal):
    """A course of this name has a folder already; an import never writes over one."""

    says = N_("There is a folder %(slug)s already.")
    mend = N_("Name another folder, or move the one that is there away.")


class Arrival(NamedTuple):
    """A course from outside, with all that the check says of it."""

    source: CourseFiles
    findings: tuple[Fault, ...]

    @property
    def is_good(self) -> bool:
        return not any(fault.is_grave for fault in self.findings)


def course_in(content: bytes, name: str, slug: str = "") -> CourseFiles:
    """The course in an archive of the folder format; raises CourseFaulty for a bad archive.

    Its files lie in one folder, which names the course, or at the top; then `slug` or the
    archive's own name does.
    """
    files = unpacked(content, name)
    tops = {path.partition("/")[0] for path in files}
    if COURSE_FILE not in files and len(tops) == 1:
        (top,) = tops
        files = {path.removeprefix(f"{top}/"): each for path, each in files.items()}
        slug = slug or top
    if COURSE_FILE not in files:
        faults = Faults()
        what = saying("the archive holds no course.yaml, at its top or in its one folder")
        faults.add(name, 1, what, saying("pack the course's folder"))
        raise CourseFaulty(faults.in_order())
    return CourseFiles(slug or Path(name).name.removesuffix(".zip"), files)


def looked_at(source: CourseFiles, recommendations: Collection[str]) -> Arrival:
    """The course with every fault of a course and of active content, and every remark."""
    faults = Faults()
    refuse_active(source.files, faults)
    found = {*faults.in_order(), *check_course(source, recommendations)}
    return Arrival(source, tuple(sorted(found)))


def put_down(source: CourseFiles, folder: Path) -> Path:
    """The course's own folder below the folder, written beside its place and moved there whole.

    Raises CourseThere; whatever stops it leaves nothing behind.
    """
    place = folder / source.slug
    if os.path.lexists(place):
        raise CourseThere(slug=source.slug)
    staged = Path(tempfile.mkdtemp(prefix=f".{source.slug}-", dir=folder))
    try:
        _write(source.files, staged)
        staged.chmod(0o755)
        staged.rename(place)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return place


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for path, content in files.items():
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{path} leads out of its folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
