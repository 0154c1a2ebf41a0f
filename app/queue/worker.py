"""The worker: takes what is due from the queue, in threads of the server or as a process."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, event

from app.foundation import clock
from app.foundation.database import Engines
from app.queue.jobs import (
    PROMISED,
    Claim,
    Hopeless,
    claim,
    finish,
    give_up,
    later,
    put_back,
    put_off,
)
from app.queue.processes import BrokenOff, end_apart
from app.settings import Settings
from app.web.pages import Pages

log = logging.getLogger("capacita.queue")

POLL_SECONDS = 1.5
COMMIT_SECONDS = 0.05
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Workshop:
    """What a handler may use: the database, the settings, and the templates in every language."""

    engines: Engines
    settings: Settings
    pages: Pages


Handler = Callable[[Workshop, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Lane:
    """The kinds that one thread works on, and what wakes it."""

    kinds: Collection[str]
    wake: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Runs the handlers of the kinds it knows; what it does not know waits for who does.

    One job at a time, and beside it one of the kinds that are `prompt`: somebody waits for these, and
    should wait neither for a file of a million rows nor for what happens once a night. The kinds in
    `regular` are promised once in each of their periods, counted from midnight (UTC), however many
    workers there are.
    """

    def __init__(
        self,
        workshop: Workshop,
        kinds: Mapping[str, Handler],
        regular: Mapping[str, timedelta] = MappingProxyType({}),
        prompt: Collection[str] = (),
    ) -> None:
        self.workshop = workshop
        self.kinds = kinds
        self.regular = regular
        self._periods: dict[str, datetime] = {}
        self._lane = Lane(kinds.keys() - set(prompt))
        self._prompt_lane = Lane(kinds.keys() & set(prompt))
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> bool:
        """Claim one job and run it; False when nothing is due."""
        return self._run_one_of(self.kinds)

    def run_until_idle(self) -> int:
        """Run all that is due; returns how many jobs that was."""
        count = 0
        while self.run_once():
            count += 1
        return count

    def run_forever(self, stop: threading.Event) -> None:
        """Work until told to stop: at once after a promise of this process, else every 1.5 s."""
        event.listen(self.workshop.engines.write, "commit", self._promised)
        beside = threading.Thread(target=self._work, args=(self._prompt_lane, stop), name="letters")
        if self._prompt_lane.kinds:
            beside.start()
        try:
            self._work(self._lane, stop)
        finally:
            if beside.is_alive():
                beside.join()
            event.remove(self.workshop.engines.write, "commit", self._promised)

    def start(self) -> None:
        """Work in threads of this process."""
        self._thread = threading.Thread(
            target=self.run_forever, args=(self._stop,), name="queue", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the jobs in hand, take no other, and wait for the threads.

        What runs in a process of its own is ended; whoever takes its job next goes on where it stood.
        """
        self._stop.set()
        self._wake()
        end_apart()
        if self._thread is not None:
            self._thread.join()

    def _work(self, lane: Lane, stop: threading.Event) -> None:
        while not stop.is_set():
            if not self._turned(lane):
                self._pause(lane)

    def _run_one_of(self, kinds: Collection[str]) -> bool:
        held = claim(self.workshop.engines, kinds)
        if held is None:
            return False
        self._run(held)
        return True

    def _run(self, held: Claim) -> None:
        engines = self.workshop.engines
        try:
            self.kinds[held.kind](self.workshop, held.payload)
        except BrokenOff:
            put_back(engines, held)
        except Hopeless as fault:
            _log("job given up", held, fault)
            give_up(engines, held, str(fault))
        except Exception as fault:  # noqa: BLE001 - one failing job must not stop the queue
            _log("job failed", held, fault)
            put_off(engines, held, f"{type(fault).__name__}: {fault}")
        else:
            finish(engines, held)

    def _turned(self, lane: Lane) -> bool:
        try:
            if lane is self._lane:
                self._promise_what_is_regular()
            return self._run_one_of(lane.kinds)
        except Exception:
            # The database is away: the queue waits for it as for its next job.
            log.exception("the queue cannot reach its database")
            return False

    def _promise_what_is_regular(self) -> None:
        now = clock.now()
        begun = {
            kind: EPOCH + (now - EPOCH) // period * period for kind, period in self.regular.items()
        }
        if begun == self._periods:
            return
        with self.workshop.engines.writing() as db:
            for kind, since in begun.items():
                if self._periods.get(kind) != since:
                    later(db, kind, {}, unique_key=f"{kind}:{since:%Y-%m-%dT%H:%M}")
        self._periods = begun

    def _pause(self, lane: Lane) -> None:
        if lane.wake.wait(POLL_SECONDS) and not self._stop.is_set():
            # The event came just before the commit it tells of.
            self._stop.wait(COMMIT_SECONDS)
        lane.wake.clear()

    def _promised(self, connection: Connection) -> None:
        if connection.info.pop(PROMISED, False):
            self._wake()

    def _wake(self) -> None:
        for lane in (self._lane, self._prompt_lane):
            lane.wake.set()


def _log(happening: str, held: Claim, fault: Exception) -> None:
    """Say which job failed and how, without its words: they may hold what people typed."""
    told = {"job": held.id, "kind": held.kind, "attempt": held.attempts}
    log.warning(happening, extra={"fields": {**told, "fault": type(fault).__name__}})
