"""Large: one filled database, and all that is measured of statistics on it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from app.foundation.database import Engines
from app.identity.institutions import Institution
from app.statistics.attributions import NOW
from app.statistics.boards.boards import board_of, by_country, parts_of
from app.statistics.completions import Asked
from app.statistics.counts import by_month, counts, totals
from app.statistics.coverage import coverage_of
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.cubes.questions import Put
from app.statistics.cubes.tables import table
from app.statistics.exports import reserve, streamed
from app.statistics.facts import Fact
from app.statistics.rebuilds import rebuild_tallies
from app.statistics.records import COLUMNS, in_steps, records, rows_of
from app.statistics.scopes import COUNTS, NAMES, Scope
from bench.accounting import cpu_of, parts_of_memory
from bench.rounds import Subject, play
from bench.servers import start_yardstick
from bench.statements import timed
from bench.targets import POSTGRESQL, SQLITE
from bench.visits import request

ROUNDS, ROWS = 15, 1_000_000
LOOKED_AFTER = 50  # blocks
SINCE, UNTIL = date(2025, 11, 1), date(2026, 11, 1)  # a year that is over
YEAR = Put("2025-11", "2026-10", (), (), "", "", NOW, 1)
COUNTED = Asked(SINCE, UNTIL, view=NOW)
EVERYWHERE = Scope(1, COUNTS, is_everywhere=True, is_empty=False)
LISTED, ASKED = EVERYWHERE._replace(roles=NAMES), Asked(date(2023, 1, 1), UNTIL)
TREES = {"everything": None, "a ministry": "ministry-1", "a directorate": "directorate-1"}


class Look(NamedTuple):
    """A dashboard: milliseconds its statements took, how many they were, CPU of the database's.

    An embedded database has no CPU of its own: its statements' milliseconds are all there is.
    """

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

    @property
    def a_second(self) -> float:
        """What came in a second of CPU."""
        return self.came / (self.own + self.database)


class Large:
    """One filled database, and all that is measured of it."""

    def __init__(self, engines: Engines, server: int | None = None) -> None:
        self.engines, self.server = engines, server
        self.memory = 0.0  # the most that a list took of it, in MB

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file, without a server."""
        return self.engines.is_sqlite

    @property
    def store(self) -> str:
        """What the database is called."""
        return SQLITE if self.is_embedded else POSTGRESQL

    def cpu(self) -> float:
        """CPU seconds of the database's processes; an embedded one has none."""
        return cpu_of(self.server) if self.server is not None else 0.0

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
            yield self.look("the first page of the list", where, lambda db, s=scope: (
                rows_of(db, s._replace(roles=NAMES), COUNTED, "completed", 51),
                totals(db, s._replace(roles=NAMES), COUNTED)))  # fmt: skip
        yield self.look("coverage", "everybody", coverage_of)

    def look(self, name: str, where: str, ask: Callable[[Any], object]) -> Look:
        """The statements of one dashboard, after one look that warms it."""
        times: list[list[float]] = []
        with timed(self.engines.read) as spent:
            for at in range(ROUNDS + 1):
                if at == 1:
                    before = self.cpu()
                spent.clear()
                with self.engines.reading() as db:
                    ask(db)
                times.append([*spent])
        cpu = (self.cpu() - before) / ROUNDS * 1000
        sums = [1000 * sum(each) for each in times[1:]]
        return Look(name, where, median(sums), max(sums), len(times[-1]), cpu)

    def took(self, work: Callable[[], int]) -> Took:
        """What one piece of work cost."""
        clocks = time.perf_counter, time.process_time, self.cpu
        before = [each() for each in clocks]
        came = work()
        return Took(*(each() - start for each, start in zip(clocks, before, strict=True)), came)

    def grouped(self) -> int:
        """Completed by institution, grade and month of a year, protected."""
        ask = Ask(("completed",), ("institution", "grade", "month"), SINCE, UNTIL)
        with self.engines.reading() as db:
            return len(answer(db, EVERYWHERE, ask, exact=False).rows)

    def copied(self) -> int:
        """The same query by the server's own COPY, into nothing."""
        with self.engines.stream.connect() as connection:
            rows = records(LISTED, ASKED, "completed", ROWS)
            asked = rows.compile(connection, compile_kwargs={"literal_binds": True})
            cursor = connection.connection.cursor()
            cursor.execute(f"COPY ({asked}) TO '/dev/null' (FORMAT csv)")
            return cursor.rowcount

    def listed(self) -> int:
        """The file as a browser gets it, without its head.

        What it takes of memory, looked at now and then, is without what is mapped meanwhile of an
        embedded database's file, as a server's memory is not counted either.
        """
        reserve()
        lines = -1
        _own, mapped = parts_of_memory(os.getpid())
        with self.engines.reading() as db:
            steps = in_steps(db, LISTED, ASKED, "completed")
        for at, block in enumerate(streamed(self.engines, COLUMNS, steps)):
            lines += block.count(b"\n")
            if lines >= ROWS:
                break
            if at % LOOKED_AFTER == 0:
                own, _mapped = parts_of_memory(os.getpid())
                self.memory = max(self.memory, (own + mapped) / 1_000_000)
        return lines

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
