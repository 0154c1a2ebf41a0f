"""Boards: all figures that the people behind a course see of a crowd of its learners.

A crowd of few is counted when somebody looks. Versions with more than LIVE learners are counted
once a night, and the board kept, so that a look costs one row however many there are.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, String, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.bank import bank_of
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.database import Json, Model, Moment, Ref, table_of
from app.learning.enrolments import Enrolment
from app.statistics.teaching.answers import answers_alike
from app.statistics.teaching.crowds import Crowd
from app.statistics.teaching.items import Measured, items_measured
from app.statistics.teaching.options import KINDS, Option, Spread, options_chosen
from app.statistics.teaching.passes import Passed, passes_of
from app.statistics.teaching.stages import shown, stages_of
from app.statistics.teaching.times import Timed, lessons_timed
from app.statistics.teaching.voices import Meant, Voices, voices_of

LIVE = 100  # learners of a version, up to whom its boards are counted at each look


class KeptBoard(Model):
    """The figures of a crowd as they stood when they were counted; the next night replaces them."""

    __tablename__ = "kept_boards"

    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    quarter: Mapped[str] = mapped_column(String(8), primary_key=True)
    figures: Mapped[Json]
    made_at: Mapped[Moment]


class Board(NamedTuple):
    """Where learners stop, how long they read, how they fare in quizzes, and what they say.

    `as_of` is when it was counted, none for now.
    """

    stages: list[tuple[str, int | None]]
    lessons: list[Timed]
    passes: list[Passed]
    items: list[Measured]
    spreads: list[Spread]
    voices: Voices
    as_of: datetime | None = None


class Followed(NamedTuple):
    """A version that many follow, and the day when the first of them began."""

    version_id: int
    compiler: int
    first_day: date


_boards, _enrolments = KeptBoard.__table__.c, Enrolment.__table__.c
_versions = CourseVersion.__table__.c
_FOLLOWED = (
    select(_enrolments.version_id, _versions.compiler, func.min(_enrolments.started_day))
    .join_from(Enrolment.__table__, CourseVersion.__table__, _versions.id == _enrolments.version_id)
    .where(_enrolments.started_day.is_not(None))
    .group_by(_enrolments.version_id, _versions.compiler)
    .having(func.count() > bindparam("more_than"))
    .order_by(_enrolments.version_id)
)


def board_of(db: Session, crowd: Crowd, compiler: int) -> Board:
    """The figures of a crowd as they were kept, else counted now."""
    row = db.execute(select(_boards.figures, _boards.made_at).where(*_is(crowd))).one_or_none()
    return _restored(*row) if row is not None else counted(db, crowd, compiler)


def counted(db: Session, crowd: Crowd, compiler: int) -> Board:
    """The figures of a crowd as they are now; nothing of fewer than five people."""
    bank = bank_of(db, crowd.version_id, "en", compiler)
    with_options = [key for key, item in bank.items.items() if item.kind in KINDS]
    answers = answers_alike(db, crowd, with_options)
    return Board(
        shown(stages_of(db, crowd)),
        lessons_timed(db, crowd),
        passes_of(db, crowd),
        items_measured(answers),
        options_chosen(answers, bank.items),
        voices_of(db, crowd, bank),
    )


def keep(db: Session, crowd: Crowd, board: Board) -> None:
    """Put a board in the place of the one that was kept of the crowd."""
    db.execute(delete(table_of(KeptBoard)).where(*_is(crowd)))
    figures: dict[str, Any] = board._replace(as_of=None)._asdict()
    made = clock.now()
    db.add(
        KeptBoard(
            version_id=crowd.version_id,
            language=crowd.language,
            quarter=crowd.quarter.name,
            figures=figures,
            made_at=made,
        )
    )
    db.flush()


def followed_by_many(db: Session, more_than: int = LIVE) -> list[Followed]:
    """The versions whose boards are kept, as more than so many learners began them."""
    return [Followed(*row) for row in db.execute(_FOLLOWED, {"more_than": more_than})]


def kept_of(db: Session, version_id: int) -> set[tuple[str, str]]:
    """The languages and quarters whose boards of a version are kept."""
    rows = select(_boards.language, _boards.quarter).where(_boards.version_id == version_id)
    return {(language, quarter) for language, quarter in db.execute(rows)}


def _is(crowd: Crowd) -> tuple[Any, ...]:
    return (
        _boards.version_id == crowd.version_id,
        _boards.language == crowd.language,
        _boards.quarter == crowd.quarter.name,
    )


def _restored(figures: dict[str, Any], made_at: datetime) -> Board:
    """A kept board; JSON made lists of its tuples."""
    return Board(
        [(key, count) for key, count in figures["stages"]],
        [Timed(*each) for each in figures["lessons"]],
        [Passed(*each) for each in figures["passes"]],
        [Measured(*each) for each in figures["items"]],
        [_spread(*each) for each in figures["spreads"]],
        _voices(*figures["voices"]),
        made_at,
    )


def _spread(quiz: str, key: str, answered: int, upper: int, lower: int, options: Any) -> Spread:
    return Spread(quiz, key, answered, upper, lower, tuple(Option(*each) for each in options))


def _voices(
    given: int, answers: Any, asked: int, told: int, uses: Any, outcomes: Any, recommendations: Any
) -> Voices:
    by_outcome = [Meant(*each) for each in outcomes]
    by_recommendation = [Meant(*each) for each in recommendations]
    return Voices(given, answers, asked, told, uses, by_outcome, by_recommendation)
