"""Big: statistics on millions of completions, beside the calibrator and the database's own COPY.

`python -m bench.big` makes a PostgreSQL of its own and fills it as `capacita demo` does; with
`--database` it measures one that was filled before. `--record` writes its section of
docs/performance.md. CPU is what counts: wall time is that of a machine which others use too.
"""

import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
from sqlalchemy import func, make_url, select, text

from app.catalogue.publications import publish_folder
from app.foundation import clock
from app.foundation.database import Engines, open_engines
from app.identity.institutions import Institution
from app.server import migrate_database
from app.settings import ROOT, Settings
from app.statistics.attributions import NOW
from app.statistics.boards.boards import board_of, by_country, parts_of
from app.statistics.completions import Asked
from app.statistics.counts import by_month, counts
from app.statistics.coverage import coverage_of
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.cubes.questions import Put
from app.statistics.cubes.tables import table
from app.statistics.exports import reserve, streamed
from app.statistics.facts import Fact
from app.statistics.populations.populations import make_population
from app.statistics.rebuilds import rebuild_tallies
from app.statistics.records import COLUMNS, records
from app.statistics.scopes import COUNTS, NAMES, Scope
from bench.accounting import cpu_of
from bench.databases import DURABLE
from bench.reports import machine
from bench.reports import table as as_table
from bench.rounds import Subject, play
from bench.servers import start_yardstick
from bench.statements import timed
from bench.targets import Verdict, at_most
from bench.visits import request
from tests import cluster

PAGE, HEADING = ROOT / "docs" / "performance.md", "## Statistics at large"
PEOPLE, ROUNDS = 2_000_000, 15
FEWER = f" The targets are for {PEOPLE:,} people; this run had room and time for fewer."
MOST_MS, MOST_GROUPED_S, LEAST_SHARE, ROWS = 50, 5, 0.7, 1_000_000
SINCE, UNTIL = date(2025, 11, 1), date(2026, 11, 1)  # a year that is over
YEAR = Put("2025-11", "2026-10", (), (), "", "", NOW, 1)
COUNTED = Asked(SINCE, UNTIL, view=NOW)
EVERYWHERE = Scope(1, COUNTS, is_everywhere=True, is_empty=False)
TREES = {"everything": None, "a ministry": "ministry-1", "a directorate": "directorate-1"}


class Look(NamedTuple):
    """A dashboard: milliseconds its statements took, how many they were, CPU of the database's."""

    name: str
    where: str
    milliseconds: float
    slowest: float
    statements: int
    cpu: float


class Took(NamedTuple):
    """Seconds of wall time, and of CPU in our process and the database's."""

    seconds: float
    own: float
    database: float
    came: int


@click.command()
@click.option("--people", type=click.IntRange(1_000), default=PEOPLE, show_default=True)
@click.option("--database", default="", help="One that `capacita demo` has filled.")
@click.option("--server", type=int, help="Process id of the PostgreSQL of --database.")
@click.option("--record", is_flag=True, help="Write the section of docs/performance.md.")
def big(*, people: int, database: str, server: int | None, record: bool) -> None:
    """Measure statistics at large; prints as Markdown what came of it."""
    with ExitStack() as kept:
        if not database:
            database, server = kept.enter_context(_filled(people))
        engines = open_engines(database, 4)
        kept.callback(engines.close)
        assert server is not None, "say --server too: whose CPU is counted"
        section = Large(engines, server).section()
    click.echo(section)
    if record:
        PAGE.write_text(PAGE.read_text().partition(f"\n{HEADING}")[0] + f"\n{section}")


