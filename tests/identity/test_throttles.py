"""Throttles: so many tries in a window that slides, counted so that none slips through."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.foundation import clock
from app.identity.throttles import Limit, Throttle, TriedTooOften, forget_tries, note_try, settle

FIVE = Limit("five", 5, timedelta(minutes=15))


def tries(engines, count: int, subject: str = "awa", limit: Limit = FIVE) -> None:
    for _try in range(count):
        with engines.writing() as db:
            note_try(db, limit, subject)


def let_pass(engines, minutes: int) -> None:
    """Move all counted tries into the past."""
    with engines.writing() as db:
        for key, start in db.execute(select(Throttle.key, Throttle.window_start)).all():
            db.execute(
                update(Throttle)
                .where(Throttle.key == key, Throttle.window_start == start)
                .values(window_start=start - timedelta(minutes=minutes))
            )


def test_the_sixth_try_of_five_is_refused_and_says_how_long_to_wait(engines):
    tries(engines, 5)
    with pytest.raises(TriedTooOften) as refusal:
        tries(engines, 1)
    assert refusal.value.status == 429
    assert 14 <= refusal.value.values["minutes"] <= 15
    tries(engines, 1, "bilal")
    tries(engines, 1, limit=Limit("another", 1, timedelta(minutes=15)))


def test_the_window_slides_old_tries_leave_one_by_one(engines):
    tries(engines, 3)
    let_pass(engines, 10)
    tries(engines, 2)
    with pytest.raises(TriedTooOften) as refusal:
        tries(engines, 1)
    assert 4 <= refusal.value.values["minutes"] <= 5
    let_pass(engines, 6)  # the three are out of the window now, the two are not
    tries(engines, 3)
    with pytest.raises(TriedTooOften):
        tries(engines, 1)


def test_a_refused_try_is_not_counted(engines):
    tries(engines, 5)
    for _try in range(3):
        with pytest.raises(TriedTooOften):
            tries(engines, 1)
    with engines.reading() as db:
        assert db.scalars(select(func.sum(Throttle.count))).one() == 5


def test_a_settled_try_leaves_what_others_of_the_network_tried(engines):
    network, pair = Limit("network", 9, FIVE.window), Limit("pair", 9, FIVE.window)
    tries(engines, 2, "198.51.100.7", network)
    tries(engines, 2, "awa", pair)
    with engines.writing() as db:
        noted = (note_try(db, network, "198.51.100.7"), note_try(db, pair, "awa"))
    with engines.writing() as db:
        settle(db, noted)
        counts = db.execute(select(Throttle.key, Throttle.count)).all()
    assert [(key.partition(":")[0], count) for key, count in counts] == [("network", 2)]


def test_of_tries_at_the_same_moment_none_slips_through(engines):
    barrier, passed, faults = threading.Barrier(4), [], []

    def hammer() -> None:
        barrier.wait()
        for _try in range(3):
            try:
                tries(engines, 1)
            except TriedTooOften:
                continue
            except Exception as fault:  # noqa: BLE001 - whatever a thread raises is looked at below
                faults.append(fault)
            else:
                passed.append(1)

    threads = [threading.Thread(target=hammer) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(passed) == 5


def test_counts_are_forgotten_when_their_window_is_long_over(engines):
    tries(engines, 2)
    let_pass(engines, 60 * 25)
    tries(engines, 1)
    with engines.writing() as db:
        forget_tries(db, clock.now() - timedelta(days=1))
        assert db.scalars(select(Throttle.count)).all() == [1]
