"""Arrangements: parts of a draft added, named, moved and taken out, as edits of its files.

Each reads the draft under its lock and writes all files that it touches as one revision.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.catalogue.activities import PRETEST
from app.catalogue.compiling.declarations import (
    ModuleDeclaration,
    QuizDeclaration,
    ScenarioDeclaration,
)
from app.catalogue.compiling.manuscripts import split_lesson
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.studio import beginnings
from app.studio.beginnings import Say, key_from
from app.studio.changes import lock, write
from app.studio.drafts import Draft, DraftText, texts_of
from app.studio.outlines import (
    COURSE,
    LESSON,
    QUIZ,
    SCENARIO,
    Outline,
    Part,
    PartUnknown,
    course_sheet,
    lesson_head,
    outline_of,
)
from app.studio.sheets import Sheet, SheetUnreadable


class LastModule(Refusal):
    """A course has at least one module."""

    says = N_("A course needs at least one module.")
    mend = N_("Add another one before you take this one out.")


class Desk:
    """A locked draft with its files, and the changes that gather before they are written."""

    def __init__(self, db: Session, author_id: int, draft: Draft) -> None:
        lock(db, draft)
        self.db, self.author_id, self.draft = db, author_id, draft
        self.texts: dict[str, DraftText] = texts_of(db, draft)
        self.outline: Outline = outline_of(self.texts)
        self.course: Sheet = course_sheet(self.texts)
        self._wanted: dict[str, bytes | None] = {}

    def write(self, path: str, text: str) -> None:
        self._wanted[path] = text.encode()

    def put(self, path: str, content: bytes | None) -> None:
        self._wanted[path] = content

    def module(self, key: str) -> Sheet:
        path = f"{key}/module.yaml"
        if path not in self.texts:
            raise PartUnknown
        return Sheet(path, self.texts[path].text, ModuleDeclaration)

    @property
    def taken(self) -> set[str]:
        """Every key that a new part must not have."""
        stems = {path.rpartition("/")[2].partition(".")[0] for path in self.texts}
        return {PRETEST} | stems | {path.partition("/")[0] for path in self.texts if "/" in path}

    def done(self) -> int:
        """Write all that has gathered; gives the draft's revision."""
        return write(self.db, self.author_id, self.draft, self._wanted)


def add_module(db: Session, author_id: int, draft: Draft, title: str, say: Say) -> str:
    """A module with one lesson at the end of the course; gives its key."""
    desk = Desk(db, author_id, draft)
    key = key_from(title, desk.taken, "module")
    lesson = key_from(f"{key} 1", {*desk.taken, key}, "lesson")
    answered, outcomes = _firsts(desk)
    desk.write(f"{key}/module.yaml", beginnings.new_module(title, answered, outcomes, lesson))
    text = beginnings.new_lesson(
        say(beginnings.A_LESSON), answered[0], outcomes, say(beginnings.OPENING)
    )
    desk.write(f"{key}/{lesson}.md", text)
    desk.course.put("modules", [*desk.course.keys("modules"), key])
    desk.write(COURSE, desk.course.text())
    desk.done()
    return key


def add_lesson(db: Session, author_id: int, draft: Draft, module: str, title: str, say: Say) -> str:
    """A lesson at the end of a module's lessons; gives its key."""
    desk = Desk(db, author_id, draft)
    sheet = desk.module(module)
    key = key_from(title, desk.taken, "lesson")
    answered, outcomes = _firsts(desk)
    answered = sheet.keys("recommendations") or answered
    outcomes = sheet.keys("outcomes")[:1] or outcomes
    text = beginnings.new_lesson(title, answered[0], outcomes, say(beginnings.OPENING))
    desk.write(f"{module}/{key}.md", text)
    sheet.put("lessons", [*sheet.keys("lessons"), key])
    desk.write(f"{module}/module.yaml", sheet.text())
    desk.done()
    return key


def add_quiz(db: Session, author_id: int, draft: Draft, module: str, say: Say) -> str:
    """The quiz of a module, or the final assessment where none is named; gives its key."""
    desk = Desk(db, author_id, draft)
    sheet = desk.module(module) if module else desk.course
    field = "quiz" if module else "final"
    known = sheet.value(field)
    if known:
        return str(known)
    key = key_from(f"{module} quiz" if module else "final assessment", desk.taken, "quiz")
    outcomes = (sheet.keys("outcomes") if module else []) or _firsts(desk)[1]
    item = beginnings.new_item(f"{key}-1"[:64], (outcomes or [""])[0], [], say)
    title = say(beginnings.QUIZ_TITLE if module else beginnings.FINAL_TITLE)
    path = f"{module}/{key}.yaml" if module else f"{key}.yaml"
    desk.write(path, beginnings.new_quiz(title, item))
    sheet.put(field, key)
    if not module:
        completion = dict(desk.course.value("completion", {})) | {"final": "passed"}
        sheet.put("completion", completion)
    desk.write(f"{module}/module.yaml" if module else COURSE, sheet.text())
    desk.done()
    return key


