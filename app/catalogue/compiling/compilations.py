"""Compilations: from a course's files to its faults, or to the compiled course."""

from collections.abc import Collection, Iterable, Iterator
from math import ceil
from typing import Any

from app.catalogue.compiling.compiled import (
    CompiledActivity,
    CompiledCourse,
    CompiledItem,
    CompiledModule,
    CompiledOutcome,
    QuizPlace,
    SourceFile,
)
from app.catalogue.compiling.declarations import (
    CourseDeclaration,
    QuizDeclaration,
    ScenarioDeclaration,
)
from app.catalogue.compiling.drafts import Draft, Words, drafted, orphans_of, untranslated
from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import CourseFiles, file_hash, source_hash
from app.catalogue.compiling.formats import canonical
from app.catalogue.compiling.lines import plain
from app.catalogue.compiling.manuscripts import Manuscript
from app.catalogue.compiling.pages import words_in
from app.catalogue.compiling.readings import Block, Reading
from app.catalogue.compiling.scenario_texts import settings_of
from app.catalogue.compiling.scenarios import decisions_of, longest
from app.catalogue.compiling.texts import LessonMeasure
from app.catalogue.compiling.translations import Kept, carried
from app.catalogue.item_types import item_hash

WORDS_A_MINUTE = 180
MINUTES_A_RECALL_ITEM = 0.5
MINUTES_AN_ITEM = 0.75
MINUTES_A_DECISION = 0.5


def compile_course(
    source: CourseFiles, recommendations: Collection[str], words: Words = untranslated
) -> CompiledCourse:
    """The compiled course; refuses with `CourseFaulty`, which holds every grave fault."""
    faults = Faults()
    draft = drafted(source, recommendations, words, faults)
    if faults.are_grave or draft.manuscript.course is None:
        raise CourseFaulty(fault for fault in faults.in_order() if fault.is_grave)
    return _compiled(draft, draft.manuscript.course)


def translated_blocks(
    source: CourseFiles, recommendations: Collection[str], language: str
) -> dict[Block, Kept]:
    """The course's catalogue in the language, with an entry for every block of today's source."""
    faults = Faults()
    draft = drafted(source, recommendations, untranslated, faults)
    if faults.are_grave or draft.manuscript.course is None:
        raise CourseFaulty(fault for fault in faults.in_order() if fault.is_grave)
    original = draft.readings[draft.manuscript.course.language]
    return carried(original.blocks, draft.manuscript.catalogues.get(language, {}))


def _compiled(draft: Draft, course: CourseDeclaration) -> CompiledCourse:
    manuscript = draft.manuscript
    activities = tuple(_activities(draft, course))
    files = [(path, canonical(path, each)) for path, each in sorted(manuscript.files.items())]
    return CompiledCourse(
        slug=manuscript.slug,
        source_language=course.language,
        institution_key=course.institution,
        audience=course.audience,
        licence=course.licence,
        keeps_progress=course.keeps_progress,
        rule=course.completion.model_dump(),
        minutes=sum(activity.minutes for activity in _counted(activities)),
        bytes=sum(activity.bytes for activity in activities),
        facts=_facts(draft, course),
        modules=tuple(_modules(manuscript, course, activities)),
        activities=activities,
        outcomes=tuple(
            CompiledOutcome(outcome.key, position, outcome.level)
            for position, outcome in enumerate(course.outcomes, 1)
        ),
        alignments=tuple(_alignments(manuscript, course)),
        items=tuple(_items(manuscript)),
        quiz_items=tuple(_quiz_items(manuscript)),
        texts=tuple(text for each in draft.texts.values() for text in each.texts),
        entries=tuple(entry for each in draft.texts.values() for entry in each.entries),
        files=tuple(SourceFile(path, content, file_hash(content)) for path, content in files),
        source_hash=source_hash(dict(files)),
    )


def _activities(draft: Draft, course: CourseDeclaration) -> Iterator[CompiledActivity]:
    manuscript, original = draft.manuscript, draft.original
    position = 0
    for module_key in course.modules:
        declared = manuscript.modules[module_key].declaration
        for key in declared.lessons:
            position += 1
            measure = original.lessons[key]
            yield CompiledActivity(
                key,
                module_key,
                "lesson",
                position,
                _lesson_minutes(measure),
                measure.bytes,
                True,
                {},
            )
        for key in declared.scenarios:
            position += 1
            yield _scenario(draft, key, module_key, position)
        if declared.quiz:
            position += 1
            yield _quiz(draft, declared.quiz, module_key, position)
    if course.final:
        yield _quiz(draft, course.final, None, position + 1)


