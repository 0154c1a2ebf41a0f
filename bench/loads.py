"""Loads: files of many rows looked at, applied, undone and confirmed while others read.

Run as `python -m bench.loads`; beside the pages of `bin/bench`, since it measures one moment. With
`--record` it writes its section of docs/performance.md.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

import click
from sqlalchemy import select, text

from app.foundation import clock
from app.foundation.database import Engines, open_engines
from app.identity.institutions import Institution
from app.loads.loads import (
    PEOPLE,
    UNITS,
    UNREADABLE,
    WORKING,
    Brought,
    Load,
    agree,
    bring,
    confirm,
    look_again,
    take_back,
)
from app.loads.surroundings import root_of
from bench.databases import EVERYWHERE, SMALL, Database, await_rest, person_at, stores
from bench.readers import FEW, Felt, Reader, felt
from bench.records import LOADS, record_section
from bench.reports import machine, table, verdict_table
from bench.servers import Server, start_app
from bench.targets import STORES, Verdict, at_most

CROWD, TREE = 100_000, 6_000
MOST_SECONDS, MOST_MEGABYTES, MOST_FELT = 20, 200, 1.1
LOOKED, APPLIED, UNDONE = "people looked at", "people applied", "people undone"
ALONE = "nothing: the reader alone"
LOOKS = 5  # at the same file, since one look alone says little on a machine that others use too
CALM = 12.0  # seconds in which readers are measured alone, before and after each
POLL = 1.0  # seconds between two looks at the work, which readers should not feel
PROC = Path("/proc")


class Worked(NamedTuple):
    """What a step of a load took: seconds, CPU of ours and of the database's, the peak of its process.

    `felt` is what readers felt meanwhile, whose pages are part of our CPU.
    """

    name: str
    began: float
    seconds: float
    own: float
    database: float
    megabytes: float
    felt: Felt = Felt(0, float("nan"))


def tree_file(parent: str) -> Iterator[bytes]:
    """A tree of three storeys below an institution."""
    lines = ["code,parent,kind,name"]
    for number in range(TREE):
        above = parent if number < 60 else f"unit-{number // 60 if number < 1200 else number // 20}"
        lines.append(f"unit-{number},{above},office,Unit {number} of the tree")
    yield "\n".join(lines).encode()


def people_file(count: int) -> Iterator[bytes]:
    """So many people, all columns filled."""
    yield b"mail,number,name,other_name,language,unit,grade,job_family,gender,country,place,from\n"
    lines: list[str] = []
    for number in range(count):
        lines.append(
            f"person.{number}@load.example,{number},Person {number} Diop,"
            f"شخص {number},fr,unit-{number % TREE},A{number % 9},Finance,woman,SN,SN-DK,2026-01-01\n"
        )
        if len(lines) == 5_000:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _process_with(words: str) -> Path | None:
    """The folder of the process with these words in its command."""
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command:
                return folder
    return None


def _peak_of(process: Path) -> int:
    """Kilobytes that a process has held at most; none once it is over."""
    with suppress(OSError, IndexError):
        return int((process / "status").read_text().partition("VmHWM:")[2].split()[0])
    return 0


def forget_estimates(engines: Engines) -> None:
    """Let SQLite plan as on a platform of its own, where nobody lets it count.

    The made people are counted, and as none of them has a number, it would look no number up.
    """
    if engines.is_sqlite:
        with engines.writing() as db:
            db.execute(text("DELETE FROM sqlite_stat1"))


def bring_file(engines: Engines, people: int, kind: str, pieces: Iterator[bytes]) -> int:
    """A file brought by the registrar of everything, into the first institution."""
    with engines.writing() as db:
        unit = db.scalars(select(Institution).order_by(Institution.id)).first()
        if unit is None:
            raise RuntimeError("no institution")
        file = Brought(f"{kind}.csv", pieces, "")
        by = person_at(EVERYWHERE, people)
        return bring(db, kind, unit.id, root_of(db, unit.id), by, file).id


class Measuring:
    """One store with its server and a reader, and the steps of loads that are measured there."""

    def __init__(self, database: Database, server: Server) -> None:
        self.database, self.server = database, server
        self.engines = open_engines(database.url, 1)
        self.told: list[Worked] = []

    def all(self, count: int) -> list[Worked]:
        """The tree, then the people: looked at, undone as a whole, and brought again to stay."""
        reader = Reader(self.server.port)
        with self.engines.reading() as db:
            key = db.scalars(select(Institution.key).order_by(Institution.id)).first()
        people = self.database.people
        tree = bring_file(self.engines, people, UNITS, tree_file(key or ""))
        self.step("institutions looked at", tree)
        self.step("institutions applied", tree, agree)
        self.step("institutions confirmed", tree, confirm)
        self.calm()
        crowd = bring_file(self.engines, people, PEOPLE, people_file(count))
        self.step(LOOKED, crowd)
        for _time in range(LOOKS - 1):
            self.calm()
            self.step(LOOKED, crowd, look_again)
        self.calm()
        self.step(APPLIED, crowd, agree)
        self.step(UNDONE, crowd, take_back)
        self.step("people looked at after undoing", crowd, look_again)
        self.step("people applied again", crowd, agree)
        self.step("people confirmed", crowd, confirm)
        answers = reader.stop()
        self.engines.close()
        return [
            each._replace(felt=felt(answers, each.began, each.began + each.seconds))
            for each in self.told
        ]

    def step(self, name: str, load_id: int, verb: Callable[..., None] | None = None) -> None:
        """Take a step as somebody does on the page, and wait until the server's worker has done it."""
        with self.noting(name):
            if verb is not None:
                with self.engines.writing() as db:
                    verb(db, db.get_one(Load, load_id))
            work = None
            while self.stands_at(load_id) in WORKING:
                work = work or _process_with("loads work")
                self.peak = max(self.peak, _peak_of(work) if work else 0)
                time.sleep(POLL)
        if self.stands_at(load_id) == UNREADABLE:
            raise RuntimeError(f"{name}: the file could not be read")

    def stands_at(self, load_id: int) -> str:
        """Where the load stands."""
        with self.engines.reading() as db:
            return db.get_one(Load, load_id).state

    def calm(self) -> None:
        """Let the readers be alone for a while."""
        with self.noting(ALONE):
            time.sleep(CALM)

    @contextmanager
    def noting(self, name: str) -> Iterator[None]:
        """Note what comes to pass meanwhile."""
        self.peak = 0
        clocks = time.perf_counter, self.server.cpu, self.database.cpu
        began = [each() for each in clocks]
        yield
        taken = [each() - start for each, start in zip(clocks, began, strict=True)]
        self.told.append(Worked(name, began[0], *taken, self.peak / 1_000))


