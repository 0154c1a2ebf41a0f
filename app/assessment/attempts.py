"""Attempts: one learner's try at one quiz, kept on the server answer by answer."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    cast,
    false,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.assessment.drawing import Drawn, draw
from app.catalogue.activities import PRETEST
from app.catalogue.bank import BankItem
from app.foundation import clock
from app.foundation.database import (
    Answer,
    Hash,
    Id,
    Json,
    Key,
    Model,
    Moment,
    Ref,
    index_where,
    table_of,
)
from app.foundation.errors import Refusal
from app.foundation.prepared import Prepared
from app.i18n.marking import N_
from app.learning.enrolments import EnrolmentOver, Place, about, locked, start
from app.learning.results import Result
from app.queue.jobs import later

SOURCE = "quiz"  # of the results that come from attempts
OVERDUE = "grade-overdue-attempt"
GRACE = timedelta(seconds=5)  # so that the learner's own last click comes first


class Attempt(Model):
    """A try at a quiz: its version, seed and revision; open until `submitted_at`."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "activity_key", "number"),
        Index("ix_attempts_version_id", "version_id", "number"),
        index_where(
            "uq_attempts_open",
            "submitted_at IS NULL",
            "enrolment_id",
            "activity_key",
            is_unique=True,
        ),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"))
    activity_key: Mapped[Key]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    number: Mapped[int] = mapped_column(Integer)
    seed: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[Moment]
    due_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    graded_at: Mapped[Moment | None]


class AttemptItem(Model):
    """One drawn item of an attempt: by content hash, in the order shown, with the saved answer.

    `revision` is the attempt's at the last save of this answer; `is_flagged` when its learner wants
    to look at it again.
    """

    __tablename__ = "attempt_items"

    attempt_id: Mapped[Ref] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_key: Mapped[Key]
    item_hash: Mapped[Hash] = mapped_column(ForeignKey("items.hash"))
    shown: Mapped[Json]
    answer: Mapped[Answer | None]
    revision: Mapped[int] = mapped_column(Integer)
    answered_at: Mapped[Moment | None]
    is_flagged: Mapped[bool] = mapped_column(Boolean, server_default=false())
    score: Mapped[float | None] = mapped_column(Float)


@dataclass(frozen=True, kw_only=True)
class AttemptOpened(Happening):
    """A learner began a try at a quiz."""

    kind: ClassVar[str] = "attempt-opened"

    attempt_id: int
    activity_key: str
    number: int


class AttemptsUsedUp(Refusal):
    """The quiz allows so many attempts, and all are used."""

    says = N_("All %(allowed)s attempts at this quiz are used.")
    mend = N_(
        "Your best result counts. If you need another attempt, leave the course and start it again:"
        " a new round has all of them."
    )


class PretestOver(Refusal):
    """The pretest measures what somebody knew before the course, so it is taken before all else."""

    says = N_("The pretest can be taken once, before anything else of the course.")
    mend = N_("Go on with the course. Its final assessment asks the same.")


class Paper(NamedTuple):
    """A quiz as handed out: its items in source order and its settings, for one enrolment."""

    enrolment_id: int
    activity_key: str
    settings: Mapping[str, Any]
    items: Sequence[BankItem]


class Try(NamedTuple):
    """An attempt in the list of a learner's attempts; once graded, `score` of `out_of` points."""

    id: int
    number: int
    opened_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    score: float | None
    out_of: float | None
    has_passed: bool | None


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_results = Result.__table__.c
_asked = (
    _attempts.enrolment_id == bindparam("enrolment_id"),
    _attempts.activity_key == bindparam("activity_key"),
)
TRIES = (
    select(
        _attempts.id, _attempts.number, _attempts.opened_at, _attempts.due_at,
        _attempts.submitted_at, _results.score, _results.out_of, _results.passed,
    )
    .select_from(
        Attempt.__table__.outerjoin(
            Result.__table__,
            (_results.source == SOURCE) & (_results.source_key == cast(_attempts.id, String)),
        )
    )
    .where(*_asked)
)  # fmt: skip
_TRIES = Prepared(TRIES.order_by(_attempts.number))
_SEEN = Prepared(
    select(_items.item_key)
    .join_from(AttemptItem.__table__, Attempt.__table__, _attempts.id == _items.attempt_id)
    .where(*_asked)
)
_INSERT_ATTEMPT = Prepared(insert(table_of(Attempt)).returning(_attempts.id))
_INSERT_ITEMS = Prepared(insert(table_of(AttemptItem)).inline())


def tries_of(db: Session, enrolment_id: int, activity_key: str) -> list[Try]:
    """All attempts of an enrolment at one quiz, first to last."""
    asked = {"enrolment_id": enrolment_id, "activity_key": activity_key}
    return [Try(*row) for row in _TRIES.rows(db, asked)]


def open_attempt(db: Session, paper: Paper, language: str) -> int:
    """The number of the learner's open attempt at the quiz, begun now if there is none.

    Raises AttemptsUsedUp, PretestOver, or EnrolmentOver for a round that has ended.
    """
    place = locked(db, paper.enrolment_id)
    if place.ended_at is not None:
        raise EnrolmentOver
    tries = tries_of(db, place.id, paper.activity_key)
    if tries and tries[-1].submitted_at is None:
        return tries[-1].number
    if paper.activity_key == PRETEST and place.started_at is not None:
        raise PretestOver
    allowed = paper.settings["attempts"]
    if allowed is not None and len(tries) >= allowed:
        raise AttemptsUsedUp(allowed=allowed)
    number = tries[-1].number + 1 if tries else 1
    attempt_id, due_at = _begin(db, place, paper, number, language)
    if due_at is not None:
        key = f"{OVERDUE}:{attempt_id}"
        later(db, OVERDUE, {"attempt_id": attempt_id}, due_at + GRACE, unique_key=key)
    start(db, place, language)
    record(
        db,
        AttemptOpened(
            **about(place),
            language=language,
            mode="online",
            attempt_id=attempt_id,
            activity_key=paper.activity_key,
            number=number,
        ),
    )
    return number


def _begin(
    db: Session, place: Place, paper: Paper, number: int, language: str
) -> tuple[int, datetime | None]:
    seed, moment = secrets.randbits(62), clock.now()
    limit = paper.settings["time_limit"]
    due_at = moment + timedelta(minutes=limit) if limit else None
    ((attempt_id,),) = _INSERT_ATTEMPT.rows(
        db,
        {
            "enrolment_id": place.id,
            "activity_key": paper.activity_key,
            "version_id": place.version_id,
            "number": number,
            "seed": seed,
            "language": language,
            "revision": 0,
            "opened_at": moment,
            "due_at": due_at,
        },
    )
    asked = {"enrolment_id": place.id, "activity_key": paper.activity_key}
    seen = {key for (key,) in _SEEN.rows(db, asked)} if number > 1 else set()
    drawn = draw(
        paper.items,
        seed=seed,
        count=paper.settings["draw"],
        shuffle=paper.settings["shuffle"],
        seen=seen,
    )
    _INSERT_ITEMS.run_each(db, [_row(attempt_id, at, each) for at, each in enumerate(drawn, 1)])
    return int(attempt_id), due_at


def _row(attempt_id: int, position: int, drawn: Drawn) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "position": position,
        "item_key": drawn.item.key,
        "item_hash": drawn.item.hash,
        "shown": drawn.shown,
        "revision": 0,
    }
