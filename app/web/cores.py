"""Cores: the threads of a busy web process that hand work to each other stay on one core.

Python lets one of them run at a time. Left alone they lie on several cores, and each hand-over
wakes another core from its sleep, which costs a page a third of its processor time. Where little
is to do that is no matter, and a page is sooner done where no core is asked for (decision 0052).
"""

import asyncio
import contextlib
import os
import secrets
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
LEAST, MOST = 500, 1_500  # milliseconds between two looks at what others do on the cores
BUSY = 0.3  # of a core's time that a process takes before its threads come together
CALM = 30.0  # seconds that it takes less, before they part again
MORE = 0.2  # of a core's time that others must take more here than elsewhere, before we move
IDLE = (3, 4)  # the places of idling and of waiting for a disk among a core's times
STATS, THREADS = Path("/proc/stat"), Path("/proc/self/task")


def cores_allowed() -> Collection[int]:
    """The cores that this process may use; none where the system does not say."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()


class Core:
    """The core of a process's pages, out of those that are `allowed`; of one or none, nothing is done."""

    def __init__(self, allowed: Collection[int] = (), stats: Path = STATS) -> None:
        self._stats = stats
        self._allowed = sorted(allowed) if stats.exists() and len(allowed) > 1 else []
        self._here = self._allowed[os.getpid() % len(self._allowed)] if self._allowed else -1
        self._together_until = 0.0
        self._placed: Collection[int] = self._allowed
        self._threads: list[int] = []
        self._seen: tuple[float, float, dict[int, float]] | None = None

    def join(self) -> None:
        """Let the calling thread be one of those that stay together."""
        self._threads.append(threading.get_native_id())
        self._place(0, self._ours())

    @contextlib.contextmanager
    def apart(self) -> Iterator[None]:
        """Let the calling thread run where there is room: it works for long and asks for no lock."""
        self._place(0, self._allowed)
        try:
            yield
        finally:
            self._place(0, self._ours())

    async def follow(self) -> None:
        """Come together, move and part as it is time to, for as long as the process lives."""
        while self._allowed:
            self.look()
            # By chance, so that two processes on one core do not both leave it for the same other one.
            await asyncio.sleep((LEAST + secrets.randbelow(MOST - LEAST)) / 1_000)

    def look(self) -> None:
        """Come together if much was done since the last look, where others did least; or part."""
        now, own, busy = time.monotonic(), time.process_time(), _busy(self._stats)
        if self._seen is not None:
            then, own_then, busy_then = self._seen
            taken = {core: busy[core] - busy_then.get(core, 0.0) for core in self._allowed}
            taken[self._here] -= own - own_then
            best = min(taken, key=taken.__getitem__)
            if own - own_then > BUSY * (now - then):
                self._together_until = now + CALM
            if taken[self._here] - taken[best] > MORE * (now - then):
                self._here = best
        self._seen = now, own, busy
        ours, before = self._ours(), self._placed
        if ours != before:
            self._placed = ours
            for thread in self._threads:
                self._place(thread, ours)
        if self._allowed != ours or self._allowed != before:
            self._let_others_go()

    def _let_others_go(self) -> None:
        """Free the threads that did not join: each began where its maker was."""
        for each in THREADS.iterdir():
            if int(each.name) not in self._threads:
                self._place(int(each.name), self._allowed)

    def _ours(self) -> Collection[int]:
        """Where the threads that joined may be now."""
        return {self._here} if time.monotonic() < self._together_until else self._allowed

    def _place(self, thread: int, cores: Collection[int]) -> None:
        if self._allowed:
            with contextlib.suppress(OSError):  # a thread that ended, or a system that forbids it
                os.sched_setaffinity(thread, cores)


def _busy(stats: Path) -> dict[int, float]:
    """Seconds that each core has worked so far, for whom it may be."""
    found = {}
    for line in stats.read_text().splitlines():
        name, *times = line.split()
        if name.startswith("cpu") and name != "cpu":
            ticks = [int(each) for place, each in enumerate(times[:8]) if place not in IDLE]
            found[int(name[3:])] = sum(ticks) / TICKS
    return found