def section(found: Mapping[str, Sequence[Worked]], count: int) -> str:
    """The section of docs/performance.md as Markdown."""
    return "\n".join([
        f"{LOADS}\n",
        (f"`python -m bench.loads --record` writes this section: a tree of {TREE:,} institutions and a file of"
         f" {count:,} people of whom none is known, brought to a platform of {SMALL:,} people, while"
         " somebody reads lessons, fifty a second at most. A process of its own works on each, and"
         f" gives way to others. A lesson's p95 is held against that of the calm before and after, and the target"
         f" against the median of {LOOKS} looks. Measured on {clock.now():%d %B %Y}: {machine()}. The CPU of ours holds"
         " the reader's pages; seconds are those of a machine that others may use too.\n"),
        verdict_table(v for store, steps in found.items() for v in verdicts(store, steps)),
        table(
            ("Database", "Step", "Seconds", "CPU s, ours", "CPU s, database's", "MB at the peak",
             "lesson p95, ms", "of lessons"),
            ((store, each.name, f"{each.seconds:.1f}", f"{each.own:.1f}", f"{each.database:.1f}",
              f"{each.megabytes:.0f}" if each.megabytes else "", f"{each.felt.p95:.1f}" if each.felt.pages > FEW else "",
              each.felt.pages)
             for store, steps in found.items() for each in steps),
        ),
    ])  # fmt: skip


def verdicts(store: str, steps: Sequence[Worked]) -> Iterator[Verdict]:
    """What the steps are held against: medians of the looks, each beside the calm around it."""
    by_name = {each.name: each for each in steps}
    looks = [each for each in steps if each.name == LOOKED]
    yield at_most(
        "people looked at, s", store, median(each.seconds for each in looks), MOST_SECONDS
    )
    yield at_most(
        "people looked at, MB", store, max(each.megabytes for each in looks), MOST_MEGABYTES
    )
    alone = [each.felt.p95 for each in steps if each.name == ALONE]
    moved = [
        look.felt.p95 / mean(around) for look, around in zip(looks, pairwise(alone), strict=True)
    ]
    yield at_most(
        "lesson p95 meanwhile, beside alone", store, median(moved), MOST_FELT,
        f"{median(moved):.2f} ({', '.join(f'{each:.2f}' for each in moved)})",
    )  # fmt: skip
    undone = by_name[UNDONE].seconds / by_name[APPLIED].seconds
    yield at_most("undone, beside applied", store, undone, 1)


@click.command()
@click.option("--people", default=CROWD, help="Rows of the file of people.")
@click.option("--only", type=click.Choice(STORES), multiple=True)
@click.option("--record", is_flag=True, help="Write the section of docs/performance.md.")
def loads(people: int, only: tuple[str, ...], *, record: bool) -> None:
    """Measure loads on both databases and print what came of it."""
    found = {}
    with stores() as both:
        for store in only or STORES:
            database = both.filled(store, SMALL)
            engines = open_engines(database.url, 1)
            forget_estimates(engines)
            engines.close()
            server = start_app(both.folder, database.url, threads=4)
            try:
                await_rest(database)
                found[store] = Measuring(database, server).all(people)
            finally:
                server.stop()
    told = section(found, people)
    click.echo(told)
    if record:
        record_section(told)


if __name__ == "__main__":
    loads(prog_name="python -m bench.loads")
