"""The worker: runs what is due, survives what fails, wakes when this process promised something."""

import signal
import threading
import time

import pytest
from sqlalchemy import select

from app.foundation.database import open_engines
from app.main import worker_of
from app.queue.jobs import Hopeless, Job, later
from app.queue.processes import run_apart, running
from app.queue.worker import POLL_SECONDS, Worker, Workshop
from app.slices import DAILY


class Greetings:
    """Remembers whom it greeted, and fails as told."""

    def __init__(self, *faults: Exception) -> None:
        self.greeted = []
        self.faults = list(faults)
        self.happened = threading.Event()

    def __call__(self, workshop, payload) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.greeted.append(payload["to"])
        self.happened.set()


def promise(engines, to: str = "awa", **more) -> None:
    with engines.writing() as db:
        later(db, "greet", {"to": to}, **more)


@pytest.fixture
def workshop(app, engines, settings) -> Workshop:
    return Workshop(engines, settings, app.state.pages)


def test_it_runs_what_is_due_and_then_is_idle(workshop, engines):
    greet = Greetings()
    worker = Worker(workshop, {"greet": greet})
    promise(engines, "awa")
    promise(engines, "dara")
    assert worker.run_until_idle() == 2
    assert not worker.run_once()
    assert greet.greeted == ["awa", "dara"]


def test_a_failure_keeps_its_kind_and_words_and_the_next_job_runs(workshop, engines, caplog):
    greet = Greetings(ValueError("awa.diop@example.org is away"))
    worker = Worker(workshop, {"greet": greet})
    promise(engines, "awa")
    promise(engines, "dara")
    worker.run_until_idle()

    assert greet.greeted == ["dara"]
    with engines.reading() as db:
        errors = list(db.scalars(select(Job.last_error).where(Job.done_at.is_(None))))
    assert errors == ["ValueError: awa.diop@example.org is away"]
    assert "awa.diop" not in caplog.text


def test_what_is_hopeless_is_not_tried_again(workshop, engines):
    worker = Worker(workshop, {"greet": Greetings(Hopeless("no such mailbox"))})
    promise(engines)
    worker.run_until_idle()
    with engines.reading() as db:
        job = db.scalars(select(Job)).one()
    assert (job.attempts, job.last_error, job.done_at) == (8, "no such mailbox", None)


def test_a_promise_of_this_process_wakes_it_before_its_next_look(workshop, engines):
    greet = Greetings()
    worker = Worker(workshop, {"greet": greet})
    worker.start()
    try:
        time.sleep(0.3)  # it has found nothing and pauses now
        started = time.monotonic()
        promise(engines)
        assert greet.happened.wait(5)
        assert time.monotonic() - started < POLL_SECONDS / 2
    finally:
        worker.stop()


def test_a_promise_of_another_process_is_found_by_looking(workshop, engines, settings):
    greet = Greetings()
    worker = Worker(workshop, {"greet": greet})
    other = open_engines(settings.database_url, 1)
    worker.start()
    try:
        time.sleep(0.2)
        promise(other)
        assert greet.happened.wait(10)
    finally:
        worker.stop()
        other.close()


def test_who_waits_for_a_letter_waits_for_no_other_work(workshop, engines):
    greet, begun, end = Greetings(), threading.Event(), threading.Event()

    def take_long(_workshop, _payload) -> None:
        begun.set()
        end.wait(20)

    worker = Worker(workshop, {"long": take_long, "greet": greet}, prompt={"greet"})
    with engines.writing() as db:
        later(db, "long", {})
    worker.start()
    try:
        assert begun.wait(5)
        promise(engines)
        assert greet.happened.wait(5)
        assert not end.is_set()
    finally:
        end.set()
        worker.stop()
    assert worker.run_until_idle() == 0


def test_it_stops_when_told_and_leaves_the_rest_to_others(workshop, engines):
    greet = Greetings()
    worker = Worker(workshop, {"greet": greet})
    worker.start()
    worker.stop()
    promise(engines)
    time.sleep(0.2)
    assert greet.greeted == []


def test_what_runs_apart_ends_with_it_and_its_job_is_due_for_others(workshop, engines):
    worker = Worker(workshop, {"greet": lambda shop, _payload: run_apart(shop.settings, "worker")})
    promise(engines)
    worker.start()
    while not running:
        time.sleep(0.01)
    (child,) = running
    worker.stop()
    assert child.returncode == -signal.SIGTERM
    with engines.reading() as db:
        job = db.scalars(select(Job)).one()
    assert (job.attempts, job.done_at, job.last_error, job.locked_until) == (0, None, None, None)


def test_daily_work_is_promised_once_a_day_however_many_workers_there_are(app, engines):
    workers = [worker_of(app), worker_of(app)]
    for worker in workers:
        worker.start()
    end, done = time.monotonic() + 10, []
    while len(done) < len(DAILY) and time.monotonic() < end:
        time.sleep(0.05)
        with engines.reading() as db:
            done = db.scalars(select(Job.kind).where(Job.done_at.is_not(None))).all()
    for worker in workers:
        worker.stop()
    with engines.reading() as db:
        kinds = db.scalars(select(Job.kind)).all()
    assert sorted(kind for kind in kinds if kind in DAILY) == sorted(DAILY)
    assert set(DAILY) <= set(done)


def test_a_database_that_is_away_does_not_end_the_worker(workshop, tmp_path, caplog):
    away = open_engines(f"sqlite:///{tmp_path / 'missing' / 'nothing.sqlite3'}", 1)
    worker = Worker(Workshop(away, workshop.settings, workshop.pages), {"greet": Greetings()})
    worker.start()
    time.sleep(0.3)
    alive = any(thread.name == "queue" for thread in threading.enumerate())
    worker.stop()
    away.close()
    assert alive
    assert "cannot reach its database" in caplog.text


def test_the_application_starts_a_worker_when_settings_say_so(app, engines, settings, portal):
    app.state.settings = settings.model_copy(update={"in_process_worker": True})

    async def live() -> bool:
        async with app.router.lifespan_context(app):
            return any(thread.name == "queue" for thread in threading.enumerate())

    assert portal.call(live)
    assert not any(thread.name == "queue" for thread in threading.enumerate())
