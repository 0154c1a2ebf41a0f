"""Exports: the list of names as CSV, in rows for each CPU second and for each calibrator."""

import time
from http.client import HTTPConnection
from typing import NamedTuple

from bench.databases import EVERYWHERE, token_of
from bench.rounds import Cpu, Subject, median, played
from bench.visits import HEADERS

LIST = "/en/statistics/completions/list.csv?since=2023-01&until=2026-12&measure="
BLOCK = 1 << 18
LEAST_READ = 50_000  # rows a round: the kernel counts CPU in hundredths of a second
AT_ONCE = 8  # connections to the calibrator, as for the pages


class Exported(NamedTuple):
    """A list as it came: rows without the head; rows a CPU second, a calibrator and a second."""

    rows: int
    per_cpu_second: float
    per_calibrator: float
    per_second: float


def export(
    port: int, clocks: tuple[Cpu, ...], calibrator: Subject, measure: str, rounds: int
) -> Exported:
    """Fetch the whole list so many times, the calibrator before each; medians."""
    taken = [_taken(port, clocks, calibrator, measure) for _round in range(rounds)]
    return Exported(taken[0].rows, *map(median, zip(*(each[1:] for each in taken), strict=True)))


def _taken(port: int, clocks: tuple[Cpu, ...], calibrator: Subject, measure: str) -> Exported:
    """The list fetched as often as it takes to read enough rows."""
    yardstick = played(calibrator, AT_ONCE).cpu / 1e6
    before, began = sum(clock() for clock in clocks), time.perf_counter()
    rows = read = _fetched(port, measure)
    while rows and read < LEAST_READ:
        read += _fetched(port, measure)
    seconds = time.perf_counter() - began
    used = sum(clock() for clock in clocks) - before
    return Exported(rows, read / used, read / used * yardstick, read / seconds)


def _fetched(port: int, measure: str) -> int:
    """The rows of the list as it came, without its head."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    headers = dict(line.split(": ", 1) for line in HEADERS) | {"Accept-Encoding": "identity"}
    headers["Cookie"] = f"sign_in={token_of(EVERYWHERE)}"
    connection.request("GET", LIST + measure, headers=headers)
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"the list answered {response.status}: {response.read()[:500]!r}")
    lines = 0
    while block := response.read(BLOCK):
        lines += block.count(b"\n")
    connection.close()
    return lines - 1
