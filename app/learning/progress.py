"""Progress: what of a course is done, on activity keys, so that it survives a new version."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Integer,
    String,
    bindparam,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Key, Model, Moment, MomentType, Ref, table_of
from app.foundation.durations import SecondsBetween, least
from app.foundation.prepared import Once, Prepared

PAUSE = timedelta(seconds=20)  # between two writes of a reader's place
IDLE = 300  # seconds; who gives no sign for longer is counted as reading for so long


class Progress(Model):
    """An activity done in one enrolment; `place` is the block where the reader stopped in it.

    `spent` is seconds of reading, where the reader's browser gave signs by noting the place: from
    sign to sign, and from the last one until it was done, at most IDLE each time, and never longer
    than the page was open when the sign came.
    """

    __tablename__ = "progress"

    enrolment_id: Mapped[Ref] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    activity_key: Mapped[Key] = mapped_column(primary_key=True)
    done_at: Mapped[Moment | None]
    place: Mapped[str | None] = mapped_column(String(64))
    spent: Mapped[int | None] = mapped_column(Integer)
    updated_at: Mapped[Moment]


class Stopped(NamedTuple):
    """The paragraph that was read last, in a lesson that is not done yet."""

    activity_key: str
    block: str


class Steps(NamedTuple):
    """What is done in a round, the latest last; and where the reader stopped since then, if so."""

    done: tuple[str, ...] = ()
    last: datetime | None = None
    stopped: Stopped | None = None


NOTHING = Steps()
_progress = Progress.__table__.c
_DONE = Prepared(
    select(_progress.activity_key)
    .where(_progress.enrolment_id == bindparam("enrolment_id"), _progress.done_at.is_not(None))
    .order_by(_progress.done_at)
)
STEPS = select(
    _progress.enrolment_id, _progress.activity_key, _progress.done_at, _progress.place,
    _progress.updated_at,
)  # fmt: skip
_is_step = (
    _progress.enrolment_id == bindparam("enrolment"),
    _progress.activity_key == bindparam("key"),
)
_is_open = _progress.done_at.is_(None)
_now = bindparam("now", type_=MomentType())
_since_sign = SecondsBetween(_progress.updated_at, _now)
_FINISH = Prepared(
    update(table_of(Progress))
    .where(*_is_step, _is_open)
    .values(
        done_at=_now,
        spent=_progress.spent + least(_since_sign, literal(IDLE)),
        updated_at=_now,
    )
)
_MOVE = Prepared(
    update(table_of(Progress))
    .where(*_is_step, _is_open, _progress.updated_at <= bindparam("since", type_=MomentType()))
    .values(
        place=bindparam("block"),
        spent=_progress.spent + least(_since_sign, bindparam("most", type_=Integer())),
        updated_at=_now,
    )
)
_WRITTEN = Prepared(
    select(_progress.activity_key)
    .where(
        _progress.enrolment_id == bindparam("enrolment"),
        _progress.place.is_not(None),
        _progress.updated_at > bindparam("since", type_=MomentType()),
    )
    .limit(1)
)
_once = Once(Progress)


def mark_done(db: Session, enrolment_id: int, activity_key: str, moment: datetime) -> bool:
    """Mark an activity as done; what is done stays done since its first time."""
    row = {
        "enrolment_id": enrolment_id,
        "activity_key": activity_key,
        "done_at": moment,
        "updated_at": moment,
    }
    if _once.add(db, row):
        return True
    step = {"enrolment": enrolment_id, "key": activity_key, "now": moment}
    return _FINISH.run(db, step) > 0


def note_place(
    db: Session, enrolment_id: int, activity_key: str, block: str, opened: int = IDLE
) -> bool:
    """Keep how far a lesson is read; not when it is done, nor sooner than PAUSE after a write.

    `opened` is for how many seconds the page was open.
    """
    moment, most = clock.now(), min(opened, IDLE)
    asked = {"enrolment": enrolment_id, "since": moment - PAUSE}
    if _WRITTEN.rows(db, asked):
        return False
    row = {
        "enrolment_id": enrolment_id,
        "activity_key": activity_key,
        "place": block,
        "spent": most,
        "updated_at": moment,
    }
    if _once.add(db, row):
        return True
    step = {"key": activity_key, "block": block, "now": moment, "most": most}
    return _MOVE.run(db, asked | step) > 0


def steps_of_each(rows: Iterable[Sequence[Any]]) -> dict[int, Steps]:
    """The steps in each enrolment that rows of STEPS tell of."""
    told: dict[int, list[Sequence[Any]]] = {}
    for enrolment_id, *step in rows:
        told.setdefault(enrolment_id, []).append(step)
    return {enrolment_id: _steps_among(each) for enrolment_id, each in told.items()}


def steps_of_one(rows: Iterable[Sequence[Any]]) -> Steps:
    """The steps of the one enrolment that rows of STEPS tell of; NOTHING without rows."""
    return next(iter(steps_of_each(rows).values()), NOTHING)


def _steps_among(rows: Sequence[Sequence[Any]]) -> Steps:
    done = sorted((done_at, key) for key, done_at, _place, _updated in rows if done_at is not None)
    open_ones = [row for row in rows if row[1] is None and row[2]]
    last = done[-1][0] if done else None
    latest = max(open_ones, key=lambda row: row[3], default=None)
    is_since = latest is not None and (last is None or latest[3] >= last)
    return Steps(
        tuple(key for _done_at, key in done),
        last,
        Stopped(latest[0], latest[2]) if latest is not None and is_since else None,
    )


def done_in(db: Session, enrolment_id: int) -> tuple[str, ...]:
    """The keys of the lessons done and quizzes passed in an enrolment, the latest one last."""
    return tuple(key for (key,) in _DONE.rows(db, {"enrolment_id": enrolment_id}))
