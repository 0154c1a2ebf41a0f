"""The worker: takes what is due from the queue, one job at a time, in a thread or a process."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


class Worker:
    """Runs the handlers of the kinds it knows; what it does not know waits for who does.

    The kinds in `regular` are promised once in each of their periods, counted from midnight (UTC),
    however many workers there are.
    """

    def __init__(
        self,
        workshop: Workshop,
        kinds: Mapping[str, Handler],
        regular: Mapping[str, timedelta] = MappingProxyType({}),
    ) -> None:
        self.workshop = workshop
        self.kinds = kinds
        self.regular = regular
        self._periods: dict[str, datetime] = {}
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> bool:
        """Claim one job and run it; False when nothing is due."""
        held = claim(self.workshop.engines, self.kinds)
        if held is None:
            return False
        self._run(held)
        return True

    def run_until_idle(self) -> int:
        """Run all that is due; returns how many jobs that was."""
        count = 0
        while self.run_once():
            count += 1
        return count

    def run_forever(self, stop: threading.Event) -> None:
        """Work until told to stop: at once after a promise of this process, else every 1.5 s."""
        event.listen(self.workshop.engines.write, "commit", self._promised)
        try:
            while not stop.is_set():
                if not self._turned():
                    self._pause()
        finally:
            event.remove(self.workshop.engines.write, "commit", self._promised)

    def start(self) -> None:
        """Work in a thread of this process."""
        self._thread = threading.Thread(
            target=self.run_forever, args=(self._stop,), name="queue", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand, take no other, and wait for the thread.

        What runs in a process of its own is ended; whoever takes its job next goes on where it stood.
        """
        self._stop.set()
        self._wake.set()
        end_apart()
        if self._thread is not None:
            self._thread.join()

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

    def _turned(self) -> bool:
        try:
            self._promise_what_is_regular()
            return self.run_once()
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

    def _pause(self) -> None:
        if self._wake.wait(POLL_SECONDS) and not self._stop.is_set():
            # The event came just before the commit it tells of.
            self._stop.wait(COMMIT_SECONDS)
        self._wake.clear()

    def _promised(self, connection: Connection) -> None:
        if connection.info.pop(PROMISED, False):
            self._wake.set()


def _log(happening: str, held: Claim, fault: Exception) -> None:
    """Say which job failed and how, without its words: they may hold what people typed."""
    told = {"job": held.id, "kind": held.kind, "attempt": held.attempts}
    log.warning(happening, extra={"fields": {**told, "fault": type(fault).__name__}})
