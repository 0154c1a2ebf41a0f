"""Checks: what must hold between the files of a course, beyond what each says of itself."""

from collections.abc import Collection

from app.catalogue.activities import PRETEST
from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.manuscripts import Manuscript, ModuleSource, QuizSource
from app.catalogue.compiling.names import (
    check_outcomes,
    check_recommendations,
    check_sources,
    check_unique,
    has_file,
)
from app.catalogue.compiling.scenarios import check_scenarios
from app.catalogue.item_types import Item
from app.i18n.sayings import saying

# A sentence that begins so cannot be seen in what somebody does.
_UNMEASURABLE = (
    "understand",
    "know",
    "learn",
    "appreciate",
    "realise",
    "be aware",
    "become",
    "see",
)


def check_manuscript(
    manuscript: Manuscript, recommendations: Collection[str], faults: Faults
) -> None:
    """Add a fault for every orphan, every name without a thing and every key used twice."""
    _check_course(manuscript, recommendations, faults)
    _check_modules(manuscript, recommendations, faults)
    _check_lessons(manuscript, recommendations, faults)
    _check_activity_keys(manuscript, faults)
    _check_items(manuscript, faults)
    check_scenarios(manuscript, faults)
    _check_orphans(manuscript, faults)


def _check_course(manuscript: Manuscript, recommendations: Collection[str], faults: Faults) -> None:
    course, document = manuscript.course, manuscript.course_document
    if course is None or document is None:
        return
    check_recommendations(
        document, "recommendations", course.recommendations, recommendations, faults
    )
    check_unique(document, ("outcomes",), [each.key for each in course.outcomes], faults)
    check_unique(document, ("modules",), course.modules, faults)
    for number, outcome in enumerate(course.outcomes):
        if course.language.startswith("en") and outcome.text.lower().startswith(_UNMEASURABLE):
            faults.add(
                document.path,
                document.line("outcomes", number, "text"),
                saying("the outcome `%(key)s` cannot be measured", key=outcome.key),
                saying(
                    "begin with what somebody does: name, explain, compare, choose, plan, judge"
                ),
            )
    for number, key in enumerate(course.modules):
        if key not in manuscript.modules and f"{key}/module.yaml" not in manuscript.files:
            mend = meant(key, manuscript.modules, saying("write %(key)s/module.yaml", key=key))
            faults.add(
                document.path,
                document.line("modules", number),
                saying("there is no module `%(key)s`", key=key),
                mend,
            )
    final = manuscript.quizzes.get(course.final or "")
    if (
        course.final
        and (final is None or final.folder)
        and not has_file(manuscript, course.final, "")
    ):
        faults.add(
            document.path,
            document.line("final"),
            saying("there is no file %(final)s.yaml beside course.yaml", final=course.final),
            saying("write it, or take the field out"),
        )
    if course.completion.final == "passed" and not course.final:
        faults.add(
            document.path,
            document.line("completion", "final"),
            saying("the final must be passed, and there is none"),
            saying("name it under `final`, or write `final: none`"),
        )


def _check_modules(
    manuscript: Manuscript, recommendations: Collection[str], faults: Faults
) -> None:
    course = manuscript.course
    for key, module in manuscript.modules.items():
        document = module.document
        if course and key not in course.modules:
            faults.add(
                document.path,
                1,
                saying("no course names this module"),
                saying("add its key to `modules` in course.yaml"),
            )
        declared = module.declaration
        check_recommendations(
            document, "recommendations", declared.recommendations, recommendations, faults
        )
        check_outcomes(manuscript, document, ("outcomes",), declared.outcomes, faults)
        check_unique(document, ("lessons",), declared.lessons, faults)
        for number, lesson in enumerate(declared.lessons):
            if not has_file(manuscript, lesson, key, ".md"):
                faults.add(
                    document.path,
                    document.line("lessons", number),
                    saying("there is no lesson %(key)s/%(lesson)s.md", key=key, lesson=lesson),
                    meant(lesson, manuscript.lessons, saying("write it, or take its key out")),
                )
        _check_quiz_name(manuscript, module, faults)


def _check_quiz_name(manuscript: Manuscript, module: ModuleSource, faults: Faults) -> None:
    quiz, document = module.declaration.quiz, module.document
    if quiz and not has_file(manuscript, quiz, module.key):
        what = saying("there is no quiz %(key)s/%(quiz)s.yaml", key=module.key, quiz=quiz)
        mend = meant(quiz, manuscript.quizzes, saying("write it, or take its key out"))
        faults.add(document.path, document.line("quiz"), what, mend)
    elif quiz in manuscript.scenarios:
        what = saying("`%(quiz)s` is a scenario, not a quiz", quiz=quiz)
        faults.add(document.path, document.line("quiz"), what, saying("name it under `scenarios`"))


def _check_lessons(
    manuscript: Manuscript, recommendations: Collection[str], faults: Faults
) -> None:
    for lesson in manuscript.lessons.values():
        document, head = lesson.document, lesson.head
        check_recommendations(
            document, "recommendation", (head.recommendation,), recommendations, faults
        )
        check_outcomes(manuscript, document, ("outcomes",), head.outcomes, faults)
        module = manuscript.modules.get(lesson.folder)
        if module and lesson.key not in module.declaration.lessons:
            faults.add(
                lesson.path,
                1,
                saying("no module names this lesson"),
                saying("add its key to `lessons` in module.yaml"),
            )