def _quiz(draft: Draft, key: str, module_key: str | None, position: int) -> CompiledActivity:
    quiz = draft.manuscript.quizzes[key].declaration
    settings: dict[str, Any] = {
        "pass_mark": quiz.pass_mark,
        "attempts": quiz.attempts,
        "time_limit": quiz.time_limit,
        "draw": quiz.draw,
        "shuffle": quiz.shuffle,
        "final": module_key is None,
        "pretest": quiz.pretest,
        "item_count": len(quiz.items),
    }
    return CompiledActivity(
        key=key,
        module_key=module_key,
        kind="quiz",
        position=position,
        minutes=_quiz_minutes(quiz),
        bytes=draft.original.quiz_bytes[key],
        required=quiz.required,
        settings=settings,
    )


def _scenario(draft: Draft, key: str, module_key: str, position: int) -> CompiledActivity:
    scenario = draft.manuscript.scenarios[key]
    said = scenario.declaration
    return CompiledActivity(
        key=key,
        module_key=module_key,
        kind="scenario",
        position=position,
        minutes=_scenario_minutes(said),
        bytes=draft.original.scenario_bytes[key],
        required=False,
        settings=settings_of(scenario, decisions_of(said)),
    )


def _counted(activities: Iterable[CompiledActivity]) -> list[CompiledActivity]:
    """The activities that learners are asked to do, and so those that a course's time counts."""
    return [activity for activity in activities if activity.kind != "scenario"]


def _lesson_minutes(measure: LessonMeasure) -> int:
    recall = MINUTES_A_RECALL_ITEM * measure.recall_items
    return max(1, ceil(measure.words / WORDS_A_MINUTE + measure.tries + recall))


def _scenario_minutes(said: ScenarioDeclaration) -> int:
    """The time of the path that takes longest, every choice on it read."""

    def reading(*texts: str) -> float:
        return words_in(" ".join(map(plain, texts))) / WORDS_A_MINUTE

    return ceil(
        reading(said.role)
        + longest(
            said,
            lambda step: reading(step.text, *(choice.text for choice in step.choices)),
            lambda choice: reading(choice.feedback) + MINUTES_A_DECISION,
        )
    )


def _quiz_minutes(quiz: QuizDeclaration) -> int:
    return quiz.minutes or ceil(MINUTES_AN_ITEM * (quiz.draw or len(quiz.items)))


def _modules(
    manuscript: Manuscript, course: CourseDeclaration, activities: tuple[CompiledActivity, ...]
) -> Iterator[CompiledModule]:
    for position, key in enumerate(course.modules, 1):
        inside = [activity for activity in activities if activity.module_key == key]
        yield CompiledModule(
            key,
            position,
            sum(activity.minutes for activity in _counted(inside)),
            sum(activity.bytes for activity in inside),
            manuscript.modules[key].declaration.outcomes,
        )


def _alignments(manuscript: Manuscript, course: CourseDeclaration) -> Iterator[tuple[str, str]]:
    yield from (("course", key) for key in dict.fromkeys(course.recommendations))
    for name, module in manuscript.modules.items():
        keys = dict.fromkeys(module.declaration.recommendations)
        yield from ((f"module/{name}", key) for key in keys)
    for name, lesson in manuscript.lessons.items():
        yield f"lesson/{name}", lesson.head.recommendation


def _items(manuscript: Manuscript) -> Iterator[CompiledItem]:
    seen: set[bytes] = set()
    for quiz in manuscript.quizzes.values():
        for item in quiz.declaration.items:
            content = item.content()
            name = item_hash(content)
            if name not in seen:
                seen.add(name)
                yield CompiledItem(name, item.type, content)


def _quiz_items(manuscript: Manuscript) -> Iterator[QuizPlace]:
    for key, quiz in manuscript.quizzes.items():
        for position, item in enumerate(quiz.declaration.items, 1):
            name = item_hash(item.content())
            yield QuizPlace(key, item.key, position, name, item.outcome or "")


def _facts(draft: Draft, course: CourseDeclaration) -> dict[str, Any]:
    earlier = [each.model_dump() for each in course.adapted_from]
    told = {"adapted_from": earlier} if earlier else {}
    return told | {
        "authors": list(course.authors),
        "reviewers": list(course.reviewers),
        "facts_checked": course.facts_checked.isoformat() if course.facts_checked else None,
        "sdg": list(course.sdg),
        "levels": {outcome.key: outcome.level for outcome in course.outcomes},
        "languages": {
            language: _freshness(draft, language, reading)
            for language, reading in draft.readings.items()
        },
    }


def _freshness(draft: Draft, language: str, reading: Reading) -> dict[str, int]:
    """How many blocks are translated, translated from an older wording, and not translated."""
    kept = draft.manuscript.catalogues.get(language, {})
    fresh = sum(reading.blocks.values())
    fuzzy = sum(1 for block in reading.blocks if block in kept and kept[block].is_fuzzy)
    not_fresh = len(reading.blocks) - fresh
    stale = min(not_fresh, fuzzy + len(orphans_of(draft, language)))
    return {"fresh": fresh, "stale": stale, "missing": not_fresh - stale}
