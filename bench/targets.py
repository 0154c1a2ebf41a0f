"""Targets: what the figures are held against; a miss is called a miss."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.exports import Exported
from bench.weights import KILOBYTE

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
STORES = (SQLITE, POSTGRESQL)
MOST_GROWTH = 1.15
MOST_WIDENED = 1.3
MOST_WEIGHT, MOST_REQUESTS = 40 * KILOBYTE, 6
LEAST_ROWS = {SQLITE: 120_000, POSTGRESQL: 300_000}
CALIBRATOR_THERE = 31e-6  # CPU seconds, on the machine for which these rows were set
# Moodle 4.5, measured once in the same way: in calibrators, rows a CPU second, and kilobytes.
MOODLE = {
    "lesson": "1,690 to 2,330",
    "course": "2,310 to 3,060",
    "my-learning": "2,760 to 3,320",
    "quiz on one page": "11,080 to 14,440",
    "quiz on one page, a save per answer": "11,080 to 14,440",
    "quiz, one question a page": "34,100 to 43,900",
    "list as CSV, rows a second": "1,650 to 1,900",
    "cold course page": "1,233 KB over 28",
}


class Verdict(NamedTuple):
    """One figure beside its target; `says` and `wanted` are both as people read them."""

    name: str
    store: str
    says: str
    wanted: str
    is_met: bool

    @property
    def word(self) -> str:
        return "met" if self.is_met else "**missed**"


def at_most(name: str, store: str, value: float, most: float, says: str = "") -> Verdict:
    """A figure that must not be larger than its target."""
    return Verdict(name, store, says or f"{value:,.4g}", f"≤ {most:,.10g}", value <= most)


def rows_enough(name: str, store: str, exported: Exported) -> Iterator[Verdict]:
    """Rows a CPU second as the target has them, and beside it rows in the time of a calibrator.

    The second compares machines: it asks for what the target's rows were on the machine they were
    set for.
    """
    least = LEAST_ROWS[store]
    found = exported.per_cpu_second
    yield Verdict(f"{name}, rows a second", store, f"{found:,.0f}", f"≥ {least:,}", found >= least)
    least_here, found_here = least * CALIBRATOR_THERE, exported.per_calibrator
    yield Verdict(
        f"{name}, rows a calibrator", store, f"{found_here:.1f}", f"≥ {least_here:.1f}",
        found_here >= least_here,
    )  # fmt: skip
