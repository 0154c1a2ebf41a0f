"""Jobs of teaching: once a night the boards of versions with many learners are counted anew."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock
from app.queue.worker import Workshop
from app.statistics.teaching.boards import LIVE, Followed, counted, followed_by_many, keep, kept_of
from app.statistics.teaching.crowds import Crowd, languages_of, quarters_until

COUNT = "count-learner-boards"
OPEN = 2  # quarters whose learners are still under way; older boards are counted once


def count_boards(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Count each board by a look and keep it by a short transaction of its own.

    A payload may say from how many learners on, as `more_than`.
    """
    with workshop.engines.reading() as db:
        due = [
            (each, crowd)
            for each in followed_by_many(db, payload.get("more_than", LIVE))
            for crowd in _crowds(db, each, clock.now().date())
        ]
    for followed, crowd in due:
        with workshop.engines.reading() as db:
            board = counted(db, crowd, followed.compiler)
        with workshop.engines.writing() as db:
            keep(db, crowd, board)


def _crowds(db: Session, followed: Followed, today: date) -> Iterator[Crowd]:
    known = kept_of(db, followed.version_id)
    quarters = quarters_until(today, followed.first_day)
    for language in ("", *languages_of(db, followed.version_id)):
        yield Crowd(followed.version_id, language)
        for place, quarter in enumerate(quarters):
            if place < OPEN or (language, quarter.name) not in known:
                yield Crowd(followed.version_id, language, quarter)
