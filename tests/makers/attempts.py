"""Makers of attempts: graded ones in bulk, by learners who are made for them."""

from datetime import UTC, datetime

from sqlalchemy import insert, select

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.items import QuizItem
from app.learning.enrolments import start
from tests.makers.learning import make_enrolment
from tests.makers.people import make_institute, make_person
from tests.makers.quizzes import QUIZ

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def make_places(db, version, number: int) -> list[int]:
    """Enrolments of so many learners who started."""
    institute = make_institute(db)
    found = []
    for _ in range(number):
        make_places.next += 1
        place = make_enrolment(
            db, make_person(db, f"Learner {make_places.next}", institute), version
        )
        start(db, place, "en")
        found.append(place.id)
    return found


make_places.next = 0


def make_attempts(
    db, version, scores, number: int = 1, answers=None, places=None, quiz: str = QUIZ
) -> None:
    """A graded attempt a row, by a learner of its own; none is an item that was not drawn.

    `answers` are those to the first item, in the rows' order; `places` the enrolments, if any stand.
    """
    keys = dict(db.execute(select(QuizItem.item_key, QuizItem.item_hash)).all())
    places = places or make_places(db, version, len(scores))
    attempts = [
        Attempt(
            enrolment_id=place, activity_key=quiz, version_id=version.id, number=number, seed=1,
            language="en", revision=0, opened_at=NOW, submitted_at=NOW, graded_at=NOW,
        )
        for place in places[: len(scores)]
    ]  # fmt: skip
    db.add_all(attempts)
    db.flush()
    rows = [
        {"attempt_id": attempt.id, "position": at, "item_key": f"item-{at}", "shown": {},
         "item_hash": keys[f"item-{at}"], "revision": 0, "score": score,
         "answer": answers[nth] if answers and at == 1 else None}
        for nth, (attempt, row) in enumerate(zip(attempts, scores, strict=True))
        for at, score in enumerate(row, 1) if score is not None
    ]  # fmt: skip
    if rows:
        db.execute(insert(AttemptItem), rows)
