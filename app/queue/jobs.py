"""Jobs: work promised in the same transaction as the change that asks for it (an outbox)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    String,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import (
    Engines,
    Id,
    Json,
    Model,
    Moment,
    MomentType,
    index_where,
    table_of,
)
from app.foundation.prepared import Once, Prepared

MOST_ATTEMPTS = 8
WAITS = (1, 5, 30, 120, 360, 720, 1440)  # minutes before the second attempt, the third and so on
LEASE = timedelta(minutes=10)
LONGEST_ERROR = 1000
SOME = 200  # things that one job is about
PROMISED = "jobs promised"


class Job(Model):
    """One promised piece of work; done once `done_at` is set, given up never silently.

    Whoever claims it holds it until `locked_until`; a process that dies loses it to the next one,
    so a handler may run twice and must bear that. A finished job keeps no payload. What `gives_way`,
    such as letters to many, is taken when nothing else is due: somebody may wait for the rest.
    """

    __tablename__ = "jobs"
    # In the order in which jobs are claimed: of a million letters the next one is the first.
    __table_args__ = (index_where("ix_jobs_due", "done_at IS NULL", "gives_way", "run_at", "id"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(64))
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    payload: Mapped[Json]
    run_at: Mapped[Moment]
    gives_way: Mapped[bool] = mapped_column(default=False)
    locked_until: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[Moment | None]


class Claim(NamedTuple):
    """A job in the hands of one worker; `attempts` tells this claim from a later one."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


class Tally(NamedTuple):
    """How many jobs wait for their moment, are overdue, were given up, are done."""

    waiting: int
    overdue: int
    given_up: int
    done: int


class Run(NamedTuple):
    """How regular work of a kind goes: when it was done last, and what keeps it from being done."""

    done_at: datetime | None
    is_due: bool
    error: str | None


class Hopeless(Exception):
    """What a handler raises when another attempt cannot help; the job is given up at once."""


_ADD, _ADD_EACH = Once(Job), Prepared(insert(table_of(Job)).inline())
_jobs = Job.__table__.c
_is_due = (
    _jobs.done_at.is_(None)
    & (_jobs.gives_way == bindparam("behind", type_=Boolean()))
    & (_jobs.run_at <= bindparam("now", type_=MomentType()))
    & (_jobs.attempts < MOST_ATTEMPTS)
    & or_(_jobs.locked_until.is_(None), _jobs.locked_until < bindparam("now", type_=MomentType()))
    & _jobs.kind.in_(bindparam("kinds", expanding=True))
)
# Not whether there is any: PostgreSQL would look for it through all that are done.
NEXT = select(_jobs.id).where(_is_due).order_by(_jobs.run_at, _jobs.id).limit(1)
_CLAIM = (
    update(Job)
    .where(Job.id == NEXT.with_for_update(skip_locked=True).scalar_subquery())
    .values(locked_until=bindparam("until", type_=MomentType()), attempts=Job.attempts + 1)
    .returning(_jobs.id, _jobs.kind, _jobs.payload, _jobs.attempts)
    .execution_options(synchronize_session=False)
)


def later(
    db: Session,
    kind: str,
    payload: Mapping[str, Any],
    run_at: datetime | None = None,
    unique_key: str | None = None,
    *,
    gives_way: bool = False,
) -> bool:
    """Promise work that starts after the commit, not before `run_at`.

    A unique key that was used before promises nothing new; tells whether this call did.
    """
    same = _promised(db, kind, run_at, gives_way=gives_way)
    return _ADD.add(db, same | {"unique_key": unique_key, "payload": dict(payload)})


def later_each(db: Session, kind: str, payloads: Iterable[Mapping[str, Any]]) -> None:
    """Promise work of one kind for each of the payloads, which gives way to what is promised by itself.

    All are written at once, so none has a unique key and nobody is told which were new.
    """
    same = _promised(db, kind, None, gives_way=True)
    _ADD_EACH.run_each(db, [same | {"payload": dict(each)} for each in payloads])


def later_some(db: Session, kind: str, ids: Sequence[int], **same: Any) -> None:
    """Promise work on many things, some of their `ids` at a time, which gives way.

    So whoever waits for a new password waits behind a second of it at most, however many they are.
    """
    parts = (ids[at : at + SOME] for at in range(0, len(ids), SOME))
    later_each(db, kind, [{"ids": [*part], **same} for part in parts])


