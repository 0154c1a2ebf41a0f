"""Descriptions: the facts of a course, read from course.yaml and written back into it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.studio.beginnings import key_from
from app.studio.sheets import Sheet

LEVELS = ("remember", "understand", "apply", "analyse", "evaluate", "create")


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome as a row of the form; a new one has no key yet."""

    key: str = ""
    text: str = ""
    level: str = "understand"


@dataclass(frozen=True)
class Facts:
    """What course.yaml says but for the outline; people stand one a line."""

    title: str
    summary: str
    purpose: str
    audience: str
    licence: str
    authors: str
    reviewers: str
    facts_checked: str
    recommendations: tuple[str, ...]
    outcomes: tuple[OutcomeRow, ...]
    lessons: str
    quizzes: str
    final: str
    keeps_progress: bool


def facts_of(course: Sheet) -> Facts:
    """The facts as they stand; what a file leaves out has the format's own default."""
    completion = course.value("completion", {})
    completion = completion if isinstance(completion, dict) else {}
    return Facts(
        title=_text(course, "title"),
        summary=_text(course, "summary"),
        purpose=_text(course, "purpose"),
        audience=_text(course, "audience", "open"),
        licence=_text(course, "licence", "CC-BY-4.0"),
        authors="\n".join(course.keys("authors")),
        reviewers="\n".join(course.keys("reviewers")),
        facts_checked=_text(course, "facts_checked"),
        recommendations=tuple(course.keys("recommendations")),
        outcomes=tuple(_rows(course.value("outcomes", []))),
        lessons=str(completion.get("lessons", "all")),
        quizzes=str(completion.get("quizzes", "passed")),
        final=str(completion.get("final", "none")),
        keeps_progress=_text(course, "keeps_progress", "true") == "true",
    )


def put_facts(course: Sheet, facts: Facts) -> None:
    """Write the facts over those of the file; a default that it leaves out stays left out."""
    standing = facts_of(course)
    for field in ("title", "summary", "purpose", "audience", "licence", "facts_checked"):
        if getattr(facts, field) != getattr(standing, field):
            course.put(field, getattr(facts, field))
    course.put("authors", lines_in(facts.authors))
    course.put("reviewers", lines_in(facts.reviewers))
    course.put("recommendations", list(facts.recommendations))
    course.put("outcomes", _outcomes(facts.outcomes))
    if facts.keeps_progress != standing.keeps_progress:
        course.put("keeps_progress", facts.keeps_progress)
    rule = {name: getattr(facts, name) for name in ("lessons", "quizzes", "final")}
    if rule != {name: getattr(standing, name) for name in rule}:
        course.put("completion", rule)


def lines_in(text: str) -> list[str]:
    """One text for each line that is not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _outcomes(rows: Sequence[OutcomeRow]) -> list[dict[str, str]]:
    taken = {row.key for row in rows}
    written = []
    for row in rows:
        if not row.text.strip():
            continue
        key = row.key or key_from(row.text, taken, "outcome")
        taken.add(key)
        written.append({"key": key, "text": row.text.strip(), "level": row.level})
    return written


def _rows(outcomes: Any) -> Iterable[OutcomeRow]:
    for each in outcomes if isinstance(outcomes, list) else []:
        if isinstance(each, dict):
            fields = (str(each.get(name) or "") for name in ("key", "text", "level"))
            yield OutcomeRow(*fields)


def _text(course: Sheet, field: str, otherwise: str = "") -> str:
    return str(course.value(field, otherwise))
