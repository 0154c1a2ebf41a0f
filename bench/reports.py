"""Reports: the figures of a run as Markdown, targets first."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence

from app.foundation import clock
from bench.databases import SMALL
from bench.journeys import Travelled
from bench.learners import FEW, MANY
from bench.rounds import Measured
from bench.runs import USUAL, Findings, Plan
from bench.targets import (
    MOODLE,
    MOST_REQUESTS,
    MOST_WEIGHT,
    MOST_WIDENED,
    STORES,
    Verdict,
    at_most,
    rows_enough,
)
from bench.visits import VISITS
from bench.weights import KILOBYTE

HEAD = """\
# Performance

`bin/bench --record` writes this page; it starts the real server on both databases and counts the
CPU of its processes and of PostgreSQL's, as the kernel accounts for them. Machines differ and are
seldom quiet, so a page's cost is told in *calibrators*: the cost of a bare ASGI "hello" on the same
server stack, in the same round. The *floor* is a FastAPI route that answers a constant page as large
as the lesson. Rounds go by turns through yardsticks and pages, a second each; all figures are
medians, with the least and the greatest ratio in brackets.

The pages are those of someone signed in, one of 67 people by turns, in a course of 6 modules, 24
lessons, 6 quizzes and a final, of which they have done half; they completed two more courses and
follow another two. Requests carry the headers that a browser sends, and pages leave compressed.
There are {small:,} people with {small_places:,} enrolments and 33,000 lessons done.
"""


def report(found: Findings, plan: Plan) -> str:
    """The whole page."""
    parts = [
        HEAD.format(small=SMALL, small_places=5 * SMALL),
        f"Measured on {clock.now():%d %B %Y}: {machine()}; {plan.rounds} rounds.\n",
        "## Targets\n",
        table(
            ("What", "Database", "Figure", "Target", "", "Moodle 4.5"),
            (
                (v.name, v.store, v.says, v.wanted, v.word, MOODLE.get(v.name, ""))
                for v in verdicts(found)
            ),
        ),
        *_sections(found),
    ]
    return "\n".join(parts)


def _sections(found: Findings) -> Iterator[str]:
    if found.pages:
        yield "## Pages\n"
        yield f"µs of CPU a request; milliseconds to the last byte. The lesson is {found.page_bytes:,} bytes.\n"
        yield table(
            ("Database", "Threads", "Connections", "Page", "Server", "Database's", "Calibrators",
             "Requests/s", "p50", "p95", "p99", "Errors"),
            (_page_row(*each) for each in found.pages),
        )  # fmt: skip
    if found.journeys:
        yield "## Journeys\n"
        yield "Ten questions from the quiz's page to its result, eight people at once; ms of CPU a journey.\n"
        yield table(
            ("Database", "Journey", "Server", "Database's", "Calibrators"),
            (
                (store, each.name, f"{each.server:.1f}", f"{each.database:.1f}", spread(each))
                for store, each in found.journeys
            ),
        )
    if found.rushes:
        yield "## Many at the same moment\n"
        yield table(
            ("Database", "What", "Asked", "Answers by status", "Seconds", "Certificates"),
            (
                (store, name, f"{each.asked:,}", _statuses(each.statuses), f"{each.seconds:.1f}",
                 f"{each.certificates:,} of {each.due:,}" if each.due else "")
                for store, name, each in found.rushes
            ),
        )  # fmt: skip


def _page_row(store: str, threads: int, each: Measured) -> tuple[object, ...]:
    return (
        store, threads, each.connections, each.name, f"{each.server:,.0f}",
        f"{each.database:,.0f}", spread(each), f"{each.per_second:,.0f}",
        f"{each.p50:.1f}", f"{each.p95:.1f}", f"{each.p99:.1f}", each.errors,
    )  # fmt: skip


def _statuses(statuses: dict[str, int]) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))


def spread(each: Measured | Travelled) -> str:
    low, high = each.spread
    return f"{each.ratio:,.1f} ({low:,.1f} to {high:,.1f})"


def verdicts(found: Findings) -> Iterator[Verdict]:
    """Every figure that has a target, and whether it is met."""
    wanted = {visit.name: visit.most for visit in VISITS if visit.most}
    for store, threads, page in found.pages:
        if page.name in wanted and (threads, page.connections) == USUAL:
            most = wanted[page.name][STORES.index(store)]
            yield at_most(page.name, store, page.ratio, most, spread(page))
    for store, journey in found.journeys:
        yield at_most(journey.name, store, journey.ratio, journey.most, spread(journey))
    for store, exported in found.lists:
        yield from rows_enough("list as CSV", store, exported)
    if found.weight:
        weight, both = found.weight, "both"
        says = f"{weight.bytes / KILOBYTE:.1f} KB"
        yield Verdict(
            "cold course page", both, f"{says} over {weight.requests}", "≤ 40 KB over ≤ 6",
            weight.bytes <= MOST_WEIGHT and weight.requests <= MOST_REQUESTS,
        )  # fmt: skip
    for store, (ratio, (low, high)) in found.learners:
        says = f"{ratio:.2f} ({low:.2f} to {high:.2f})"
        name = f"my-learning, {MANY:,} enrolments beside {FEW}"
        yield at_most(name, store, ratio, MOST_WIDENED, says)
    for store, name, rush in found.rushes:
        failed = rush.asked - rush.statuses.get("200", 0) - rush.statuses.get("303", 0)
        says = f"{failed} errors" + (f", {rush.certificates:,} certificates" if rush.due else "")
        due = "0 errors" + (f", {rush.due:,} certificates" if rush.due else "")
        is_met = not failed and rush.certificates == rush.due
        yield Verdict(f"{rush.asked:,} {name} at once", store, says, due, is_met)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def verdict_table(verdicts: Iterable[Verdict]) -> str:
    """What was held against targets, as a table."""
    rows = ((v.name, v.store, v.says, v.wanted, v.word) for v in verdicts)
    return table(("What", "Database", "Figure", "Target", ""), rows)


def machine() -> str:
    """What it ran on, without a name."""
    names = [line for line in _cpuinfo() if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}, {_load()}"


def _cpuinfo() -> list[str]:
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - a kernel's file
        return file.readlines()


def _load() -> str:
    return f"load {os.getloadavg()[1]:.1f} at the end"
