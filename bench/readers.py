"""Readers: people who read lessons while something else goes on, and what they feel of it."""

import http.client
import multiprocessing
import statistics
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import NamedTuple

from bench.databases import token_of
from bench.visits import HEADERS, LEARNERS, LESSON

FEW = 20  # lessons of which no percentile is told
PAUSE = 0.02  # seconds between two looks of a reader: fifty a second at most
Answer = tuple[float, float]  # when it was asked for, and how many milliseconds it took


class Felt(NamedTuple):
    """What readers felt of a stretch of time: how many pages, and their 95th percentile in ms."""

    pages: int
    p95: float


class Reader:
    """Somebody who reads one lesson after another until told to stop, in a process of their own.

    In ours they would wait for whoever watches the work.
    """

    def __init__(self, port: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.is_done = context.Event()
        self.told, telling = context.Pipe(duplex=False)
        self.process = context.Process(target=read_on, args=(port, telling, self.is_done))
        self.process.start()

    def stop(self) -> list[Answer]:
        """All answers that the reader had."""
        self.is_done.set()
        answers: list[Answer] = self.told.recv()
        self.process.join()
        return answers


def read_on(port: int, telling: Connection, is_done: Event) -> None:
    """Read lessons until told to stop, then tell when each was asked for and how long it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    seats, answers = list(LEARNERS), list[Answer]()
    headers = dict(line.split(": ", 1) for line in HEADERS)
    while not is_done.wait(PAUSE):
        began = time.perf_counter()
        cookie = {"Cookie": f"sign_in={token_of(seats[len(answers) % len(seats)])}"}
        connection.request("GET", LESSON, headers=headers | cookie)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"the lesson answered {answer.status}")
        answers.append((began, (time.perf_counter() - began) * 1_000))
    telling.send(answers)


def felt(answers: Sequence[Answer], since: float, until: float) -> Felt:
    """What a reader felt between two moments."""
    own = [taken for began, taken in answers if since <= began < until]
    p95 = statistics.quantiles(own, n=20)[-1] if len(own) > FEW else float("nan")
    return Felt(len(own), p95)
