"""Rounds: yardsticks and pages by turns, so that a noisy machine is as noisy for each of them."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bench.clients import Outcome, burst

Cpu = Callable[[], float]
SECONDS = 1


class Subject(NamedTuple):
    """What a burst is sent to: a name, a port, the requests, and the CPU clocks that it moves."""

    name: str
    port: int
    requests: Sequence[bytes]
    clocks: tuple[Cpu, ...]


class Burst(NamedTuple):
    """One burst: microseconds of CPU a request, of the server and of the database, and its times."""

    server: float
    database: float
    outcome: Outcome

    @property
    def cpu(self) -> float:
        return self.server + self.database


class Measured(NamedTuple):
    """A subject over all rounds: medians; `ratio` is to the calibrator of the same round."""

    name: str
    connections: int
    server: float
    database: float
    ratio: float
    spread: tuple[float, float]
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int

    @property
    def cpu(self) -> float:
        return self.server + self.database


def play(subjects: Sequence[Subject], connections: int, rounds: int) -> list[Measured]:
    """Each round asks every subject once, the calibrator first; a round before them is not kept."""
    lines = [[played(each, connections) for each in subjects] for _round in range(rounds + 1)][1:]
    return [
        _measured(subject.name, connections, [(line[0], line[at]) for line in lines])
        for at, subject in enumerate(subjects)
    ]


def played(subject: Subject, connections: int) -> Burst:
    """One burst with what it cost."""
    before = [clock() for clock in subject.clocks]
    outcome = burst(subject.port, subject.requests, connections, SECONDS)
    server, *rest = (clock() - start for clock, start in zip(subject.clocks, before, strict=True))
    answers = max(outcome.answers, 1)
    return Burst(server / answers * 1e6, sum(rest) / answers * 1e6, outcome)


def _measured(name: str, connections: int, pairs: Sequence[tuple[Burst, Burst]]) -> Measured:
    own = [mine for _calibrator, mine in pairs]
    ratios = [mine.cpu / calibrator.cpu for calibrator, mine in pairs]
    outcomes = [each.outcome for each in own]
    return Measured(
        name=name,
        connections=connections,
        server=median(each.server for each in own),
        database=median(each.database for each in own),
        ratio=median(ratios),
        spread=(min(ratios), max(ratios)),
        per_second=median(each.answers / each.seconds for each in outcomes),
        p50=median(each.p50 for each in outcomes),
        p95=median(each.p95 for each in outcomes),
        p99=median(each.p99 for each in outcomes),
        errors=sum(each.failed for each in outcomes),
    )


def median(values: Iterable[float]) -> float:
    return statistics.median(values)
