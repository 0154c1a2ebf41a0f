"""Routes of assessment: a quiz, its attempts, the answers in them, and their results."""

import json
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.assessment.attempts import Paper, Try, open_attempt, tries_of
from app.assessment.desks import Desk
from app.assessment.next_steps import next_steps
from app.assessment.passages import passages_of
from app.assessment.quizzes import PlaceNeeded, Quiz, quiz_called, record_of
from app.assessment.reviews import outcome_scores, reviews_of, sources_of
from app.assessment.rounds import round_of
from app.assessment.sittings import (
    OwnSitting,
    OwnSittingToSubmit,
    OwnSittingToWrite,
    Sitting,
    edition_read_in,
)
from app.assessment.submissions import grade, has_passed
from app.catalogue.activities import PRETEST
from app.catalogue.attributions import attribution_for
from app.credentials.certificates import certificates_of
from app.foundation import clock
from app.learning.enrolments import EnrolmentOver
from app.learning.readers import AnyReader, Reader, SignedInReader
from app.learning.ways import next_in
from app.web.marks import Db, writes_alone
from app.web.pages import PRIVATE, onward, page, wants_json
from app.web.turn import Turnstile

router = Turnstile()

ATTEMPT = "/courses/{slug}/quizzes/{key}/attempts/{number}"
ALL, OVERVIEW = "all", "overview"
_ON_ONE_PAGE = f"?view={ALL}"


@router.post(ATTEMPT + "/answers")
@writes_alone
def update_answers(request: Request, db: Db, sitting: OwnSittingToWrite) -> Response:
    """Save what the page shows, and go on; a script is told what was saved and what was kept."""
    desk = Desk(request, db, sitting)
    if wants_json(request):
        return _told(desk)
    if _has_ended(sitting):
        return desk.ended(409)
    typed = dict(request.state.fields)
    here = desk.position(typed["question"]) if "question" in typed else 0
    saved = desk.write(desk.decide())
    if saved.kept:
        return desk.questions([here] if here else desk.positions, 409, kept=saved.kept)
    if not here:
        return _to_attempt(request, sitting, _ON_ONE_PAGE)
    if "skip" not in typed and here in desk.open_positions:
        return desk.questions([here], 422, faulty=[here])
    following = here + 1 if here < len(desk.answers) else OVERVIEW
    return _to_attempt(request, sitting, f"?question={following}")


@router.get(ATTEMPT)
def show_attempt(request: Request, db: Db, sitting: OwnSitting) -> Response:
    """One question of an open attempt, the first open one unless the query asks for another."""
    desk, query = Desk(request, db, sitting), request.query_params
    if _has_ended(sitting):
        return desk.ended(200) if sitting.submitted_at is None else _to_result(request, sitting)
    if query.get("view") == ALL:
        return desk.questions(desk.positions)
    asked = query.get("question") or next((str(each) for each in desk.open_positions), OVERVIEW)
    return desk.overview() if asked == OVERVIEW else desk.questions([desk.position(asked)])


@router.post(ATTEMPT + "/submission")
def create_submission(request: Request, db: Db, sitting: OwnSittingToSubmit) -> Response:
    """Save the page's answers, ask once more about what is open, and grade once."""
    if sitting.submitted_at is not None:
        return _to_result(request, sitting)
    if sitting.round_ended_at is not None:
        raise EnrolmentOver
    desk = Desk(request, db, sitting)
    if sitting.is_over(clock.now()):
        grade(db, sitting, desk.bank, desk.answers)
        return _to_result(request, sitting)
    decided = desk.decide()
    is_sure = "anyway" in dict(request.state.fields)
    if not is_sure and (decided.kept or desk.open_positions):
        desk.write(decided)
        return desk.overview(422, kept=decided.kept)
    grade(db, sitting, desk.bank, desk.answers, decided.written)
    return _to_result(request, sitting)