@contextmanager
def _filled(people: int) -> Iterator[tuple[str, int]]:
    folder = Path(tempfile.mkdtemp(prefix="capacita-bench-"))
    cluster.OPTIONS.update(DURABLE)
    server = cluster.start_cluster()
    try:
        url = make_url(server.address).set(drivername="postgresql+psycopg")
        address = url.render_as_string(hide_password=False)
        migrate_database(Settings(database_url=address, storage=folder))
        engines = open_engines(address, 1)
        with engines.writing() as db:
            publish_folder(db, ROOT / "courses", ())
        make_population(engines, people, has_ledger=False)
        engines.close()
        yield address, server.process.pid
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Large:
    """One filled database, and all that is measured of it."""

    def __init__(self, engines: Engines, server: int) -> None:
        self.engines, self.server = engines, server

    def section(self) -> str:
        """The section as Markdown."""
        calibrator = self.calibrator()
        looks = [*self.looks()]
        grouped = self.took(self.grouped)
        copied, listed = self.took(self.copied), self.took(self.listed)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rebuilt = self.took(self.rebuilt)
        facts, completions, people = self.size()
        fewer = FEWER if people < PEOPLE else ""
        share = (listed.came / (listed.own + listed.database)) / (
            copied.came / (copied.own + copied.database)
        )
        slowest = max(looks, key=lambda look: look.milliseconds)
        name = "PostgreSQL"
        verdicts = [
            at_most("slowest dashboard, ms in the database", name, slowest.milliseconds, MOST_MS),
            at_most(
                "institution × grade × month, protected, s", name, grouped.seconds, MOST_GROUPED_S
            ),
            Verdict(
                "list, rows a CPU second beside COPY's",
                name,
                f"{share:.0%}",
                f"≥ {LEAST_SHARE:.0%}",
                share >= LEAST_SHARE,
            ),
            at_most("memory of the process that lists, MB", name, memory, 200),
        ]
        return "\n".join([
            f"{HEADING}\n",
            (f"`python -m bench.big` writes this section. {people:,} people with {completions:,}"
            f" completions, {facts:,} facts, made by `capacita demo`; PostgreSQL without parallel"
            f' workers. Measured on {clock.now():%d %B %Y}: {machine()}. A bare ASGI "hello" (the'
            f" calibrator) cost {calibrator:,.0f} µs of CPU in the same run.{fewer}\n"),
            as_table(
                ("What", "Database", "Figure", "Target", ""),
                ((v.name, v.store, v.says, v.wanted, v.word) for v in verdicts),
            ),
            (f"Dashboards of a year, by who looks; median of {ROUNDS} looks, all statements of a look"
                " added up.\n"),
            as_table(
                ("Dashboard", "Of", "Statements", "ms in the database", "slowest look",
                 "ms of the database's CPU", "calibrators"),
                (
                    (each.name, each.where, each.statements, f"{each.milliseconds:.1f}",
                     f"{each.slowest:.1f}", f"{each.cpu:.1f}", f"{1000 * each.cpu / calibrator:,.0f}")
                    for each in looks
                ),
            ),
            as_table(
                ("What", "Rows", "Seconds", "CPU s, ours", "CPU s, database's", "rows a CPU second"),
                (
                    (name, f"{each.came:,}", f"{each.seconds:.1f}", f"{each.own:.1f}",
                     f"{each.database:.1f}", f"{each.came / (each.own + each.database):,.0f}")
                    for name, each in (
                        ("institution × grade × month, protected", grouped),
                        ("the list's query by the server's COPY into nothing", copied),
                        ("the list as a file", listed),
                        ("all tallies counted anew", rebuilt),
                    )
                ),
            ),
        ])  # fmt: skip

    def calibrator(self) -> float:
        """Microseconds of CPU of a bare "hello", eight at once."""
        folder = Path(tempfile.mkdtemp(prefix="capacita-bench-"))
        yardstick = start_yardstick(folder, "calibrator", 0)
        try:
            hello = Subject("calibrator", yardstick.port, [request("/")], (yardstick.cpu,))
            return play([hello], 8, 3)[0].server
        finally:
            yardstick.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def looks(self) -> Iterator[Look]:
        """Each dashboard, for who sees everything, a ministry or a directorate."""
        for where, key in TREES.items():
            scope = EVERYWHERE
            if key is not None:
                with self.engines.reading() as db:
                    root = db.scalar(select(Institution.id).where(Institution.key == key))
                scope = EVERYWHERE._replace(is_everywhere=False, root_id=root)
            yield self.look("board", where, lambda db, s=scope: board_of(
                db, s, YEAR, "en", exact=False, splits=parts_of(YEAR)))  # fmt: skip
            yield self.look("countries", where, lambda db, s=scope: by_country(
                table(db, s, YEAR._replace(measures=("completed",), by=("country",)).ask(), "en",
                      exact=False)))  # fmt: skip
            yield self.look("completed by grade and month", where, lambda db, s=scope: answer(
                db, s, Ask(("completed",), ("grade", "month"), SINCE, UNTIL), exact=False))  # fmt: skip
            yield self.look("counts by course, institution and month", where, lambda db, s=scope: (
                counts(db, s, COUNTED, 101, exact=False), by_month(db, s, COUNTED, exact=False)))  # fmt: skip
        yield self.look("coverage", "everybody", coverage_of)

    def look(self, name: str, where: str, ask: Callable[[Any], object]) -> Look:
        """The statements of one dashboard, after one look that warms it."""
        times: list[list[float]] = []
        with timed(self.engines.read) as spent:
            for at in range(ROUNDS + 1):
                if at == 1:
                    before = cpu_of(self.server)
                spent.clear()
                with self.engines.reading() as db:
                    ask(db)
                times.append([*spent])
        cpu = (cpu_of(self.server) - before) / ROUNDS * 1000
        sums = [1000 * sum(each) for each in times[1:]]
        return Look(name, where, median(sums), max(sums), len(times[-1]), cpu)

    def took(self, work: Callable[[], int]) -> Took:
        """What one piece of work cost."""
        clocks = time.perf_counter, time.process_time, lambda: cpu_of(self.server)
        before = [each() for each in clocks]
        came = work()
        return Took(*(each() - start for each, start in zip(clocks, before, strict=True)), came)

    def grouped(self) -> int:
        """Completed by institution, grade and month of a year, protected."""
        ask = Ask(("completed",), ("institution", "grade", "month"), SINCE, UNTIL)
        with self.engines.reading() as db:
            return len(answer(db, EVERYWHERE, ask, exact=False).rows)

    def listing(self) -> Any:
        """The list of names that both ways of writing it write."""
        asked = Asked(date(2023, 1, 1), UNTIL)
        return records(EVERYWHERE._replace(roles=NAMES), asked, "completed").limit(ROWS)

    def copied(self) -> int:
        """The same query by the server's own COPY, into nothing."""
        with self.engines.stream.connect() as connection:
            asked = self.listing().compile(connection, compile_kwargs={"literal_binds": True})
            cursor = connection.connection.cursor()
            cursor.execute(f"COPY ({asked}) TO '/dev/null' (FORMAT csv)")
            return cursor.rowcount

    def listed(self) -> int:
        """The file as a browser gets it, without its head."""
        reserve()
        return sum(b.count(b"\n") for b in streamed(self.engines, COLUMNS, self.listing())) - 1

    def rebuilt(self) -> int:
        """All tallies counted anew."""
        with self.engines.writing() as db:
            return rebuild_tallies(db)

    def size(self) -> tuple[int, int, int]:
        """Facts, completions and people."""
        completed = Fact.measure == "completed"
        with self.engines.reading() as db:
            return (
                db.scalar(select(func.count()).select_from(Fact)) or 0,
                db.scalar(select(func.count()).select_from(Fact).where(completed)) or 0,
                db.scalar(text("SELECT count(*) FROM users")) or 0,
            )


if __name__ == "__main__":
    big(prog_name="python -m bench.big")
