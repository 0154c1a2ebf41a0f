"""Outlines: the modules, lessons and quizzes of a draft, read from its files as they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.catalogue.compiling.declarations import (
    CourseDeclaration,
    LessonHead,
    ModuleDeclaration,
    QuizDeclaration,
)
from app.catalogue.compiling.manuscripts import split_lesson
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.studio.drafts import DraftText
from app.studio.sheets import Sheet, SheetUnreadable

COURSE = "course.yaml"
LESSON, SCENARIO, QUIZ, FINAL = "lesson", "scenario", "quiz", "final"


@dataclass(frozen=True)
class Part:
    """A lesson, scenario or quiz; `title` is its key where its file does not say one."""

    key: str
    kind: str
    path: str
    title: str
    is_there: bool


@dataclass(frozen=True)
class ModuleParts:
    """A module with its parts in order."""

    key: str
    path: str
    title: str
    parts: tuple[Part, ...]

    @property
    def lessons(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.kind == LESSON)

    @property
    def has_quiz(self) -> bool:
        return any(part.kind == QUIZ for part in self.parts)


@dataclass(frozen=True)
class Outline:
    """The course as its files say it: title and summary, modules, and the final if there is one."""

    title: str
    summary: str
    language: str
    modules: tuple[ModuleParts, ...]
    final: Part | None

    @property
    def parts(self) -> Iterator[Part]:
        for module in self.modules:
            yield from module.parts
        if self.final:
            yield self.final

    def module(self, key: str) -> ModuleParts:
        """The module of this key; raises PartUnknown."""
        for each in self.modules:
            if each.key == key:
                return each
        raise PartUnknown

    def part(self, key: str, *kinds: str) -> Part:
        """The part of this key and of one of the kinds; raises PartUnknown."""
        for each in self.parts:
            if each.key == key and (not kinds or each.kind in kinds):
                return each
        raise PartUnknown

    def module_of(self, part: Part) -> ModuleParts | None:
        return next((each for each in self.modules if part in each.parts), None)


class PartUnknown(NotFound):
    """The draft has no such module, lesson or quiz."""

    says = N_("The draft has no such part.")
    mend = N_("Somebody may have moved it or taken it out. Look at the outline again.")


class CourseMissing(NotFound):
    """The draft has no course.yaml, so that it has no outline."""

    says = N_("The draft has no course.yaml.")
    mend = N_("Take the change back that removed it.")


def outline_of(texts: Mapping[str, DraftText]) -> Outline:
    """The outline that the files say; what a list names and no file holds is marked as not there.

    Raises CourseMissing or SheetUnreadable for a course.yaml that cannot be read.
    """
    course = course_sheet(texts)
    final = str(course.value("final") or "")
    return Outline(
        title=str(course.value("title") or ""),
        summary=str(course.value("summary") or ""),
        language=str(course.value("language") or "en"),
        modules=tuple(_module(texts, key) for key in course.keys("modules")),
        final=_quiz(texts, "", final, FINAL) if final else None,
    )


def course_sheet(texts: Mapping[str, DraftText]) -> Sheet:
    """course.yaml as it stands; raises CourseMissing or SheetUnreadable."""
    if COURSE not in texts:
        raise CourseMissing
    return Sheet(COURSE, texts[COURSE].text, CourseDeclaration)


def module_sheet(texts: Mapping[str, DraftText], key: str) -> Sheet | None:
    """The module's file as it stands, if it can be read."""
    return _sheet(texts, f"{key}/module.yaml", ModuleDeclaration)


def lesson_head(text: str, path: str) -> Sheet | None:
    """The head of a lesson's text, if it can be read."""
    parts = split_lesson(text)
    return _read(path, parts[0], LessonHead) if parts else None


def _module(texts: Mapping[str, DraftText], key: str) -> ModuleParts:
    sheet = module_sheet(texts, key)
    if sheet is None:
        return ModuleParts(key, f"{key}/module.yaml", key, ())
    parts = [_lesson(texts, key, each) for each in sheet.keys("lessons")]
    parts += [_quiz(texts, key, each, SCENARIO) for each in sheet.keys("scenarios")]
    quiz = sheet.value("quiz")
    parts += [_quiz(texts, key, str(quiz), QUIZ)] if quiz else []
    title = str(sheet.value("title") or key)
    return ModuleParts(key, f"{key}/module.yaml", title, tuple(parts))


def _lesson(texts: Mapping[str, DraftText], module: str, key: str) -> Part:
    path = f"{module}/{key}.md"
    there = texts.get(path)
    head = lesson_head(there.text, path) if there else None
    title = str((head and head.value("title")) or key)
    return Part(key, LESSON, path, title, there is not None)


def _quiz(texts: Mapping[str, DraftText], module: str, key: str, kind: str) -> Part:
    path = f"{module}/{key}.yaml" if module else f"{key}.yaml"
    title = title_in(texts[path].text) if path in texts else ""
    return Part(key, kind, path, title or key, path in texts)


def title_in(text: str) -> str:
    """The title that a file opens with: reading all of its items for it would be slow."""
    head = "".join(f"{line}\n" for line in _until_items(text))
    sheet = _read("", head, QuizDeclaration)
    return str((sheet and sheet.value("title")) or "")


def _until_items(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line.startswith(("items:", "steps:", "outcomes:")):
            return
        yield line


def _sheet(
    texts: Mapping[str, DraftText], path: str, model: type[ModuleDeclaration]
) -> Sheet | None:
    return _read(path, texts[path].text, model) if path in texts else None


def _read(
    path: str, text: str, model: type[ModuleDeclaration | LessonHead | QuizDeclaration]
) -> Sheet | None:
    try:
        return Sheet(path, text, model)
    except SheetUnreadable:
        return None