def rename(db: Session, author_id: int, draft: Draft, key: str, title: str) -> int:
    """Give a module, lesson, scenario or quiz another title; its key stays for ever."""
    desk = Desk(db, author_id, draft)
    if key in desk.course.keys("modules"):
        sheet = desk.module(key)
        sheet.put("title", title)
        desk.write(f"{key}/module.yaml", sheet.text())
        return desk.done()
    part = desk.outline.part(key)
    there = desk.texts.get(part.path)
    if there is None:
        raise PartUnknown
    desk.write(part.path, _titled(part, there.text, title))
    return desk.done()


def move_module(db: Session, author_id: int, draft: Draft, key: str, place: int) -> int:
    """Put a module at a place among the modules, from 0."""
    desk = Desk(db, author_id, draft)
    desk.outline.module(key)
    keys = [each for each in desk.course.keys("modules") if each != key]
    keys.insert(max(0, min(place, len(keys))), key)
    desk.course.put("modules", keys)
    desk.write(COURSE, desk.course.text())
    return desk.done()


def move_lesson(
    db: Session, author_id: int, draft: Draft, key: str, module: str, place: int
) -> int:
    """Put a lesson at a place in a module, from 0; its file moves with it."""
    desk = Desk(db, author_id, draft)
    part = desk.outline.part(key, LESSON)
    home = desk.outline.module_of(part)
    target = desk.outline.module(module)
    if home is None or not part.is_there:
        raise PartUnknown
    source, goal = desk.module(home.key), desk.module(target.key)
    keys = [each for each in goal.keys("lessons") if each != key]
    keys.insert(max(0, min(place, len(keys))), key)
    if home.key != target.key:
        source.put("lessons", [each for each in source.keys("lessons") if each != key])
        desk.write(home.path, source.text())
        desk.put(part.path, None)
        desk.put(f"{target.key}/{key}.md", desk.texts[part.path].content)
    goal.put("lessons", keys)
    desk.write(target.path, goal.text())
    return desk.done()


def remove_part(db: Session, author_id: int, draft: Draft, key: str) -> int:
    """Take a module with all in it, a lesson, scenario or quiz out; raises LastModule."""
    desk = Desk(db, author_id, draft)
    if key in desk.course.keys("modules"):
        return _without_module(desk, key)
    part = desk.outline.part(key)
    module = desk.outline.module_of(part)
    if module is None:
        desk.course.put("final", None)
        completion = dict(desk.course.value("completion", {})) | {"final": "none"}
        desk.course.put("completion", completion)
        desk.write(COURSE, desk.course.text())
    else:
        sheet = desk.module(module.key)
        if part.kind == QUIZ:
            sheet.put("quiz", None)
        else:
            field = {LESSON: "lessons", SCENARIO: "scenarios"}[part.kind]
            sheet.put(field, [each for each in sheet.keys(field) if each != key])
        desk.write(module.path, sheet.text())
    if part.is_there:
        desk.put(part.path, None)
    return desk.done()


def _without_module(desk: Desk, key: str) -> int:
    keys = [each for each in desk.course.keys("modules") if each != key]
    if not keys:
        raise LastModule
    desk.course.put("modules", keys)
    desk.write(COURSE, desk.course.text())
    for path in desk.texts:
        if path.startswith(f"{key}/"):
            desk.put(path, None)
    return desk.done()


def _firsts(desk: Desk) -> tuple[list[str], list[str]]:
    """The first recommendation and the first outcome of the course, for a new part to name."""
    outcomes = desk.course.value("outcomes", [])
    known = [str(each["key"]) for each in outcomes if isinstance(each, Mapping) and each.get("key")]
    return desk.course.keys("recommendations")[:1] or [""], known[:1]


def _titled(part: Part, text: str, title: str) -> str:
    if part.kind == LESSON:
        head, halves = lesson_head(text, part.path), split_lesson(text)
        if head is None or halves is None:
            raise SheetUnreadable(path=part.path)
        head.put("title", title)
        return f"---\n{head.text()}---\n{halves[1]}"
    sheet = Sheet(
        part.path, text, ScenarioDeclaration if part.kind == SCENARIO else QuizDeclaration
    )
    sheet.put("title", title)
    return sheet.text()
