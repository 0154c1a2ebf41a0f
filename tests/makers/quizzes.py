"""Makers of quizzes: a small course with one lesson and one quiz, through the compiler; answers."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.items import Item
from app.catalogue.publishing import publish
from app.catalogue.recommendations import load_recommendations
from app.catalogue.versions import CourseVersion
from app.foundation.database import Engines
from app.settings import ROOT
from tests.makers.people import make_institute

SLUG, LESSON, QUIZ = "asking-well", "the-lesson", "the-quiz"
PATH = f"/en/courses/{SLUG}/quizzes/{QUIZ}"
SAID = {"right": "That is what the lesson says.", "wrong": "Look at the lesson again."}

SINGLE: dict[str, Any] = {
    "type": "single",
    "stem": "Which of these can be measured?",
    "options": [
        {"text": "The waiting time", "right": True, "feedback": "Minutes can be counted."},
        {"text": "Good will", "feedback": "Nobody has counted that yet."},
        {"text": "A better climate", "feedback": "It needs a measure first."},
    ],
}
MULTIPLE: dict[str, Any] = {
    "type": "multiple",
    "stem": "Which two are counts?",
    "options": [
        {"text": "Forty letters", "right": True, "feedback": "A count of letters."},
        {"text": "Seven desks", "right": True, "feedback": "A count of desks."},
        {"text": "Much trouble", "feedback": "No number stands here."},
    ],
}
TRUE_FALSE: dict[str, Any] = {
    "type": "true-false",
    "stem": "A mean can hide two groups.",
    "answer": True,
    "feedback": {"true": "It lies between them.", "false": "Draw two groups and look."},
}
NUMERIC: dict[str, Any] = {
    "type": "numeric",
    "stem": "What is half of 25?",
    "answer": 12.5,
    "tolerance": 0.1,
    "unit": "letters",
    "feedback": SAID,
}
MATCHING: dict[str, Any] = {
    "type": "matching",
    "stem": "What does each word mean?",
    "pairs": [
        {"left": "Mean", "right": "The sum by the number", "feedback": "Add, then divide."},
        {"left": "Median", "right": "The one in the middle", "feedback": "Sort, then look."},
        {"left": "Range", "right": "From least to most", "feedback": "The ends of the row."},
    ],
}
ORDERING: dict[str, Any] = {
    "type": "ordering",
    "stem": "Put the steps into their order.",
    "sequence": ["Ask", "Count", "Compare", "Decide"],
    "feedback": SAID,
}
SHORT: dict[str, Any] = {
    "type": "short",
    "stem": "What do we call the one in the middle?",
    "accept": ["median", "the median"],
    "feedback": SAID,
}
SEVEN = (SINGLE, MULTIPLE, TRUE_FALSE, NUMERIC, MATCHING, ORDERING, SHORT)


def make_quiz(
    db: Session,
    items: Iterable[Mapping[str, Any]] = SEVEN,
    *,
    slug: str = SLUG,
    audience: str = "open",
    edition: int = 1,
    french: str = "",
    final: bool = False,
    **terms: Any,
) -> CourseVersion:
    """Publish a course whose one quiz asks these items, called item-1 and so on.

    `terms` are fields of the quiz (attempts, time_limit, draw, pass_mark, shuffle, pretest);
    `french` is the French word that the last item, a short answer, also takes. It is the module's
    quiz, or the `final` assessment.
    """
    load_recommendations(db, ROOT / "courses" / "recommendations")
    owner = make_institute(db)
    asked = [
        {"key": f"item-{number}", "outcome": "count-well", "sources": ["R1"], **item}
        for number, item in enumerate(items, 1)
    ]
    course = {
        "title": "Asking well",
        "summary": "How to ask for a number.",
        "purpose": "You ask for what can be counted.",
        "language": "en",
        "institution": owner.key,
        "audience": audience,
        "authors": ["The training unit"],
        "recommendations": ["T0"],
        "outcomes": [{"key": "count-well", "text": "Count what matters", "level": "apply"}],
        "modules": ["the-module"],
    }
    module = {
        "title": f"Numbers, edition {edition}",
        "recommendations": ["T0"],
        "outcomes": ["count-well"],
        "lessons": [LESSON],
    }
    if final:
        course |= {"final": QUIZ, "completion": {"final": "passed"}}
    else:
        module["quiz"] = QUIZ
    source = {"id": "R1", "title": "A handbook", "year": 2020, "confirmed": True}
    files = {
        "course.yaml": json.dumps(course),
        "bibliography.yaml": json.dumps([source]),
        "the-module/module.yaml": json.dumps(module),
        f"the-module/{LESSON}.md": LESSON_TEXT,
        f"{QUIZ}.yaml" if final else f"the-module/{QUIZ}.yaml": json.dumps(
            {"title": "Numbers", "items": asked, **terms}
        ),
    }
    if french:
        files["translations/fr.po"] = FRENCH.format(number=len(asked), accept=french)
    compiled = compile_course(
        CourseFiles(slug, {path: text.encode() for path, text in files.items()}), {"T0"}
    )
    return publish(db, compiled).version


LESSON_TEXT = """---
title: What can be counted
recommendation: T0
outcomes: [count-well]
---
A count needs a thing to count [@R1].
"""
FRENCH = """msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "item/item-{number}"
msgid "median"
msgstr "{accept}"
"""


class Asked(NamedTuple):
    """A question of an attempt, with the definition that holds its answer."""

    position: int
    kind: str
    definition: Mapping[str, Any]


def asked_in(engines: Engines, number: int = 1) -> list[Asked]:
    """The questions of the newest attempt with this number, in the order shown."""
    newest = select(func.max(Attempt.id)).where(Attempt.number == number).scalar_subquery()
    with engines.reading() as db:
        rows = db.execute(
            select(AttemptItem.position, Item.kind, Item.definition)
            .join(Item, Item.hash == AttemptItem.item_hash)
            .where(AttemptItem.attempt_id == newest)
            .order_by(AttemptItem.position)
        )
        return [Asked(*row) for row in rows]


def right(asked: Asked) -> dict[str, Any]:
    """The fields of a right answer."""
    name, told = f"answer-{asked.position}", asked.definition
    if asked.kind in {"single", "multiple"}:
        return {name: [each["id"] for each in told["options"] if each["right"]]}
    if asked.kind == "true-false":
        return {name: "true" if told["answer"] else "false"}
    if asked.kind == "numeric":
        return {name: str(told["answer"])}
    if asked.kind == "short":
        return {name: told["accept"][0]}
    if asked.kind == "matching":
        return {f"{name}-{pair['id']}": pair["id"] for pair in told["pairs"]}
    return {f"{name}-{step['id']}": str(place) for place, step in enumerate(told["sequence"], 1)}


def wrong(asked: Asked) -> dict[str, Any]:
    """The fields of a whole answer that earns no point."""
    name, told = f"answer-{asked.position}", asked.definition
    if asked.kind in {"single", "multiple"}:
        return {name: [each["id"] for each in told["options"] if not each["right"]][:1]}
    if asked.kind == "true-false":
        return {name: "false" if told["answer"] else "true"}
    if asked.kind == "numeric":
        return {name: str(told["answer"] + told["tolerance"] + 1)}
    if asked.kind == "short":
        return {name: "certainly not this"}
    good = right(asked)
    return dict(zip(good, [*list(good.values())[1:], next(iter(good.values()))], strict=True))


def sheet(asked: Iterable[Asked], answer: Any = right, revision: int = 0) -> dict[str, Any]:
    """What a page that shows these questions sends, each answered by `answer`."""
    fields: dict[str, Any] = {"revision": str(revision)}
    for each in asked:
        fields |= {f"shown-{each.position}": "", **answer(each)}
    return fields
