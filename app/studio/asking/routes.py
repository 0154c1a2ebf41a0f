"""Routes of asking: a quiz with its settings, and each of its questions."""

from dataclasses import replace
from itertools import zip_longest
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.item_types import ITEM_TYPES
from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR
from app.studio.asking.forms import QuestionForm, QuizForm
from app.studio.asking.places import (
    DEFAULTS,
    QuizPlace,
    keys_taken,
    outcomes_of,
    place_of,
    question_page,
    quiz_page,
)
from app.studio.beginnings import key_from
from app.studio.changes import Conflict, save
from app.studio.conflicts import conflict_page
from app.studio.questions import (
    Question,
    QuestionUnknown,
    Row,
    move_question,
    put_question,
    question_in,
    remove_question,
)
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward
from app.web.turn import Turnstile

router = Turnstile()

QuestionFilled = Annotated[Filled[QuestionForm], form_of(QuestionForm)]


@router.get("/studio/{slug}/quizzes/{key}")
def edit_quiz(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, done: str = ""
) -> Response:
    return quiz_page(request, db, visitor, place_of(db, visitor, slug, key), done=done)


@router.post("/studio/{slug}/quizzes/{key}")
def update_quiz(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    key: str,
    form: Annotated[Filled[QuizForm], form_of(QuizForm)],
) -> Response:
    place = place_of(db, visitor, slug, key, AUTHOR)
    told, sheet = form.value, place.sheet
    if told is None:
        return quiz_page(request, db, visitor, place, form=form)
    sheet.put("title", told.title)
    for name, value in _settings(told).items():
        if str(sheet.value(name, DEFAULTS[name])) != value:
            sheet.put(name, _plain(value) if value != DEFAULTS[name] else None)
    answer = _saved(request, db, visitor, place, told.revision)
    return answer or onward(request, "edit_quiz", "?done=saved", slug=slug, key=key)


@router.get("/studio/{slug}/quizzes/{key}/new")
def new_question(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, kind: str = "single"
) -> Response:
    place = place_of(db, visitor, slug, key, AUTHOR)
    first = next(iter(outcomes_of(place)), ("", ""))[0]
    question = Question("", "single", outcome=first).as_kind(kind)
    return question_page(request, db, visitor, place, question)


@router.post("/studio/{slug}/quizzes/{key}/new")
def create_question(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, form: QuestionFilled
) -> Response:
    return _take(request, db, visitor, place_of(db, visitor, slug, key, AUTHOR), "", form)


@router.get("/studio/{slug}/quizzes/{key}/questions/{item}")
def edit_question(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, item: str, done: str = ""
) -> Response:
    place = place_of(db, visitor, slug, key)
    return question_page(request, db, visitor, place, question_in(place.sheet, item), done=done)


@router.post("/studio/{slug}/quizzes/{key}/questions/{item}")
def update_question(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, item: str, form: QuestionFilled
) -> Response:
    place = place_of(db, visitor, slug, key, AUTHOR)
    question_in(place.sheet, item)
    return _take(request, db, visitor, place, item, form)


@router.post("/studio/{slug}/quizzes/{key}/questions/{item}/place")
def update_question_place(
    request: Request, db: Db, visitor: Writer, slug: str, key: str, item: str
) -> Response:
    place = place_of(db, visitor, slug, key, AUTHOR)
    way = dict(request.state.fields).get("way", "")
    if way == "out":
        remove_question(place.sheet, item)
    else:
        move_question(place.sheet, item, -1 if way == "up" else 1)
    answer = _saved(request, db, visitor, place, place.text.revision)
    done = "?done=removed" if way == "out" else f"?done=moved#question-{item}"
    return answer or onward(request, "edit_quiz", done, slug=slug, key=key)


def _take(
    request: Request,
    db: Session,
    visitor: Visitor,
    place: QuizPlace,
    item: str,
    form: Filled[QuestionForm],
) -> Response:
    """Save the question, or show it again with a row more or less, as another type, or to look at."""
    told = form.value
    if told is None:
        raise QuestionUnknown
    question = _typed(item, told)
    if told.do:
        question = _after(question, told.do)
        return question_page(request, db, visitor, place, question, revision=told.revision)
    key = item or key_from(place.part.key, keys_taken(place), "question")
    put_question(place.sheet, replace(question, key=key))
    answer = _saved(request, db, visitor, place, told.revision)
    return answer or onward(
        request, "edit_question", "?done=saved", slug=place.draft.slug, key=place.part.key, item=key
    )


def _after(question: Question, do: str) -> Question:
    """The question with a row more or less, or as another type; `look` leaves it as it is."""
    what, _, which = do.partition("-")
    if what == "add":
        return question.with_row()
    if what == "remove":
        return question.without_row(which)
    return question.as_kind(question.kind)


def _typed(item: str, told: QuestionForm) -> Question:
    rows = zip_longest(told.row_text, told.row_other, told.row_feedback, fillvalue="")
    return Question(
        key=item,
        kind=told.kind if told.kind in ITEM_TYPES else "single",
        stem=told.stem.replace("\r\n", "\n"),
        outcome=told.outcome,
        sources=told.sources,
        answer=told.answer,
        tolerance=told.tolerance,
        unit=told.unit,
        if_right=_line(told.if_right),
        if_wrong=_line(told.if_wrong),
        rows=tuple(
            Row(_line(text), _line(other), str(number) in told.right, _line(feedback))
            for number, (text, other, feedback) in enumerate(rows)
        ),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _plain(value: str) -> bool | int | str:
    """A setting as the file writes it: a number or a truth stands without quotation marks."""
    if value.isdigit():
        return int(value)
    return value == "true" if value in ("true", "false") else value


def _settings(told: QuizForm) -> dict[str, str]:
    return {
        "pass_mark": str(told.pass_mark),
        "attempts": told.attempts or "unlimited",
        "time_limit": told.time_limit,
        "draw": told.draw,
        "shuffle": told.shuffle,
        "required": told.required,
        "pretest": told.pretest,
    }


def _saved(
    request: Request, db: Session, visitor: Visitor, place: QuizPlace, revision: int
) -> Response | None:
    """Save the quiz; the page of a conflict when somebody else saved it."""
    content = place.sheet.text().encode()
    answer = save(db, visitor.id, place.draft, place.part.path, content, revision)
    if isinstance(answer, Conflict):
        return conflict_page(request, db, place.draft, place.outline, answer)
    return None
