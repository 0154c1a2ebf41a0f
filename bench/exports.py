"""Exports: the list of names as CSV, in rows for each CPU second of server and database."""

import time
from http.client import HTTPConnection
from typing import NamedTuple

from bench.databases import EVERYWHERE, token_of
from bench.rounds import Cpu, median
from bench.visits import HEADERS

LIST = "/en/statistics/completions/list.csv?since=2023-01&until=2026-12&measure="
BLOCK = 1 << 18


class Exported(NamedTuple):
    """A list as it came: rows without the head, rows a CPU second and a second, and memory."""

    rows: int
    per_cpu_second: float
    per_second: float


def export(port: int, clocks: tuple[Cpu, ...], measure: str, rounds: int) -> Exported:
    """Fetch the whole list so many times; medians."""
    taken = [_taken(port, clocks, measure) for _round in range(rounds)]
    return Exported(
        rows=taken[0].rows,
        per_cpu_second=median(each.per_cpu_second for each in taken),
        per_second=median(each.per_second for each in taken),
    )


def _taken(port: int, clocks: tuple[Cpu, ...], measure: str) -> Exported:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    headers = dict(line.split(": ", 1) for line in HEADERS) | {"Accept-Encoding": "identity"}
    headers["Cookie"] = f"sign_in={token_of(EVERYWHERE)}"
    before, began, lines = sum(clock() for clock in clocks), time.perf_counter(), 0
    connection.request("GET", LIST + measure, headers=headers)
    response = connection.getresponse()
    if response.status != 200:
        raise RuntimeError(f"the list answered {response.status}: {response.read()[:500]!r}")
    while block := response.read(BLOCK):
        lines += block.count(b"\n")
    seconds = time.perf_counter() - began
    used = sum(clock() for clock in clocks) - before
    connection.close()
    rows = lines - 1
    return Exported(rows, rows / used, rows / seconds)
