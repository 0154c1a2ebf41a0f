"""Growth: the same pages at a thousand times the rows, by turns with the small database.

`python -m bench.growth` takes half an hour and 20 GB of disk. With `--record` it writes its section
of docs/performance.md.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import click

from app.foundation import clock
from bench.databases import LARGE, SMALL, Database, Stores, stores
from bench.exports import Exported, export
from bench.records import GROWTH, record_section
from bench.reports import machine, verdict_table
from bench.rounds import Subject, play
from bench.runs import USUAL, subject_of, yardstick
from bench.servers import Server, start_app
from bench.targets import MOST_GROWTH, STORES, Verdict, at_most, rows_enough
from bench.visits import OFFICE_VISITS, VISITS

ROUNDS = 7


class Grown(NamedTuple):
    """What a store's pages cost beside themselves, with the least and the greatest; and its list."""

    store: str
    pages: Sequence[tuple[str, float, tuple[float, float]]]
    listed: Exported


def grown(both: Stores, store: str, calibrator: Subject) -> Grown:
    """Measure one store. Nobody works meanwhile: a million people have 40,000 letters due."""
    small, large = both.filled(store, SMALL), both.filled(store, LARGE)
    pages = []
    with ExitStack() as ending:
        few, many = (_started(both, each, ending) for each in (small, large))
        for visit in (*VISITS, *OFFICE_VISITS):
            pair = [subject_of(visit, small, few), subject_of(visit, large, many)]
            found = play(pair, USUAL[1], ROUNDS)[1]
            pages.append((visit.name, found.ratio, found.spread))
        listed = export(many.port, (many.cpu, large.cpu), calibrator, "completed", 1)
    return Grown(store, pages, listed)


def _started(both: Stores, database: Database, ending: ExitStack) -> Server:
    server = start_app(both.folder, database.url, threads=USUAL[0], works=False)
    ending.callback(server.stop)
    return server


def section(found: Sequence[Grown]) -> str:
    """The section of docs/performance.md as Markdown."""
    return "\n".join([
        f"{GROWTH}\n",
        (f"`python -m bench.growth --record` writes this section: the processor time of pages with {LARGE:,} people"
         f" and {5 * LARGE:,} enrolments beside that of the same pages with {SMALL:,} people, {ROUNDS} rounds by"
         " turns, and the whole list of completions as a file. The office pages are those of an administrator"
         f" of {SMALL:,} people, among the {LARGE:,}. Measured on {clock.now():%d %B %Y}: {machine()}.\n"),
        verdict_table(verdict for each in found for verdict in verdicts(each)),
    ])  # fmt: skip


def verdicts(found: Grown) -> Iterator[Verdict]:
    """What a store's pages and its list are held against."""
    for name, ratio, (low, high) in found.pages:
        says = f"{ratio:.2f} ({low:.2f} to {high:.2f})"
        yield at_most(name, found.store, ratio, MOST_GROWTH, says)
    yield from rows_enough(f"list of {found.listed.rows:,} rows", found.store, found.listed)


@click.command()
@click.option("--record", is_flag=True, help="Write the section of docs/performance.md.")
def growth(*, record: bool) -> None:
    """Measure this clone; prints the section, and fails if a target is missed."""
    with stores() as both, yardstick(both, "calibrator") as calibrator:
        told = section([grown(both, store, calibrator) for store in STORES])
    click.echo(told)
    if record:
        record_section(told)
    sys.exit("**missed**" in told)


if __name__ == "__main__":
    growth(prog_name="python -m bench.growth")
