"""Makers of published courses, by the same publishing that files go through."""

import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.compiled import (
    CompiledActivity,
    CompiledCourse,
    CompiledEntry,
    CompiledModule,
    CompiledOutcome,
    CompiledText,
    SourceFile,
)
from app.catalogue.courses import Course
from app.catalogue.publishing import publish
from app.catalogue.recommendations import load_recommendations
from app.catalogue.versions import CourseVersion
from app.identity.institutions import Institution
from app.settings import ROOT
from tests.makers.people import make_institute

RULE = {"lessons": "all", "quizzes": "passed", "final": "passed"}
LESSON_MINUTES, QUIZ_MINUTES, FINAL_MINUTES = 10, 5, 15


def make_course(
    db: Session,
    title: str = "First aid at work",
    *,
    modules: int = 2,
    lessons: int = 2,
    quizzes: bool = True,
    final: bool = True,
    pretest: bool = False,
    rule: dict[str, str] | None = None,
    language: str = "en",
    translated: tuple[str, ...] = (),
    audience: str = "open",
    owner: Institution | None = None,
    keeps_progress: bool = True,
    edition: int = 1,
    recommendations: tuple[str, ...] = ("T0", "HR1"),
    files: dict[str, bytes] | None = None,
    entries: tuple[CompiledEntry, ...] = (),
) -> CourseVersion:
    """Publish a course; its slug is the title's words, `edition` makes another source of it.

    Modules are module-1 …, lessons lesson-1-1 …, quizzes quiz-1 …, the final is `final`.
    """
    load_recommendations(db, ROOT / "courses" / "recommendations")
    owner = owner or make_institute(db)
    activities = list(_activities(modules, lessons, quizzes=quizzes, final=final))
    for each in activities:
        each.settings.update({"pretest": pretest} if each.key == "final" else {})
    languages = (language, *translated)
    described = json.dumps(
        [title, modules, lessons, quizzes, final, rule, languages, edition, pretest]
    )
    sources = {"course.yaml": described.encode(), **(files or {})}
    compiled = CompiledCourse(
        slug=slug_of(title),
        source_language=language,
        institution_key=owner.key,
        audience=audience,
        licence="CC-BY-4.0",
        keeps_progress=keeps_progress,
        rule=rule or RULE,
        minutes=sum(each.minutes for each in activities),
        bytes=sum(each.bytes for each in activities),
        facts={
            "authors": ["The training unit"],
            "reviewers": [],
            "facts_checked": "2026-11-25",
            "languages": {
                each: {"fresh": 9, "stale": int(each != language), "missing": 0}
                for each in languages
            },
            "sdg": ["16.6"],
        },
        modules=tuple(_module(number, activities) for number in range(1, modules + 1)),
        activities=tuple(activities),
        outcomes=(CompiledOutcome("tell-urgent", 1, "analyse"),),
        alignments=tuple(_alignments(recommendations, modules, activities)),
        items=(),
        quiz_items=(),
        texts=tuple(
            text
            for each in languages
            for text in _texts(title, each, language, modules, activities)
        ),
        entries=entries,
        files=tuple(SourceFile(path, data, _hash(data)) for path, data in sources.items()),
        source_hash=_hash(described.encode()),
    )
    return publish(db, compiled).version


def slug_of(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


def slug_in(db: Session, version: CourseVersion) -> str:
    return db.scalars(select(Course.slug).where(Course.id == version.course_id)).one()


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _activities(
    modules: int, lessons: int, *, quizzes: bool, final: bool
) -> Iterator[CompiledActivity]:
    position = 0
    for module in range(1, modules + 1):
        for lesson in range(1, lessons + 1):
            position += 1
            yield _activity(f"lesson-{module}-{lesson}", module, position, LESSON_MINUTES)
        if quizzes:
            position += 1
            yield _activity(f"quiz-{module}", module, position, QUIZ_MINUTES)
    if final:
        yield _activity("final", 0, position + 1, FINAL_MINUTES)


def _activity(key: str, module: int, position: int, minutes: int) -> CompiledActivity:
    quiz = {"pass_mark": 70, "attempts": None, "time_limit": None, "draw": None, "shuffle": True}
    is_lesson = key.startswith("lesson")
    return CompiledActivity(
        key=key,
        module_key=f"module-{module}" if module else None,
        kind="lesson" if is_lesson else "quiz",
        position=position,
        minutes=minutes,
        bytes=minutes * 900,
        required=True,
        settings={} if is_lesson else {**quiz, "final": not module, "item_count": 6},
    )


def _module(number: int, activities: list[CompiledActivity]) -> CompiledModule:
    own = [each for each in activities if each.module_key == f"module-{number}"]
    minutes, size = sum(each.minutes for each in own), sum(each.bytes for each in own)
    return CompiledModule(f"module-{number}", number, minutes, size, ("tell-urgent",))


def _alignments(
    recommendations: tuple[str, ...], modules: int, activities: list[CompiledActivity]
) -> Iterator[tuple[str, str]]:
    yield from (("course", key) for key in recommendations)
    yield from ((f"module/module-{number}", recommendations[0]) for number in range(1, modules + 1))
    yield from (
        (f"lesson/{each.key}", recommendations[-1]) for each in activities if each.kind == "lesson"
    )


def _texts(
    title: str, language: str, source: str, modules: int, activities: list[CompiledActivity]
) -> Iterator[CompiledText]:
    """In another language every text begins with its code, and the second paragraphs are stale."""
    mark = "" if language == source else f"[{language}] "
    stale = f'<p lang="{source}" dir="ltr">A sentence not translated yet.</p>' if mark else ""
    purpose = f"{mark}Help a colleague until the doctor is there."
    parts = {"summary": f"{mark}What to do first.", "purpose": purpose, "untranslated": []}
    yield CompiledText("course", language, mark + title, f"<p>{purpose}</p>", parts, 3, 0)
    titled = {"untranslated": []}
    outcome = f"{mark}Tell an urgent case from one that can wait."
    yield CompiledText("outcome/tell-urgent", language, outcome, "", titled, 1, 0)
    for number in range(1, modules + 1):
        owner, text = f"module/module-{number}", f"{mark}Part {number} of the help"
        yield CompiledText(owner, language, text, "", titled, 1, 0)
    for each in activities:
        text = f"{mark}{each.key.replace('-', ' ').capitalize()}"
        html = (
            f'<p class="opening" id="b-1">{mark}Look before you act.</p>{stale}'
            '<p><a href="lesson:lesson-1-1">the first lesson</a></p><img src="media:arms.png" alt="">'
            '<section class="box recall"><ul class="recall__options" role="list"><li><details>'
            "<summary>Call for help</summary><p><strong>Right answer</strong></p></details></li></ul>"
            "</section>"
        )
        stale_blocks = int(bool(mark) and each.kind == "lesson")
        yield CompiledText(
            f"{each.kind}/{each.key}", language, text, html if each.kind == "lesson" else "",
            titled, 3, stale_blocks,
        )  # fmt: skip