@router.get(ATTEMPT + "/result")
def show_result(request: Request, db: Db, sitting: OwnSitting) -> Response:
    """How a graded attempt went, why, and what to do next."""
    if sitting.submitted_at is None:
        return _to_attempt(request, sitting)
    desk = Desk(request, db, sitting)
    items, (done, tries) = desk.items, round_of(db, sitting)
    edition = edition_read_in(db, sitting, desk.language)
    outcomes = outcome_scores(items, desk.bank, desk.language)
    told: dict[str, Any] = {
        "quiz": desk.quiz,
        "sitting": sitting,
        "edition": edition,
        "outcomes": outcomes,
    }
    score, out_of = sum(sat.score or 0 for sat in items), len(items)
    if desk.quiz.activity.is_pretest:
        return page(
            request,
            "assessment/pretest_result.html",
            **told,
            score=score,
            out_of=out_of,
            onward=next_in(edition, done),
            attribution=desk.attribution,
        )
    version = (sitting.version_id, desk.language, sitting.compiler)
    passages = passages_of(db, *version, desk.bank)
    reviews = reviews_of(items, desk.bank, desk.language, passages)
    steps = next_steps(edition, done, desk.quiz.activity.module, outcomes)
    return page(
        request,
        "assessment/result.html",
        **told,
        score=score,
        out_of=out_of,
        has_passed=has_passed(score, out_of, desk.quiz.settings["pass_mark"]),
        reviews=reviews,
        sources=sources_of(reviews),
        steps=steps,
        record=record_of(tries, desk.quiz.settings),
        certificate=_certificate(db, sitting) if steps.is_complete else None,
        pretest=_pretest(db, sitting, desk.quiz),
        attribution=desk.attribution,
    )


@router.post("/courses/{slug}/quizzes/{key}/attempts")
def create_attempt(request: Request, db: Db, reader: SignedInReader, key: str) -> Response:
    """Begin an attempt, or go on in the one under way; with all questions on one page if asked."""
    quiz = _quiz(request, db, reader, key)
    if reader.place_id is None:
        raise PlaceNeeded
    paper = Paper(reader.place_id, key, quiz.settings, quiz.items)
    number = open_attempt(db, paper, request.scope["language"])
    view = _ON_ONE_PAGE if dict(request.state.fields).get("view") == ALL else ""
    return onward(request, "show_attempt", view, slug=reader.slug, key=key, number=number)


@router.get("/courses/{slug}/quizzes/{key}")
def show_quiz(request: Request, db: Db, reader: AnyReader, key: str) -> Response:
    """What a quiz is and asks, and what the person has done in it."""
    quiz = _quiz(request, db, reader, key)
    tries = tries_of(db, reader.place_id, key) if reader.place_id is not None else ()
    return page(
        request,
        "assessment/pretest.html" if quiz.activity.is_pretest else "assessment/quiz.html",
        reader=reader,
        quiz=quiz,
        record=record_of(tries, quiz.settings),
        now=clock.now(),
        attribution=attribution_for(request, db, quiz.edition, reader.owners_revision),
    )


def _quiz(request: Request, db: Session, reader: Reader, key: str) -> Quiz:
    return quiz_called(db, reader.version_id, request.scope["language"], reader.compiler, key)


def _told(desk: Desk) -> Response:
    saved = desk.write(desk.decide())
    told = {
        "revision": saved.revision,
        "saved": saved.saved,
        "kept": saved.kept,
        "open": [each for each in desk.open_positions if each in saved.saved],
        "says": desk.saved_words(),
    }
    return Response(json.dumps(told), 200, PRIVATE, "application/json")


def _has_ended(sitting: Sitting) -> bool:
    """Whether the attempt was handed in or its time is up; raises EnrolmentOver for a left round."""
    if sitting.submitted_at is None and sitting.round_ended_at is not None:
        raise EnrolmentOver
    return sitting.submitted_at is not None or sitting.is_over(clock.now())


def _certificate(db: Session, sitting: Sitting) -> str | None:
    """The code of the standing certificate for this course, if its learner holds one."""
    held_ones = certificates_of(db, sitting.learner_id)
    own = (each for each in held_ones if each.slug == sitting.slug and each.stands)
    return next((each.code for each in own), None)


def _pretest(db: Session, sitting: Sitting, quiz: Quiz) -> Try | None:
    """The learner's pretest of this round, graded, beside the final assessment that asks the same."""
    if not (quiz.activity.is_final and quiz.edition.pretest):
        return None
    tries = tries_of(db, sitting.enrolment_id, PRETEST)
    return next((each for each in tries if each.score is not None), None)


def _to_attempt(request: Request, sitting: Sitting, fragment: str = "") -> Response:
    return onward(request, "show_attempt", fragment, **sitting.address)


def _to_result(request: Request, sitting: Sitting) -> Response:
    return onward(request, "show_result", **sitting.address)
