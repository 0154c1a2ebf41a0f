"""Makers of books: the full example in a language of its own, with a quiz for practice."""

import io
import zipfile
from dataclasses import replace
from datetime import date

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.compiled import CompiledCourse
from app.catalogue.compiling.folders import CourseFiles
from app.i18n.catalogues import translations_for
from app.studio.packages.books import Book, Imprint, book_of
from tests.makers.sources import RECOMMENDATIONS, example

ADDRESS = "https://learn.example/en/courses/full"
IMPRINT = Imprint(3, date(2026, 11, 25), ("Training institute",), ADDRESS)
PRACTICE = "reading-results/reading-quiz.yaml"


def full_source(language: str = "en") -> CourseFiles:
    """The full example, written in this language as far as the platform speaks for itself."""
    files = dict(example("full").files)
    if language not in ("en", "fr"):
        files = {path: each for path, each in files.items() if not path.startswith("translations")}
        said = files["course.yaml"].replace(b"language: en", f"language: {language}".encode())
        files["course.yaml"] = said
    files[PRACTICE] = files[PRACTICE].replace(b"required: true", b"required: false")
    return CourseFiles("full", files)


def compiled_in(language: str = "en") -> CompiledCourse:
    source = full_source(language)
    return compile_course(source, RECOMMENDATIONS, lambda code: translations_for(code).gettext)


def make_book(language: str = "en", **rule: str) -> Book:
    """The book of the full example, with these parts of its rule in place of its own."""
    compiled = compiled_in(language)
    return book_of(replace(compiled, rule=compiled.rule | rule), language, IMPRINT)


def files_in(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
