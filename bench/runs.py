"""Runs: everything that is measured, store by store, and what came of it."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from bench.databases import MIDDLE, SMALL, Database, Stores, await_rest
from bench.exports import Exported, export
from bench.journeys import Travelled, travel
from bench.learners import Widened, widen
from bench.rounds import Measured, Subject, play
from bench.rushes import Rush, rush, submissions_of_many, submissions_of_one
from bench.servers import Server, start_app, start_yardstick
from bench.targets import STORES
from bench.visits import COURSE, LESSON, VISITS, Visit, request
from bench.weights import Weight, weight_of

THREADS, CONNECTIONS = (1, 2, 4, 16), (1, 8)
USUAL = (4, 8)  # threads unless set otherwise, and connections enough to keep them busy
PARTS = ("pages", "journeys", "lists", "weight", "rushes", "learners")
SIMULTANEOUS, SUBMISSIONS = 200, 1_000
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to measure and how often; `threads` and `connections` are those of the pages."""

    parts: Collection[str]
    pages: Collection[str]
    rounds: int
    threads: tuple[int, ...] = THREADS
    connections: tuple[int, ...] = CONNECTIONS


@dataclass
class Findings:
    """All figures of a run; each is kept with the name of its store."""

    page_bytes: int = 0
    pages: list[tuple[str, int, Measured]] = field(default_factory=list)
    journeys: list[tuple[str, Travelled]] = field(default_factory=list)
    lists: list[tuple[str, Exported]] = field(default_factory=list)
    weight: Weight | None = None
    rushes: list[tuple[str, str, Rush]] = field(default_factory=list)
    learners: list[tuple[str, Widened]] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)


class Run:
    """One run over both stores, saying what it does while it goes on."""

    def __init__(self, stores: Stores, plan: Plan, say: Say) -> None:
        self.stores, self.plan, self.say = stores, plan, say
        self.found = Findings()

    def measure(self) -> Findings:
        """Play all parts of the plan; the yardsticks run all the time."""
        with yardstick(self.stores, "calibrator") as self.calibrator:
            for store in STORES:
                self._measure(store)
        return self.found

    def _measure(self, store: str) -> None:
        database = self._filled(store, SMALL)
        with self._app(database) as app:
            if "weight" in self.plan.parts and self.found.weight is None:
                self.found.weight = weight_of(app.port, COURSE)
            self.found.page_bytes = weight_of(app.port, LESSON).html
        if "pages" in self.plan.parts:
            with yardstick(self.stores, "floor", self.found.page_bytes) as floor:
                for threads in self.plan.threads:
                    self._pages(database, floor, threads)
        if "journeys" in self.plan.parts:
            self._journeys(database)
        if "rushes" in self.plan.parts:
            self._rushes(database)
        if "learners" in self.plan.parts:
            self._learners(database)
        if "lists" in self.plan.parts:
            self._lists(self._filled(store, MIDDLE))

    def _pages(self, database: Database, floor: Subject, threads: int) -> None:
        with self._app(database, threads) as app:
            subjects = [self.calibrator, floor, *self._subjects(database, app)]
            for connections in self.plan.connections:
                self.say(f"{database.name}: pages, {threads} threads, {connections} connections")
                for each in play(subjects, connections, self.plan.rounds):
                    self.found.pages.append((database.name, threads, each))
            self.found.memory[f"{database.name}, {threads} threads"] = app.memory()

    def _journeys(self, database: Database) -> None:
        self.say(f"{database.name}: journeys through a quiz")
        with self._app(database) as app:
            clocks = (app.cpu, database.cpu)
            for each in travel(app.port, clocks, self.calibrator, self.plan.rounds):
                self.found.journeys.append((database.name, each))

    def _rushes(self, database: Database) -> None:
        self.say(f"{database.name}: many at the same moment")
        with self._app(database) as app:
            pages = [each for visit in VISITS for each in visit.requests()][:SIMULTANEOUS]
            kinds: dict[str, Callable[[], Rush]] = {
                "requests": partial(rush, app.port, pages),
                "submissions of as many people": partial(
                    submissions_of_many, app.port, database, SUBMISSIONS
                ),
                "submissions of one person": partial(
                    submissions_of_one, app.port, database, SUBMISSIONS
                ),
            }
            for name, rushed in kinds.items():
                self.found.rushes.append((database.name, name, rushed()))

    def _learners(self, database: Database) -> None:
        self.say(f"{database.name}: My learning with a thousand enrolments beside ten")
        with self._app(database) as app:
            found = widen(app, database, self.plan.rounds)
            self.found.learners.append((database.name, found))

    def _lists(self, database: Database) -> None:
        self.say(f"{database.name}: a list of {5 * database.people:,} rows as CSV")
        with self._app(database) as app:
            clocks, rounds = (app.cpu, database.cpu), self.plan.rounds
            exported = export(app.port, clocks, self.calibrator, "enrolled", rounds)
            self.found.lists.append((database.name, exported))

    def _subjects(self, database: Database, app: Server) -> Iterator[Subject]:
        chosen = [each for each in VISITS if not self.plan.pages or each.name in self.plan.pages]
        return (subject_of(each, database, app) for each in chosen)

    def _filled(self, store: str, people: int) -> Database:
        self.say(f"{store}: {people:,} people, {5 * people:,} enrolments")
        return self.stores.filled(store, people)

    @contextmanager
    def _app(self, database: Database, threads: int = USUAL[0]) -> Iterator[Server]:
        server = start_app(self.stores.folder, database.url, threads=threads)
        try:
            await_rest(database)
            yield server
        finally:
            server.stop()


def subject_of(visit: Visit, database: Database, app: Server) -> Subject:
    """A page of an application, with the clocks of all that works on it."""
    return Subject(visit.name, app.port, visit.requests(), (app.cpu, database.cpu))


@contextmanager
def yardstick(both: Stores, name: str, size: int = 0) -> Iterator[Subject]:
    """The calibrator, or the floor with a page of so many bytes, for as long as it is wanted."""
    server = start_yardstick(both.folder, name, size)
    try:
        yield Subject(name, server.port, [request("/")], (server.cpu,))
    finally:
        server.stop()
