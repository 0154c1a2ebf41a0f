"""Beginnings: what a new course, module, lesson and quiz hold before anybody has written in them."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence

from pydantic import BaseModel

from app.catalogue.compiling.canonical_documents import written_document
from app.catalogue.compiling.declarations import (
    Bibliography,
    CourseDeclaration,
    LessonHead,
    ModuleDeclaration,
    QuizDeclaration,
)
from app.catalogue.compiling.documents import Document
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.wordings import KEY_LENGTH
from app.i18n.marking import N_
from app.studio.sheets import node_of

Say = Callable[[str], str]

SUMMARY = N_("One sentence for the catalogue.")
PURPOSE = N_("Two sentences that say what people can do after this course.")
OUTCOME = N_("Say what people can do after this course")
MODULE, A_LESSON = N_("First module"), N_("First lesson")
OPENING = N_("Open with a situation that your readers know.")
QUIZ_TITLE, FINAL_TITLE = N_("What stayed with you?"), N_("Final assessment")
STATEMENT = N_("Write a statement that is true or false.")
REASON = N_("Say why, in one or two sentences.")
OUTCOME_KEY, SOURCE = "first-outcome", "S1"


def key_from(title: str, taken: Collection[str], otherwise: str) -> str:
    """A key that nothing has yet, from the title's Latin letters and digits."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    stem = "-".join(words)[: KEY_LENGTH - 4].strip("-") or otherwise
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def new_course(
    slug: str,
    title: str,
    *,
    language: str,
    institution: str,
    author: str,
    recommendation: str,
    say: Say,
) -> CourseFiles:
    """The smallest course that passes its check, with words that say what to write instead."""
    module, lesson, quiz = "first-module", "first-lesson", "first-quiz"
    course = {
        "title": title,
        "summary": say(SUMMARY),
        "purpose": say(PURPOSE),
        "language": language,
        "institution": institution,
        "authors": [author],
        "recommendations": [recommendation],
        "outcomes": [{"key": OUTCOME_KEY, "text": say(OUTCOME), "level": "understand"}],
        "modules": [module],
    }
    source = {"id": SOURCE, "title": title, "confirmed": False}
    files = {
        "course.yaml": yaml_of(course, CourseDeclaration),
        "bibliography.yaml": yaml_of([source], Bibliography),
        f"{module}/module.yaml": new_module(
            say(MODULE), [recommendation], [OUTCOME_KEY], lesson, quiz
        ),
        f"{module}/{lesson}.md": new_lesson(
            say(A_LESSON), recommendation, [OUTCOME_KEY], f"{say(OPENING)} [@{SOURCE}]"
        ),
        f"{module}/{quiz}.yaml": new_quiz(
            say(QUIZ_TITLE), new_item("question-1", OUTCOME_KEY, [SOURCE], say)
        ),
    }
    return CourseFiles(slug, {path: text.encode() for path, text in files.items()})


def new_module(
    title: str,
    recommendations: Sequence[str],
    outcomes: Sequence[str],
    lesson: str,
    quiz: str | None = None,
) -> str:
    """module.yaml with one lesson."""
    module = {
        "title": title,
        "recommendations": list(recommendations),
        "outcomes": list(outcomes),
        "lessons": [lesson],
    }
    return yaml_of(module | ({"quiz": quiz} if quiz else {}), ModuleDeclaration)


def new_lesson(title: str, recommendation: str, outcomes: Sequence[str], body: str) -> str:
    """A lesson's file."""
    fields = {"title": title, "recommendation": recommendation}
    head = yaml_of(fields | ({"outcomes": list(outcomes)} if outcomes else {}), LessonHead)
    return f"---\n{head}---\n{body}\n"


def new_quiz(title: str, item: dict[str, object]) -> str:
    """A quiz's file with one question."""
    return yaml_of({"title": title, "items": [item]}, QuizDeclaration)


def new_item(key: str, outcome: str, sources: Sequence[str], say: Say) -> dict[str, object]:
    """A question to be written over."""
    return {
        "key": key,
        "type": "true-false",
        "outcome": outcome,
        "sources": list(sources),
        "stem": say(STATEMENT),
        "answer": True,
        "feedback": {"true": say(REASON), "false": say(REASON)},
    }


def yaml_of(value: object, model: type[BaseModel]) -> str:
    """The value as a file in its one form."""
    return written_document(Document("", node_of(value)), model)