def _promised(
    db: Session, kind: str, run_at: datetime | None, *, gives_way: bool
) -> dict[str, Any]:
    """What every job of a promise begins with; the worker is woken after the commit."""
    db.connection().info[PROMISED] = True
    moment = run_at or clock.now()
    return {"kind": kind, "run_at": moment, "gives_way": gives_way, "attempts": 0}


def claim(engines: Engines, kinds: Collection[str]) -> Claim | None:
    """Take the job of these kinds that has been due for longest; no other worker gets it.

    Those that give way are looked at when no other is due.
    """
    for gives_way in (False, True):
        held = _claimed(engines, {"kinds": list(kinds), "behind": gives_way})
        if held is not None:
            return held
    return None


def _claimed(engines: Engines, asked: Mapping[str, Any]) -> Claim | None:
    """A look without a lock comes first, so that an idle worker never holds up the writers."""
    now = clock.now()
    with engines.reading() as db:
        if db.execute(NEXT, {**asked, "now": now}).first() is None:
            return None
    with engines.writing() as db:
        row = db.execute(_CLAIM, {**asked, "now": now, "until": now + LEASE}).one_or_none()
        return Claim(*row) if row is not None else None


def finish(engines: Engines, held: Claim) -> None:
    """The work is done: keep that, and forget what it was about."""
    _settle(engines, held, done_at=clock.now(), payload={}, last_error=None)


def put_off(engines: Engines, held: Claim, error: str) -> None:
    """The attempt failed: try again after a growing wait, or give up after the last."""
    wait = WAITS[min(held.attempts, len(WAITS)) - 1]
    run_at = clock.now() + timedelta(minutes=wait)
    _settle(engines, held, run_at=run_at, last_error=error[:LONGEST_ERROR])


def put_back(engines: Engines, held: Claim) -> None:
    """The attempt was broken off by no fault of its own: it is not counted, and the job is due."""
    _settle(engines, held, attempts=held.attempts - 1)


def give_up(engines: Engines, held: Claim, error: str) -> None:
    """No attempt will help: keep why, for whoever looks after the queue."""
    _settle(engines, held, attempts=MOST_ATTEMPTS, last_error=error[:LONGEST_ERROR])


def _settle(engines: Engines, held: Claim, **values: Any) -> None:
    with engines.writing() as db:
        db.execute(
            update(Job)
            .where(Job.id == held.id, Job.attempts == held.attempts, Job.done_at.is_(None))
            .values(locked_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def tally(db: Session) -> Tally:
    """How the queue stands, for whoever watches it."""
    now, is_open = clock.now(), _jobs.done_at.is_(None)
    late = is_open & (_jobs.run_at < now - timedelta(minutes=1)) & (_jobs.attempts < MOST_ATTEMPTS)
    one = func.count(literal(1))
    return Tally(
        *db.execute(
            select(
                one.filter(is_open & (_jobs.attempts < MOST_ATTEMPTS)),
                one.filter(late),
                one.filter(_is_given_up(now)),
                one.filter(_jobs.done_at.is_not(None)),
            )
        ).one()
    )


def run_of(db: Session, kind: str) -> Run:
    """How the work of a kind goes."""
    done_at = db.scalar(
        select(func.max(_jobs.done_at, type_=MomentType())).where(_jobs.kind == kind)
    )
    waits = select(Job).where(Job.kind == kind, Job.done_at.is_(None)).order_by(Job.id.desc())
    waiting = db.scalars(waits.limit(1)).one_or_none()
    return Run(done_at, waiting is not None, waiting.last_error if waiting else None)


def jobs_given_up(db: Session) -> Sequence[Job]:
    """The jobs that no worker tries any more, latest first, each with its last error."""
    return db.scalars(
        select(Job).where(_is_given_up(clock.now())).order_by(Job.run_at.desc(), Job.id.desc())
    ).all()


def _is_given_up(now: datetime) -> ColumnElement[bool]:
    is_held = _jobs.locked_until.is_not(None) & (_jobs.locked_until >= now)
    return _jobs.done_at.is_(None) & (_jobs.attempts >= MOST_ATTEMPTS) & ~is_held


def retry(db: Session, job: Job) -> None:
    """Let the workers try a given-up job again, from its first attempt."""
    db.connection().info[PROMISED] = True
    job.attempts, job.run_at, job.locked_until = 0, clock.now(), None


def forget_jobs(db: Session, before: datetime) -> None:
    """Delete what was done or given up before a moment."""
    is_over = Job.done_at.is_not(None) | (Job.attempts >= MOST_ATTEMPTS)
    db.execute(delete(Job).where(is_over, Job.run_at < before))
