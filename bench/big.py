"""Big: statistics on millions of completions, beside the calibrator and the database's own COPY.

`python -m bench.big` makes a PostgreSQL of its own, or with `--store SQLite` a file, and fills it as
`capacita demo` does; with `--database` it measures one that was filled before. `--record` writes
the store's section of docs/performance.md.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path

import click
from sqlalchemy import make_url

from app.catalogue.publications import publish_folder
from app.foundation import clock
from app.foundation.database import open_engines
from app.server import migrate_database
from app.settings import ROOT, Settings
from app.statistics.populations.populations import make_population
from bench.databases import DURABLE
from bench.large import ROUNDS, Large, Look, Took
from bench.neighbours import BURSTS, Beside, beside_a_long_file
from bench.records import EMBEDDED, LARGE, record_section
from bench.reports import machine, verdict_table
from bench.reports import table as as_table
from bench.targets import LEAST_ROWS, POSTGRESQL, SQLITE, STORES, Verdict, at_most
from tests import cluster

PEOPLE = 2_000_000
FEWER = f" The targets are for {PEOPLE:,} people; this run had room and time for fewer."
MOST_MS, MOST_GROUPED_S, LEAST_SHARE, MOST_MB, MOST_BESIDE = 50, 5, 0.7, 200, 1.1


@click.command()
@click.option("--people", type=click.IntRange(1_000), default=PEOPLE, show_default=True)
@click.option("--store", type=click.Choice(STORES), default=POSTGRESQL, show_default=True)
@click.option("--database", default="", help="One that `capacita demo` has filled.")
@click.option("--server", type=int, help="Process id of the PostgreSQL of --database.")
@click.option("--record", is_flag=True, help="Write the section of docs/performance.md.")
def big(*, people: int, store: str, database: str, server: int | None, record: bool) -> None:
    """Measure statistics at large; prints as Markdown what came of it."""
    with ExitStack() as kept:
        is_new = not database
        if is_new:
            database, server = kept.enter_context(_filled(store, people))
        engines = open_engines(database, 4)
        kept.callback(engines.close)
        assert engines.is_sqlite or server is not None, "say --server too: whose CPU is counted"
        large = Large(engines, server)
        section = section_of(large, large.took(large.rebuilt) if is_new else None)
    click.echo(section)
    if record:
        record_section(section)


@contextmanager
def _filled(store: str, people: int) -> Iterator[tuple[str, int | None]]:
    """A database of the run's own without tallies, and the process of its server if it has one."""
    folder = Path(tempfile.mkdtemp(prefix="capacita-bench-"))
    with ExitStack() as kept:
        kept.callback(shutil.rmtree, folder, ignore_errors=True)
        address, server = f"sqlite:///{folder / 'big.sqlite3'}", None
        if store == POSTGRESQL:
            cluster.OPTIONS.update(DURABLE)
            started = cluster.start_cluster()
            kept.callback(started.stop)
            url = make_url(started.address).set(drivername="postgresql+psycopg")
            address, server = url.render_as_string(hide_password=False), started.process.pid
        migrate_database(Settings(database_url=address, storage=folder))
        # By a process of its own: what it holds in memory must not be counted with a list's.
        with ProcessPoolExecutor(1, get_context("spawn")) as filler:
            filler.submit(_fill, address, people).result()
        yield address, server


def _fill(address: str, people: int) -> None:
    engines = open_engines(address, 1)
    with engines.writing() as db:
        publish_folder(db, ROOT / "courses", ())
    make_population(engines, people, has_ledger=False, has_tallies=False, has_papers=False)
    engines.close()


