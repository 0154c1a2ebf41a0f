"""Routes of learning: starting and leaving a course, marking its lessons, and My learning."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.assessment.attempts import Attempt
from app.catalogue.editions import Edition, EditionActivity
from app.catalogue.shelves import edition_of
from app.credentials.certificates import Certificate
from app.foundation import clock
from app.identity.access import SignedIn
from app.learning.enrolments import enrol, withdraw
from app.learning.inquiries import has_news
from app.learning.progress import NOTHING, Steps, Stopped, done_in
from app.learning.readers import Learner, Reader, SignedInReader
from app.learning.results import Earned, record_result
from app.learning.rounds import ROUNDS, Round, record_of, steps_by
from app.learning.ways import Missing, Way, missing_in, next_in, way_through
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()

_certificates, _attempts = Certificate.__table__.c, Attempt.__table__.c
# Only a door may know these slices: each round with the code of its standing certificate, and with
# each attempt in it that runs against the clock; and whether an answer waits to be read.
_ROUNDS_WITH_MORE = (
    ROUNDS.add_columns(
        _certificates.code,
        has_news,
        _attempts.activity_key,
        _attempts.number,
        _attempts.due_at,
    )
    .outerjoin(
        Certificate.__table__,
        and_(
            _certificates.completion_id == ROUNDS.selected_columns.id,
            _certificates.replaced_at.is_(None),
            _certificates.revoked_at.is_(None),
        ),
    )
    .outerjoin(
        Attempt.__table__,
        and_(
            _attempts.enrolment_id == ROUNDS.selected_columns.id,
            _attempts.submitted_at.is_(None),
            _attempts.due_at.is_not(None),
        ),
    )
)


class Due(NamedTuple):
    """A quiz under way that ends by itself at a moment."""

    activity: EditionActivity
    slug: str
    number: int
    until: datetime


class Shown(NamedTuple):
    """A round as My learning shows it, in the reader's language."""

    round: Round
    edition: Edition
    way: Way | None = None
    missing: tuple[Missing, ...] = ()
    stopped: Stopped | None = None


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
    rows = [tuple(row) for row in db.execute(_ROUNDS_WITH_MORE, {"learner_id": visitor.id})]
    steps = steps_by(db, visitor.id)
    rounds = {row[0]: Round(*row[:-4]) for row in rows}
    record = record_of(list(rounds.values()), steps)
    return page(
        request,
        "learning/my_learning.html",
        has_news=any(row[-4] for row in rows),
        due=_due(db, rounds, rows, language),
        under_way=[
            _shown(db, each, steps.get(each.id, NOTHING), language, is_first=not place)
            for place, each in enumerate(record.under_way)
        ],
        completed=[Shown(each, _edition_of(db, each, language)) for each in record.completed],
        left=[Shown(each, _edition_of(db, each, language)) for each in record.left],
    )


@router.post("/courses/{slug}/enrolment")
def create_enrolment(request: Request, db: Db, reader: SignedInReader) -> Response:
    """Give the reader a place, or the one they have, and open what comes next in it."""
    assert reader.visitor is not None
    place = enrol(db, reader.visitor.id, reader.course_id, request.scope["language"])
    edition = edition_of(db, place.version_id, request.scope["language"], reader.compiler)
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


def _due(
    db: Session, rounds: Mapping[int, Round], rows: Sequence[tuple[Any, ...]], language: str
) -> list[Due]:
    """What ends by itself, the next to end first; what has ended is graded and stands there."""
    found = []
    for row in rows:
        key, number, until = row[-3:]
        each = rounds[row[0]]
        if until is not None and until > clock.now() and not each.ended_at:
            edition = _edition_of(db, each, language)
            if key in edition.places:
                found.append(Due(edition.activity(key), each.slug, number, until))
    return sorted(found, key=lambda due: due.until)


def _edition_of(db: Session, each: Round, language: str) -> Edition:
    return edition_of(db, each.version_id, language, each.compiler)


def _edition(request: Request, db: Session, reader: Reader) -> Edition:
    return edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
