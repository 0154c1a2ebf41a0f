"""Jobs: promised with a change, claimed by one worker, tried again, given up with a reason."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.foundation import clock
from app.foundation.batches import study
from app.queue.jobs import (
    MOST_ATTEMPTS,
    NEXT,
    Job,
    Tally,
    claim,
    finish,
    forget_jobs,
    give_up,
    jobs_given_up,
    later,
    later_each,
    put_off,
    retry,
    tally,
)
from tests.plans import plan_of

KINDS = ("greet",)


def promise(engines, kind: str = "greet", **more) -> None:
    with engines.writing() as db:
        later(db, kind, {"to": "awa"}, **more)


def only_job(engines) -> Job:
    with engines.reading() as db:
        return db.scalars(select(Job)).one()


def make_due(engines) -> None:
    with engines.writing() as db:
        db.execute(update(Job).values(run_at=clock.now() - timedelta(seconds=1)))


def test_a_promise_goes_with_the_change_that_is_rolled_back(engines):
    class ChangedMind(Exception):
        pass

    def promise_and_fail() -> None:
        with engines.writing() as db:
            later(db, "greet", {})
            raise ChangedMind

    with pytest.raises(ChangedMind):
        promise_and_fail()
    assert claim(engines, KINDS) is None


def test_a_unique_key_promises_once(engines):
    with engines.writing() as db:
        assert later(db, "greet", {"to": "awa"}, unique_key="greet:1")
        assert not later(db, "greet", {"to": "dara"}, unique_key="greet:1")
        assert later(db, "greet", {"to": "dara"}, unique_key="greet:2")
    with engines.reading() as db:
        assert tally(db).waiting == 2


def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(engines):
    promise(engines)
    held = claim(engines, KINDS)
    assert (held.kind, held.payload, held.attempts) == ("greet", {"to": "awa"}, 1)
    assert claim(engines, KINDS) is None

    with engines.writing() as db:
        db.execute(update(Job).values(locked_until=clock.now() - timedelta(seconds=1)))
    again = claim(engines, KINDS)
    assert (again.id, again.attempts) == (held.id, 2)
    finish(engines, held)  # by a worker that was taken for dead: its claim counts no more
    assert only_job(engines).done_at is None
    finish(engines, again)
    assert only_job(engines).done_at is not None


def test_the_job_that_waited_longest_comes_first_and_the_future_waits(engines):
    promise(engines, run_at=clock.now() + timedelta(hours=1))
    promise(engines, run_at=clock.now() - timedelta(hours=1), unique_key="old")
    promise(engines, run_at=clock.now() - timedelta(hours=2), unique_key="older")
    with engines.reading() as db:
        keys = dict(db.execute(select(Job.id, Job.unique_key)).all())
    assert keys[claim(engines, KINDS).id] == "older"
    assert keys[claim(engines, KINDS).id] == "old"
    assert claim(engines, KINDS) is None


def test_letters_to_many_give_way_to_what_somebody_waits_for(engines):
    with engines.writing() as db:
        later_each(db, "greet", [{"to": "many"}, {"to": "many"}])
        later(db, "greet", {"to": "some"}, gives_way=True)
    with engines.writing() as db:
        later(db, "greet", {"to": "one"})
        later(db, "greet", {"to": "tomorrow"}, clock.now() + timedelta(days=1))
    order = [claim(engines, KINDS).payload["to"] for _job in range(4)]
    assert order == ["one", "many", "many", "some"]
    assert claim(engines, KINDS) is None


def test_of_thousands_of_letters_the_next_one_is_found_at_once(engines):
    """To look through all that wait, or all that are done, would make a million letters a million looks."""
    moment = clock.now()
    with engines.writing() as db:
        later_each(db, "greet", [{"to": "awa"}] * 6_000)
        done = select(Job.id).order_by(Job.id).limit(3_000)
        db.execute(update(Job).where(Job.id.in_(done)).values(done_at=moment))
    study(engines, Job.__table__)
    asked = NEXT.params(now=clock.now(), behind=True, kinds=["greet"])
    with engines.reading() as db:
        plan = plan_of(db, asked, is_forced=False)
    assert "ix_jobs_due" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
    assert claim(engines, KINDS).payload == {"to": "awa"}


def test_what_a_worker_does_not_know_waits_for_one_that_does(engines):
    promise(engines, "unheard-of")
    assert claim(engines, KINDS) is None
    assert claim(engines, ("unheard-of",)) is not None


def test_a_finished_job_forgets_what_it_was_about(engines):
    promise(engines)
    finish(engines, claim(engines, KINDS))
    job = only_job(engines)
    assert (job.payload, job.last_error, job.locked_until) == ({}, None, None)


def test_a_failed_job_waits_longer_each_time_and_is_given_up_with_its_reason(engines):
    promise(engines)
    waits = []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        held = claim(engines, KINDS)
        assert held.attempts == attempt
        put_off(engines, held, f"attempt {attempt} failed")
        waits.append(round((only_job(engines).run_at - clock.now()).total_seconds() / 60))
        make_due(engines)

    assert waits[:4] == [1, 5, 30, 120]
    assert waits == sorted(waits)
    assert claim(engines, KINDS) is None
    with engines.reading() as db:
        assert [job.last_error for job in jobs_given_up(db)] == ["attempt 8 failed"]
        assert tally(db).given_up == 1


def test_a_hopeless_job_is_given_up_at_once_and_may_be_retried(engines):
    promise(engines)
    give_up(engines, claim(engines, KINDS), "no such mailbox")
    assert claim(engines, KINDS) is None

    with engines.writing() as db:
        (job,) = jobs_given_up(db)
        assert job.last_error == "no such mailbox"
        retry(db, job)
    assert claim(engines, KINDS).attempts == 1


def test_the_tally_tells_late_work_from_what_waits_was_given_up_or_is_done(engines):
    for settled in (finish, lambda *held: give_up(*held, "no such mailbox")):
        promise(engines, run_at=clock.now() - timedelta(hours=1))
        settled(engines, claim(engines, KINDS))
    for minutes in (60, -0.5, -1.5, -90):
        promise(engines, run_at=clock.now() + timedelta(minutes=minutes))
    with engines.reading() as db:
        assert tally(db) == Tally(waiting=4, overdue=2, given_up=1, done=1)


def test_a_job_whose_worker_died_at_the_last_attempt_counts_as_given_up(engines):
    promise(engines)
    for _attempt in range(MOST_ATTEMPTS):
        claim(engines, KINDS)
        with engines.reading() as db:
            assert jobs_given_up(db) == []
        with engines.writing() as db:
            db.execute(update(Job).values(locked_until=clock.now() - timedelta(seconds=1)))
    with engines.reading() as db:
        assert len(jobs_given_up(db)) == 1


def test_workers_at_the_same_moment_claim_each_job_once(engines):
    for number in range(12):
        promise(engines, unique_key=str(number))
    barrier, claimed, faults = threading.Barrier(4), [], []

    def work() -> None:
        barrier.wait()
        try:
            while (held := claim(engines, KINDS)) is not None:
                claimed.append(held.id)
        except Exception as fault:  # noqa: BLE001 - whatever a thread raises is looked at below
            faults.append(fault)

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    # A worker may find the last jobs locked and stop early; none is ever claimed twice.
    claimed += [held.id for held in iter(lambda: claim(engines, KINDS), None)]
    assert len(claimed) == len(set(claimed)) == 12


def test_jobs_over_for_long_are_forgotten_and_waiting_ones_are_kept(engines):
    long_ago = clock.now() - timedelta(days=40)
    promise(engines, unique_key="done", run_at=long_ago)
    finish(engines, claim(engines, KINDS))
    promise(engines, unique_key="waiting", run_at=long_ago)
    with engines.writing() as db:
        forget_jobs(db, clock.now() - timedelta(days=30))
    assert only_job(engines).unique_key == "waiting"