def _check_activity_keys(manuscript: Manuscript, faults: Faults) -> None:
    course = manuscript.course
    for key, paths in manuscript.activity_paths.items():
        for path in paths[1:]:
            faults.add(
                path,
                1,
                saying("the key `%(key)s` is also that of %(paths)s", key=key, paths=paths[0]),
                saying("rename one of them"),
            )
    for path in manuscript.activity_paths.get(PRETEST, ()):
        what = saying(
            "the key `%(key)s` is kept for the final assessment before the course", key=PRETEST
        )
        faults.add(path, 1, what, saying("rename the file"))
    for quiz in manuscript.quizzes.values():
        module = manuscript.modules.get(quiz.folder)
        if quiz.folder and quiz.declaration.pretest:
            what = saying("only the final assessment can be asked before the course")
            mend = saying("take `pretest` out, or write it in the final assessment")
            faults.add(quiz.path, quiz.document.line("pretest"), what, mend)
        if not quiz.folder and course and course.final != quiz.key:
            faults.add(
                quiz.path,
                1,
                saying("no course names this file"),
                saying("add its key under `final`"),
            )
        elif module and module.declaration.quiz != quiz.key:
            faults.add(
                quiz.path,
                1,
                saying("no module names this quiz"),
                saying("add its key under `quiz`"),
            )
    folders = {path.split("/")[0] for path in manuscript.files if path.count("/") == 1}
    for folder in sorted(folders - {"media", "translations"}):
        if f"{folder}/module.yaml" not in manuscript.files:
            faults.add(
                f"{folder}/module.yaml", 1, saying("the file is missing"), saying("write it")
            )


def _check_items(manuscript: Manuscript, faults: Faults) -> None:
    seen: dict[str, str] = {}
    for quiz in manuscript.quizzes.values():
        for number, item in enumerate(quiz.declaration.items):
            _check_item(
                manuscript, quiz.document, ("items", number), item, seen=seen, faults=faults
            )
            _check_graded(quiz, number, item, faults)
        if quiz.declaration.draw and quiz.declaration.draw > len(quiz.declaration.items):
            line = quiz.document.line("draw")
            what = saying(
                "draws %(draw)s of %(count)s items",
                draw=quiz.declaration.draw,
                count=len(quiz.declaration.items),
            )
            faults.add(quiz.path, line, what, saying("draw fewer, or write more items"))
    for lesson in manuscript.lessons.values():
        for recall in lesson.recalls.values():
            for number, item in enumerate(recall.items.root):
                _check_item(manuscript, recall.document, (number,), item, seen=seen, faults=faults)


def _check_orphans(manuscript: Manuscript, faults: Faults) -> None:
    """An outcome is named by a module and tested by an item; a course names what its parts do."""
    course, document = manuscript.course, manuscript.course_document
    if course is None or document is None:
        return
    modules = [module.declaration for module in manuscript.modules.values()]
    quizzes = manuscript.quizzes.values()
    tested = {item.outcome for quiz in quizzes for item in quiz.declaration.items}
    taught = {key for module in modules for key in module.outcomes}
    for number, outcome in enumerate(course.outcomes):
        line = document.line("outcomes", number, "key")
        if outcome.key not in tested and not manuscript.is_unread("quizzes"):
            what = saying("no item of a quiz tests the outcome `%(key)s`", key=outcome.key)
            mend = saying(
                "write `outcome: %(key)s` in an item, or take the outcome out", key=outcome.key
            )
            faults.add(document.path, line, what, mend)
        if outcome.key not in taught and not manuscript.is_unread("modules"):
            what = saying("no module names the outcome `%(key)s`", key=outcome.key)
            faults.add(document.path, line, what, saying("add it to `outcomes` of a module.yaml"))
    answered = {key for module in modules for key in module.recommendations}
    answered |= {lesson.head.recommendation for lesson in manuscript.lessons.values()}
    for key in sorted(answered - set(course.recommendations)):
        what = saying(
            "a part of the course answers `%(key)s`, and the course does not name it", key=key
        )
        line = document.line("recommendations")
        faults.add(document.path, line, what, saying("add it to `recommendations`"))


def _check_item(
    manuscript: Manuscript,
    document: Document,
    steps: tuple[Step, ...],
    item: Item,
    *,
    seen: dict[str, str],
    faults: Faults,
) -> None:
    line = document.line(*steps, "key")
    if item.key in seen:
        what = saying(
            "the item key `%(key)s` is also used in %(seen)s", key=item.key, seen=seen[item.key]
        )
        faults.add(document.path, line, what, saying("give every item of the course its own key"))
    seen.setdefault(item.key, f"{document.path}:{line}")
    if item.outcome:
        check_outcomes(manuscript, document, (*steps, "outcome"), (item.outcome,), faults)
    check_sources(manuscript, document, (*steps, "sources"), item.sources, faults)


def _check_graded(quiz: QuizSource, number: int, item: Item, faults: Faults) -> None:
    line = quiz.document.line("items", number)
    if not item.outcome:
        mend = saying("add `outcome:` with the key of an outcome in course.yaml")
        faults.add(
            quiz.path, line, saying("the item `%(key)s` names no outcome", key=item.key), mend
        )
    if not item.sources:
        mend = saying("add `sources:` with ids of bibliography.yaml, such as `[R13]`")
        faults.add(
            quiz.path, line, saying("the item `%(key)s` names no source", key=item.key), mend
        )
    if item.lacks_feedback():
        mend = saying("give the reason for every answer in one or two sentences")
        faults.add(
            quiz.path, line, saying("the item `%(key)s` lacks `feedback`", key=item.key), mend
        )
