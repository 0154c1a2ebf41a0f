"""Routes of learning: starting and leaving a course, marking its lessons, and My learning."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.editions import Edition, EditionActivity
from app.catalogue.shelves import edition_of
from app.duties.boards import Board, Required, board_of
from app.foundation import clock
from app.identity.access import SignedIn
from app.learning.enrolments import enrol, withdraw
from app.learning.progress import NOTHING, Steps, Stopped, done_in
from app.learning.readers import Learner, Reader, SignedInReader
from app.learning.results import Earned, record_result
from app.learning.rounds import ON_A_PAGE, Round, record_of, rounds_page
from app.learning.ways import Missing, Way, missing_in, next_in, way_through
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


class Due(NamedTuple):
    """A quiz under way that ends by itself at a moment."""

    activity: EditionActivity
    edition: Edition
    number: int
    until: datetime


class Shown(NamedTuple):
    """A round as My learning shows it, in the reader's language."""

    round: Round
    edition: Edition
    way: Way | None = None
    missing: tuple[Missing, ...] = ()
    stopped: Stopped | None = None


class Needed(NamedTuple):
    """What is required of a learner, with its course in their language."""

    duty: Required
    edition: Edition


@router.post("/courses/{slug}/lessons/{key}/progress")
def create_progress(request: Request, db: Db, learner: Learner, key: str) -> Response:
    """Mark the lesson as done and go on to what follows it."""
    edition = _edition(request, db, learner)
    lesson = edition.lesson(key)
    record_result(
        db,
        Earned(
            enrolment_id=learner.own_place_id,
            activity_key=lesson.key,
            source="lesson",
            source_key=f"{learner.own_place_id}/{lesson.key}",
            passed=True,
            language=request.scope["language"],
        ),
    )
    return _on_to(request, edition, edition.after(key))


@router.get("/my-learning")
def show_my_learning(request: Request, db: Db, visitor: SignedIn) -> Response:
    language = request.scope["language"]
    board = board_of(db, visitor.id)
    record = record_of(board.rounds, board.steps)
    return page(
        request,
        "learning/my_learning.html",
        has_news=board.has_news,
        due=_due(db, board, language),
        required=[Needed(each, _edition_of(db, each, language)) for each in board.required],
        more=board.more,
        under_way=[
            _shown(db, each, board.steps.get(each.id, NOTHING), language, is_first=not place)
            for place, each in enumerate(record.under_way)
        ],
        completed=[Shown(each, _edition_of(db, each, language)) for each in record.completed],
        left=[Shown(each, _edition_of(db, each, language)) for each in record.left],
    )


@router.get("/my-learning/all")
def show_all_rounds(request: Request, db: Db, visitor: SignedIn) -> Response:
    """Every round that the learner ever opened, newest first, a page at a time."""
    at = request.query_params.get("page", "1")
    number = int(at) if at.isascii() and at.isdigit() and 0 < len(at) < 6 else 1
    rounds = rounds_page(db, visitor.id, max(number, 1))
    language = request.scope["language"]
    return page(
        request,
        "learning/all_rounds.html",
        shown=[Shown(each, _edition_of(db, each, language)) for each in rounds[:ON_A_PAGE]],
        has_more=len(rounds) > ON_A_PAGE,
        at=max(number, 1),
    )


@router.post("/courses/{slug}/enrolment")
def create_enrolment(request: Request, db: Db, reader: SignedInReader) -> Response:
    """Give the reader a place, or the one they have, and open what comes next in it.

    That is the pretest, which may be skipped, as long as nothing of the course was done.
    """
    assert reader.visitor is not None
    place = enrol(db, reader.visitor.id, reader.course_id, request.scope["language"])
    edition = edition_of(db, place.version_id, request.scope["language"], reader.compiler)
    if edition.pretest and place.started_at is None:
        return _on_to(request, edition, edition.pretest)
    return _on_to(request, edition, next_in(edition, done_in(db, place.id)))


@router.get("/courses/{slug}/withdrawal")
def new_withdrawal(request: Request, db: Db, learner: Learner) -> Response:
    return page(
        request,
        "learning/withdrawal.html",
        edition=_edition(request, db, learner),
        done=len(done_in(db, learner.own_place_id)),
    )


@router.post("/courses/{slug}/withdrawal")
def create_withdrawal(request: Request, db: Db, learner: Learner) -> Response:
    withdraw(db, learner.own_place_id, request.scope["language"])
    return onward(request, "show_my_learning")


def _on_to(request: Request, edition: Edition, activity: EditionActivity | None) -> Response:
    if activity is None:
        return onward(request, "show_course", slug=edition.slug)
    return onward(request, f"show_{activity.kind}", slug=edition.slug, key=activity.key)


def _shown(db: Session, standing: Round, steps: Steps, language: str, *, is_first: bool) -> Shown:
    """A round under way; only the first says what is missing."""
    edition = _edition_of(db, standing, language)
    way = way_through(edition, steps.done, next_in(edition, steps.done))
    missing = missing_in(edition, steps.done) if is_first else ()
    return Shown(standing, edition, way, missing, steps.stopped)


def _due(db: Session, board: Board, language: str) -> list[Due]:
    """What ends by itself, the next to end first; what has ended is graded and stands there."""
    found = []
    for each, timed in board.timed:
        if timed.until > clock.now() and not each.ended_at:
            edition = _edition_of(db, each, language)
            if timed.activity_key in edition.places:
                activity = edition.activity(timed.activity_key)
                found.append(Due(activity, edition, timed.number, timed.until))
    return sorted(found, key=lambda due: due.until)


def _edition_of(db: Session, each: Round | Required, language: str) -> Edition:
    return edition_of(db, each.version_id, language, each.compiler)


def _edition(request: Request, db: Session, reader: Reader) -> Edition:
    return edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
