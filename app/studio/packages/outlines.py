"""Outlines: plain Markdown as a course: its headings become modules and lessons."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.catalogue.activities import PRETEST
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.formats import canonical
from app.catalogue.wordings import KEY_LENGTH
from app.i18n.sayings import saying
from app.studio.packages.rewritings import Rewriting, blocks_of

COURSE_FILE = "course.yaml"
_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


class Section(NamedTuple):
    """A heading with the blocks below it, up to the next one that ends a lesson or module."""

    level: int
    title: str
    path: str
    line: int
    blocks: list[list[Token]]


class Sections(NamedTuple):
    """All sections in order, and the files beside the texts, for their pictures."""

    listed: list[Section]
    files: Mapping[str, bytes]


def sections_in(texts: Mapping[str, bytes], files: Mapping[str, bytes], faults: Faults) -> Sections:
    """The sections of all texts; a file in a folder lies one level below the folder's name."""
    listed: list[Section] = []
    folder = ""
    for path, content in sorted(texts.items()):
        text = decoded(path, content, faults)
        if text is None:
            continue
        above = path.rpartition("/")[0].rpartition("/")[2]
        if above != folder and above:
            listed.append(Section(1, _named(above), path, 1, []))
        folder = above
        listed += _sections(path, text, 1 if above else 0)
    return Sections(listed, files)


def _sections(path: str, text: str, deeper: int) -> Iterator[Section]:
    name = _named(path.rpartition("/")[2].rsplit(".", 1)[0])
    current = Section(1 + deeper, name, path, 1, [])
    is_named = False
    for block in blocks_of(_PARSER.parse(text)):
        opening = block[0]
        if opening.type == "heading_open" and opening.level == 0:
            if is_named or current.blocks:
                yield current
            line = opening.map[0] + 1 if opening.map else 1
            level = int(opening.tag[1:]) + deeper
            current, is_named = Section(level, _plain(block[1]), path, line, []), True
        else:
            current.blocks.append(block)
    if is_named or current.blocks:
        yield current


def _plain(inline: Token) -> str:
    said = "".join(
        each.content or " " * (each.type == "softbreak") for each in inline.children or ()
    )
    return " ".join(said.replace("<", "‹").split())


class Lesson(NamedTuple):
    """A lesson to be written: its title and the sections that it is made of."""

    title: str
    sections: list[Section]


def course_of(slug: str, language: str, sections: Sections, faults: Faults) -> CourseFiles:
    """The course's folder, in canonical form; it lacks what only a person can say.

    Raises CourseFaulty for an empty text.
    """
    if not sections.listed:
        faults.add(
            COURSE_FILE,
            1,
            saying("the text is empty"),
            saying("bring one with headings and paragraphs"),
        )
        raise CourseFaulty(faults.in_order())
    title, modules = _arranged(sections.listed, slug)
    rewriting = Rewriting(sections.files, faults)
    used: set[str] = set()
    files: dict[str, str] = {}
    keys = []
    for name, lessons in modules:
        folder = key_of(name, used, "module")
        keys.append(folder)
        inside = []
        for lesson in lessons:
            key = key_of(lesson.title, used, "lesson")
            inside.append(key)
            body = rewriting.lesson(lesson.title, lesson.sections)
            files[f"{folder}/{key}.md"] = f"---\ntitle: {_quoted(lesson.title)}\n---\n{body}"
        files[f"{folder}/module.yaml"] = f"title: {_quoted(name)}\nlessons: [{', '.join(inside)}]\n"
    files[COURSE_FILE] = (
        f"title: {_quoted(title)}\nlanguage: {language}\nmodules: [{', '.join(keys)}]\n"
    )
    written = {path: canonical(path, text.encode()) for path, text in sorted(files.items())}
    return CourseFiles(slug, {**written, **rewriting.media})


def _arranged(listed: list[Section], slug: str) -> tuple[str, list[tuple[str, list[Lesson]]]]:
    """The course's title, and its modules by name with their lessons."""
    title = _named(slug)
    levels = sorted({each.level for each in listed})
    if levels and sum(each.level == levels[0] for each in listed) == 1 and len(levels) > 1:
        title, first = listed[0].title, listed[0]
        has_text = bool(first.blocks)
        listed = [first._replace(level=levels[1])] * has_text + listed[1:]
        levels = levels[1:]
    module_level = levels[0] if levels else 1
    lesson_level = levels[1] if len(levels) > 1 else module_level + 1
    modules: list[tuple[str, list[Lesson]]] = []
    for each in listed:
        if each.level <= module_level or not modules:
            modules.append((each.title, [Lesson(each.title, [each])] if each.blocks else []))
        elif each.level <= lesson_level:
            modules[-1][1].append(Lesson(each.title, [each]))
        elif modules[-1][1]:
            modules[-1][1][-1].sections.append(each)
        else:
            modules[-1][1].append(Lesson(each.title, [each]))
    return title, [(name, lessons or [Lesson(name, [])]) for name, lessons in modules]


def key_of(text: str, used: set[str] | None = None, otherwise: str = "course") -> str:
    """A key made of the text, which none of the used ones is; letters without Latin give none."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[: KEY_LENGTH - 4].strip("-") or otherwise
    if used is None:
        return key
    number, found = 1, key
    while found in used or found in (
        "module",
        "course",
        "bibliography",
        "glossary",
        "media",
        "translations",
        PRETEST,
    ):
        number += 1
        found = f"{key}-{number}"
    used.add(found)
    return found


def _named(stem: str) -> str:
    words = re.sub(r"^[0-9]+[-_. ]+", "", stem).replace("-", " ").replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) or stem


def _quoted(text: str) -> str:
    return json.dumps(text or "?", ensure_ascii=False)
