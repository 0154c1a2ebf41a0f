"""Intakes: what somebody brings, told apart: a course's folder or zip, Markdown, or a .docx."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from app.catalogue.compiling.faults import CourseFaulty, Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder
from app.i18n.sayings import Saying, saying
from app.studio.packages.archives import WHOLE_LIMIT, unpacked
from app.studio.packages.arrivals import COURSE_FILE, course_in
from app.studio.packages.outlines import Sections, course_of, key_of, sections_in
from app.studio.packages.wordfiles import written_out

Reading = tuple[CourseFiles, tuple[Fault, ...]]


class Intake(NamedTuple):
    """A course as it came; a draft was no course before, and its findings say what was lost."""

    source: CourseFiles
    findings: tuple[Fault, ...]
    is_draft: bool


def intake_of(path: Path, slug: str = "", language: str = "en") -> Intake:
    """What lies at the path; raises CourseFaulty when it is nothing that can be read."""
    if path.is_dir():
        return _folder(path, slug, language)
    if path.stat().st_size > WHOLE_LIMIT:
        raise _faulty(
            path.name,
            saying("over %(limit)s MB", limit=WHOLE_LIMIT // 1_000_000),
            saying("make it smaller"),
        )
    content = path.read_bytes()
    readers: Mapping[str, Callable[[bytes, str, str, str], Intake]] = {
        ".zip": _zip, ".docx": _docx, ".md": _markdown,
    }  # fmt: skip
    read = readers.get(path.suffix.lower())
    if read is None:
        what = saying("a file `%(name)s` cannot be imported", name=path.suffix or path.name)
        raise _faulty(path.name, what, saying("bring a .zip, a .docx, a .md or a folder"))
    return read(content, path.name, slug, language)


def _folder(path: Path, slug: str, language: str) -> Intake:
    faults = Faults()
    source = read_folder(path, faults)
    if faults.are_grave:
        raise CourseFaulty(faults.in_order())
    if COURSE_FILE in source.files:
        return Intake(CourseFiles(slug or key_of(path.stem), source.files), (), is_draft=False)
    return _notes(source.files, path.name, slug, language)


def _zip(content: bytes, name: str, slug: str, language: str) -> Intake:
    files = unpacked(content, name)
    if any(each.rpartition("/")[2] == COURSE_FILE for each in files):
        return Intake(course_in(content, name, slug), (), is_draft=False)
    return _notes(files, name, slug, language)


def _markdown(content: bytes, name: str, slug: str, language: str) -> Intake:
    return _notes({name: content}, name, slug, language)


def _notes(files: Mapping[str, bytes], name: str, slug: str, language: str) -> Intake:
    """A folder of plain Markdown, in the order of its names."""
    faults = Faults()
    texts = {each: content for each, content in files.items() if each.lower().endswith(".md")}
    if not texts:
        raise _faulty(
            name, saying("it holds neither course.yaml nor Markdown"), saying("bring .md files")
        )
    sections = sections_in(texts, files, faults)
    return Intake(_course(name, slug, language, sections, faults), faults.in_order(), is_draft=True)


def _docx(content: bytes, name: str, slug: str, language: str) -> Intake:
    faults = Faults()
    text, media = written_out(unpacked(content, name), name, faults)
    files = {name.rsplit(".", 1)[0] + ".md": text.encode(), **media}
    sections = sections_in({next(iter(files)): text.encode()}, files, faults)
    return Intake(_course(name, slug, language, sections, faults), faults.in_order(), is_draft=True)


def _course(name: str, slug: str, language: str, sections: Sections, faults: Faults) -> CourseFiles:
    """The draft of a course under the key that was asked for, or that the name gives it."""
    return course_of(slug or key_of(Path(name).stem), language, sections, faults)


def _faulty(name: str, what: Saying, mend: Saying) -> CourseFaulty:
    faults = Faults()
    faults.add(name, 1, what, mend)
    return CourseFaulty(faults.in_order())
