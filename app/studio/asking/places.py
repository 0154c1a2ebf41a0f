"""Places: a quiz of a draft with what stands around it, and its two pages."""

import re
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.files import FileUnknown
from app.catalogue.item_types import ITEM_TYPES
from app.identity.access import Visitor
from app.studio.asking.spots import QUESTIONS, Spot, spot_at
from app.studio.drafts import Draft, DraftText, draft_for, texts_of
from app.studio.outlines import FINAL, QUIZ, Outline, Part, course_sheet, outline_of
from app.studio.questions import Question, put_question, questions_in, quiz_sheet
from app.studio.quizzes import look_at
from app.studio.sheets import Sheet
from app.studio.works import may_write
from app.web.forms import Filled
from app.web.pages import page, path_of

DEFAULTS = {
    "pass_mark": "70",
    "attempts": "unlimited",
    "time_limit": "",
    "draw": "",
    "shuffle": "true",
    "required": "true",
    "pretest": "false",
}


class QuizPlace(NamedTuple):
    """A quiz of a draft with what stands around it."""

    draft: Draft
    outline: Outline
    texts: dict[str, DraftText]
    part: Part
    text: DraftText
    sheet: Sheet


def place_of(
    db: Session, visitor: Visitor, slug: str, key: str, role: str | None = None
) -> QuizPlace:
    draft = draft_for(db, visitor.id, slug, (role,)) if role else draft_for(db, visitor.id, slug)
    texts = texts_of(db, draft)
    outline = outline_of(texts)
    part = outline.part(key, QUIZ, FINAL)
    if part.path not in texts:
        raise FileUnknown
    sheet = quiz_sheet(part.path, texts[part.path].text)
    return QuizPlace(draft, outline, texts, part, texts[part.path], sheet)


def keys_taken(place: QuizPlace) -> set[str]:
    """Every key that any item of the course may have."""
    texts = (each.text for each in place.texts.values())
    return {key for text in texts for key in re.findall(r"key: ([a-z0-9-]+)", text)}


def outcomes_of(place: QuizPlace) -> list[tuple[str, str]]:
    known = course_sheet(place.texts).value("outcomes", [])
    return [
        (str(each["key"]), str(each.get("text") or each["key"]))
        for each in known
        if isinstance(each, dict) and each.get("key")
    ]


def quiz_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    place: QuizPlace,
    *,
    form: Filled[Any] | None = None,
    done: str = "",
) -> Response:
    look = look_at(db, place.draft, place.part.path, place.text.text, request.scope["language"])
    is_author = may_write(db, visitor.id, place.draft)
    standing = {name: str(place.sheet.value(name, DEFAULTS[name])) for name in DEFAULTS}
    return page(
        request,
        "studio/quiz.html",
        422 if form else 200,
        draft=place.draft,
        outline=place.outline,
        part=place.part,
        module=place.outline.module_of(place.part),
        questions=questions_in(place.sheet),
        settings=standing | {"title": str(place.sheet.value("title", ""))},
        findings=look.findings,
        spots={
            each.line: _way_to(
                request, place, spot_at(place.sheet.root, each.line), is_author=is_author
            )
            for each in look.findings
        },
        form=form or Filled(None),
        revision=place.text.revision,
        kinds=ITEM_TYPES,
        is_author=is_author,
        done=done,
    )


def _way_to(request: Request, place: QuizPlace, spot: Spot, *, is_author: bool) -> tuple[str, int]:
    """Where on a quiz's page a finding leads, and to which question; "" where nothing shows it."""
    if spot.key:
        names = {"slug": place.draft.slug, "key": place.part.key, "item": spot.key}
        return f"{path_of(request, 'edit_question', **names)}#{spot.field}", spot.number
    if spot.number:
        return f"#{QUESTIONS}", spot.number
    is_shown = is_author or spot.field == QUESTIONS
    return f"#{spot.field}" if is_shown else "", 0


def question_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    place: QuizPlace,
    question: Question,
    *,
    revision: int | None = None,
    done: str = "",
) -> Response:
    """The form of a question with what learners would see of it, and what is to say of it."""
    shown = replace(question, key=question.key or "new-question")
    put_question(place.sheet, shown)
    text = place.sheet.text()
    look = look_at(db, place.draft, place.part.path, text, request.scope["language"])
    first, last = lines_of(text, shown.key)
    findings = [each for each in look.findings if first <= each.line < last]
    root = quiz_sheet(place.part.path, text).root
    rows = [number for number, row in enumerate(question.rows, 1) if row.text or row.other]
    return page(
        request,
        "studio/question.html",
        draft=place.draft,
        outline=place.outline,
        part=place.part,
        question=question,
        asked=[each for key, each in look.asked.items() if key == shown.key],
        findings=findings,
        spots={each.line: (f"#{spot_at(root, each.line, rows).field}", 0) for each in findings},
        outcomes=outcomes_of(place),
        kinds=ITEM_TYPES,
        revision=place.text.revision if revision is None else revision,
        is_author=may_write(db, visitor.id, place.draft),
        done=done,
    )


def lines_of(text: str, key: str) -> tuple[int, int]:
    """From which line of a quiz's file to before which line its question of this key stands."""
    starts = [
        (number, line.removeprefix("  - key: "))
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith("  - key: ")
    ]
    for place, (number, name) in enumerate(starts):
        if name == key:
            return number, starts[place + 1][0] if place + 1 < len(starts) else 10**9
    return 1, 10**9
