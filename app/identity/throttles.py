"""Throttles: how often something was tried in a window of time, counted in rows."""

import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Integer, String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Model, Moment
from app.foundation.errors import Refusal
from app.i18n.marking import N_

STEPS = 15  # rows a window: it slides in steps of a fifteenth of its length


class Throttle(Model):
    """The tries of one key in one step of a window; keys hold hashes, never an address."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    window_start: Mapped[Moment] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class Limit(NamedTuple):
    """So many tries in a sliding window; the name keeps kinds of tries apart."""

    name: str
    most: int
    window: timedelta


class Try(NamedTuple):
    """One noted try, by which it can be taken back."""

    key: str
    window_start: datetime


class TriedTooOften(Refusal):
    """The limit of a window is reached; what was tried is not even looked at."""

    status = 429
    says = N_("This was tried too often, so it is paused for a while.")
    mend = N_("Wait %(minutes)s min, then try again. Nothing was changed.")


QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
# An address from one network, so that nobody can lock another out; then everywhere; then the
# network, where a whole ministry may sit behind one address. Right passwords are taken back.
SIGN_INS_HERE = Limit("sign-in-here", 5, QUARTER)
SIGN_INS_OF_ADDRESS = Limit("sign-in-address", 50, QUARTER)
SIGN_INS_OF_NETWORK = Limit("sign-in-network", 100, QUARTER)
MAILS_TO_ADDRESS = Limit("mail-address", 4, HOUR)
MAILS_OF_NETWORK = Limit("mail-network", 60, HOUR)
INVITATIONS = Limit("invitations", 100, HOUR)
# Slips that one registrar prints, of which each lets somebody in.
SLIPS = Limit("slips", 100, HOUR)
# Who sits at a browser left open knows no password: the person's own pages ask for it again.
PASSWORDS_AGAIN = Limit("password-again", 5, QUARTER)
# Three codes of a million are right at any moment: five tries a quarter leave no hope of a guess.
SECOND_STEPS = Limit("second-step", 5, QUARTER)
# The owner is told of a pause once while it lasts, whoever asks how often.
PAUSES_TOLD = Limit("pause-told", 1, QUARTER)
# Nobody guesses a signature; this only bounds how many challenges are kept.
CHALLENGES_OF_NETWORK = Limit("challenge-network", 1000, QUARTER)
# Each sign-in by a provider makes us ask it; a whole ministry may come from one address at nine.
DEPARTURES_OF_NETWORK = Limit("departure-network", 1000, QUARTER)


_SAME_STEP = [Throttle.key, Throttle.window_start]
_COUNT_UP = {
    "sqlite": sqlite.insert(Throttle).on_conflict_do_update(
        index_elements=_SAME_STEP, set_={"count": Throttle.count + 1}
    ),
    "postgresql": postgresql.insert(Throttle).on_conflict_do_update(
        index_elements=_SAME_STEP, set_={"count": Throttle.count + 1}
    ),
}


def note_try(db: Session, limit: Limit, subject: str) -> Try:
    """Count one more try; raises TriedTooOften, which says how many minutes to wait.

    It counts first and looks after, so that of tries at the same moment none slips through; a
    refused try is rolled back by its refusal and does not lengthen the wait.
    """
    now = clock.now()
    noted = Try(_key_of(limit, subject), _step_of(limit, now))
    db.execute(_COUNT_UP[db.get_bind().dialect.name], {**noted._asdict(), "count": 1})
    steps = db.execute(
        select(Throttle.window_start, Throttle.count)
        .where(Throttle.key == noted.key, Throttle.window_start > now - limit.window)
        .order_by(Throttle.window_start)
    ).all()
    over = sum(count for _start, count in steps) - limit.most
    if over > 0:
        minutes = _minutes_until_free(limit, now, over, steps)
        raise TriedTooOften(minutes=minutes, limit=limit.name)
    return noted


def settle(db: Session, tries: Sequence[Try]) -> None:
    """A right password: take its try back from the first key, and forget the others' tries.

    The first is the network, which others share; the rest is the person's own.
    """
    network, *own = tries
    take_back(db, [network])
    for tried in own:
        db.execute(delete(Throttle).where(Throttle.key == tried.key))


def take_back(db: Session, tries: Sequence[Try]) -> None:
    """A right answer: count these tries no longer; what others of their keys tried stays."""
    for tried in tries:
        db.execute(
            update(Throttle)
            .where(Throttle.key == tried.key, Throttle.window_start == tried.window_start)
            .values(count=Throttle.count - 1)
        )


def forget_try(db: Session, tried: Try) -> None:
    """A right answer: forget the tries of its key."""
    db.execute(delete(Throttle).where(Throttle.key == tried.key))


def forget_tries(db: Session, before: datetime) -> None:
    """Delete the counts of windows that ended before a moment."""
    db.execute(delete(Throttle).where(Throttle.window_start < before))


def _minutes_until_free(
    limit: Limit, now: datetime, over: int, steps: Sequence[tuple[datetime, int]]
) -> int:
    for start, count in steps:
        over -= count
        if over <= 0:
            return max(1, math.ceil((start + limit.window - now).total_seconds() / 60))
    return math.ceil(limit.window.total_seconds() / 60)


def _step_of(limit: Limit, now: datetime) -> datetime:
    seconds = limit.window.total_seconds() / STEPS
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)


def _key_of(limit: Limit, subject: str) -> str:
    return f"{limit.name}:{hashlib.sha256(subject.encode()).hexdigest()}"
