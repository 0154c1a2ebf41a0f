"""Loads: a file of many people looked at while others read: seconds, memory, and what readers feel.

Run as `python -m bench.loads`; beside the pages of `bin/bench`, since it measures one moment.
"""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
from sqlalchemy import select

from app.foundation.database import Engines, open_engines
from app.identity.institutions import Institution
from app.loads.loads import UNITS, WORKING, Brought, Load, agree, bring, confirm, take_back
from app.loads.surroundings import root_of
from bench.databases import EVERYWHERE, SMALL, Database, person_at, stores, token_of
from bench.servers import Server, start_app
from bench.visits import HEADERS, LEARNERS, LESSON

PEOPLE, TREE = 100_000, 6_000
PIECE = 1 << 20
PAUSE = 0.05  # seconds between two looks of a reader: twenty a second at most
CALM = 12.0  # seconds in which readers are measured alone, before and after
PROC = Path("/proc")


class Felt(NamedTuple):
    """What readers felt of a stretch of time: how many pages, and their 95th percentile in ms."""

    pages: int
    p95: float


class Worked(NamedTuple):
    """What a step of a load took: seconds, megabytes at the peak of its process, readers meanwhile."""

    seconds: float
    megabytes: float
    felt: Felt


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


class Reader(threading.Thread):
    """Somebody who reads one lesson after another until told to stop."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.times, self.is_done = port, list[tuple[float, float]](), threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        seats, at = list(LEARNERS), 0
        headers = dict(line.split(": ", 1) for line in HEADERS)
        while not self.is_done.is_set():
            began = time.perf_counter()
            cookie = {"Cookie": f"sign_in={token_of(seats[at % len(seats)])}"}
            connection.request("GET", LESSON, headers=headers | cookie)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the lesson answered {answer.status}")
            self.times.append((began, (time.perf_counter() - began) * 1_000))
            at += 1
            time.sleep(PAUSE)

    def felt(self, since: float, until: float) -> Felt:
        """What this reader felt between two moments."""
        own = [taken for began, taken in self.times if since <= began < until]
        p95 = statistics.quantiles(own, n=20)[-1] if len(own) > 20 else float("nan")
        return Felt(len(own), p95)


def measured(
    engines: Engines, reader: Reader, load_id: int, step: Callable[[], None] | None = None
) -> Worked:
    """Wait until the server's worker has done its step of a load."""
    began, peak = time.perf_counter(), 0
    if step is not None:
        step()
    while True:
        with engines.reading() as db:
            load = db.get_one(Load, load_id)
        peak = max(peak, _peak_of("loads work"))
        if load.state not in WORKING:
            end = time.perf_counter()
            return Worked(end - began, peak / 1_000, reader.felt(began, end))
        time.sleep(0.2)


def _peak_of(words: str) -> int:
    """Kilobytes that the process with these words in its command has held at most."""
    for folder in PROC.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if words in command:
                status = (folder / "status").read_text()
                return int(status.partition("VmHWM:")[2].split()[0])
        except (OSError, IndexError):
            continue
    return 0


def bring_file(engines: Engines, people: int, kind: str, pieces: Iterator[bytes]) -> int:
    """A file brought by the registrar of everything, into the first institution."""
    with engines.writing() as db:
        unit = db.scalars(select(Institution).order_by(Institution.id)).first()
        if unit is None:
            raise RuntimeError("no institution")
        file = Brought(f"{kind}.csv", pieces, "")
        by = person_at(EVERYWHERE, people)
        return bring(db, kind, unit.id, root_of(db, unit.id), by, file).id


def stepped(engines: Engines, load_id: int, verb: Callable[..., None]) -> Callable[[], None]:
    """A step that somebody takes on the page of the load."""

    def take() -> None:
        with engines.writing() as db:
            verb(db, db.get_one(Load, load_id))

    return take


def measure(
    database: Database, server: Server, count: int, *, is_whole: bool
) -> list[tuple[str, Worked]]:
    """The tree, then the people: looked at, and as a whole undone again, with a reader all the while."""
    engines = open_engines(database.url, 1)
    reader = Reader(server.port)
    reader.start()
    with engines.reading() as db:
        key = db.scalars(select(Institution.key).order_by(Institution.id)).first()
    told = []
    tree = bring_file(engines, database.people, UNITS, tree_file(key or ""))
    told.append((f"{TREE:,} institutions looked at", measured(engines, reader, tree)))
    told.append(("applied", measured(engines, reader, tree, stepped(engines, tree, agree))))
    told.append(("confirmed", measured(engines, reader, tree, stepped(engines, tree, confirm))))
    start = time.perf_counter()
    time.sleep(CALM)
    told.append(("readers alone", Worked(CALM, 0, reader.felt(start, time.perf_counter()))))
    people = bring_file(engines, database.people, "people", people_file(count))
    told.append((f"{count:,} people looked at", measured(engines, reader, people)))
    start = time.perf_counter()
    time.sleep(CALM)
    told.append(("readers alone", Worked(CALM, 0, reader.felt(start, time.perf_counter()))))
    if is_whole:
        told.append(("applied", measured(engines, reader, people, stepped(engines, people, agree))))
        step = stepped(engines, people, take_back)
        told.append(("undone", measured(engines, reader, people, step)))
    with engines.reading() as db:
        told.append((str(db.get_one(Load, people).counts), Worked(0, 0, Felt(0, 0))))
    reader.is_done.set()
    reader.join()
    engines.close()
    return told


@click.command()
@click.option("--people", default=PEOPLE, help="Rows of the file of people.")
@click.option("--whole", is_flag=True, help="Also apply and undo the people.")
@click.option("--only", type=click.Choice(["SQLite", "PostgreSQL"]), multiple=True)
def main(people: int, only: tuple[str, ...], *, whole: bool) -> None:
    """Measure loads on both databases and print what came of it."""
    with stores() as both:
        for store in only or ("SQLite", "PostgreSQL"):
            database = both.filled(store, SMALL)
            server = start_app(both.folder, database.url, threads=4)
            try:
                for words, worked in measure(database, server, people, is_whole=whole):
                    click.echo(
                        f"{store:<11} {words:<28} {worked.seconds:7.1f} s {worked.megabytes:6.0f} MB"
                        f"  lesson p95 {worked.felt.p95:6.1f} ms of {worked.felt.pages}"
                    )
            finally:
                server.stop()


if __name__ == "__main__":
    main()