def section_of(large: Large, rebuilt: Took | None) -> str:
    """Everything measured, as the section's Markdown; tallies are counted when a run fills its own."""
    calibrator = large.calibrator()
    copied = None if large.is_embedded else large.took(large.copied)
    listed = large.took(large.listed)
    looks = [*large.looks()]
    grouped = sorted(large.took(large.grouped) for _time in range(3))[1]
    beside = beside_a_long_file(large.engines)
    works = {
        "institution × grade × month, protected": grouped,
        "the list's query by the server's COPY into nothing": copied,
        "the list as a file": listed,
        "all tallies counted anew": rebuilt,
    }
    return "\n".join([
        f"{EMBEDDED if large.is_embedded else LARGE}\n",
        _run_of(large, calibrator),
        verdict_table(_verdicts(large.store, looks, grouped, copied, listed, large.memory, beside)),
        (f"Dashboards of a year, by who looks; median of {ROUNDS} looks, all statements of a look"
         " added up.\n"),
        _as_looks(looks, calibrator, is_embedded=large.is_embedded),
        _as_works(works),
        (f"The group-by is the middle one of three. The page beside a long file is a course's, over"
         f" one connection, median of {2 * BURSTS} seconds: {beside.quiet:.1f} ms at p95 alone,"
         f" {beside.busy:.1f} ms while the worker's process had {beside.rows:,} rows sorted and"
         " written. The list is read without parallel workers. Memory is what the process holds without"
         " the database: neither a server's nor what is mapped of a file, which the kernel may drop.\n"),
    ])  # fmt: skip


def _run_of(large: Large, calibrator: float) -> str:
    facts, completions, people = large.size()
    fewer = FEWER if people < PEOPLE else ""
    asked = f" --store {SQLITE}" if large.is_embedded else ""
    return (
        f"`python -m bench.big{asked}` writes this section. {people:,} people with {completions:,}"
        f" completions, {facts:,} facts, made by `capacita demo`, on {large.store}."
        f" Measured on {clock.now():%d %B %Y}: {machine()}. A bare ASGI"
        f' "hello" (the calibrator) cost {calibrator:,.0f} µs of CPU in the same run.{fewer}\n'
    )


def _verdicts(
    store: str, looks: Sequence[Look], grouped: Took, copied: Took | None, listed: Took,
    memory: float, beside: Beside,
) -> Iterator[Verdict]:  # fmt: skip
    slowest = max(looks, key=lambda look: look.milliseconds)
    name = "slowest dashboard, ms in the database"
    yield at_most(name, store, slowest.milliseconds, MOST_MS)
    name = "institution × grade × month, protected, s"
    yield at_most(name, store, grouped.seconds, MOST_GROUPED_S)
    if copied is None:
        least = LEAST_ROWS[store]
        yield Verdict(
            "list, rows a CPU second", store,
            f"{listed.a_second:,.0f}", f"≥ {least:,}", listed.a_second >= least,
        )  # fmt: skip
    else:
        share = listed.a_second / copied.a_second
        yield Verdict(
            "list, rows a CPU second beside COPY's", store,
            f"{share:.0%}", f"≥ {LEAST_SHARE:.0%}", share >= LEAST_SHARE,
        )  # fmt: skip
    yield at_most("memory of the process that lists, MB", store, memory, MOST_MB)
    moved = beside.busy / beside.quiet
    yield Verdict(
        "p95 of others while a long file is written", store,
        f"{moved:.0%}", f"≤ {MOST_BESIDE:.0%}", moved <= MOST_BESIDE,
    )  # fmt: skip


def _as_looks(looks: Sequence[Look], calibrator: float, *, is_embedded: bool) -> str:
    heads: tuple[str, ...] = (
        "Dashboard", "Of", "Statements", "ms in the database", "slowest look",
    )  # fmt: skip
    if not is_embedded:
        heads += ("ms of the database's CPU", "calibrators")
    rows = (
        (each.name, each.where, each.statements, f"{each.milliseconds:.1f}",
         f"{each.slowest:.1f}", f"{each.cpu:.1f}", f"{1000 * each.cpu / calibrator:,.0f}")[: len(heads)]
        for each in looks
    )  # fmt: skip
    return as_table(heads, rows)


def _as_works(works: dict[str, Took | None]) -> str:
    heads = (
        "What", "Rows", "Seconds", "CPU s, ours", "CPU s, database's", "rows a CPU second"
    )  # fmt: skip
    rows = (
        (name, f"{each.came:,}", f"{each.seconds:.1f}", f"{each.own:.1f}",
         f"{each.database:.1f}", f"{each.a_second:,.0f}")
        for name, each in works.items() if each is not None
    )  # fmt: skip
    return as_table(heads, rows)


if __name__ == "__main__":
    big(prog_name="python -m bench.big")
