"""Buckets: how many requests a token has left in this process; each minute fills them again."""

import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

WINDOW = 60  # seconds in which an empty bucket is full again
MOST_KEPT = 10_000


class Left(NamedTuple):
    """What is left after a request, and in how many seconds the next one, or all of it, is there."""

    most: int
    left: int
    full_in: int
    next_in: int

    @property
    def is_over(self) -> bool:
        return self.next_in > 0


class Buckets:
    """A bucket for each token: it holds a minute's requests and is filled steadily.

    They are kept in the process, as a count in a row would make every reading request a writer; so
    the limit holds for each web process.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[int, tuple[float, float]] = {}

    def take(self, token_id: int) -> Left:
        """Take one request out of a token's bucket; a refused one takes nothing."""
        now, rate = self._clock(), self.most / WINDOW
        with self._lock:
            if len(self._levels) > MOST_KEPT:
                self._levels = {k: v for k, v in self._levels.items() if now - v[1] < WINDOW}
            level, at = self._levels.get(token_id, (float(self.most), now))
            level = min(float(self.most), level + (now - at) * rate)
            is_over = level < 1
            level -= 0 if is_over else 1
            self._levels[token_id] = (level, now)
        full_in = math.ceil((self.most - level) / rate)
        return Left(self.most, int(level), full_in, math.ceil((1 - level) / rate) if is_over else 0)
