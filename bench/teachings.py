"""Teachings: what the page of a course's learners asks of both databases, at 100,000 attempts.

`python -m bench.teachings` prints, for each database, the time of the statements behind a look at
the page, and of those by which a board is counted at night: the median and the longest of ROUNDS.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import click
from sqlalchemy import Engine, event, select, text

from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.foundation.database import open_engines
from app.statistics.populations.speeches import POSTGRESQL, SQLITE, Speech
from app.statistics.teaching.boards import board_of, counted, keep
from app.statistics.teaching.crowds import Crowd
from bench.courses import WIDE
from bench.databases import Stores, stores

PEOPLE, QUIZZES, ROUNDS = 20_000, 5, 15


def attempts_made(speech: Speech, version_id: int) -> list[str]:
    """Five graded attempts a learner of the wide course, and half an hour's reading a lesson."""
    moment = speech.moment("n % 400000 + 1990")
    base = f"10000000 + (n - 1) * {QUIZZES} + a.position"
    enrolment = (
        f"(SELECT min(id) FROM enrolments WHERE learner_id = n AND version_id = {version_id})"
    )
    quizzes = (
        f"(SELECT id, key, row_number() OVER (ORDER BY position) - 1 AS position FROM activities"
        f" WHERE version_id = {version_id} AND kind = 'quiz')"
    )
    head = f"WITH RECURSIVE {speech.series('s', PEOPLE)}"
    return [
        f"""{head} INSERT INTO attempts
          (id, enrolment_id, activity_key, version_id, number, seed, language, revision, opened_at,
           submitted_at, graded_at)
        SELECT {base}, {enrolment}, a.key, {version_id}, 1, n,
          CASE WHEN n % 3 = 0 THEN 'fr' ELSE 'en' END, 10, {moment}, {moment}, {moment}
        FROM s CROSS JOIN {quizzes} a WHERE a.position < {QUIZZES}""",
        f"""{head} INSERT INTO attempt_items
          (attempt_id, position, item_key, item_hash, shown, answer, revision, answered_at, score)
        SELECT {base}, q.position, q.item_key, q.item_hash, '{{"order": ["a", "b", "c"]}}',
          CASE (n * 7 + q.position * 13 + n / 97) % 4 WHEN 0 THEN '"a"' WHEN 1 THEN '"b"' WHEN 2 THEN '"c"' END
          {"::jsonb" if speech is POSTGRESQL else ""},
          1, {moment}, CASE WHEN (n * 7 + q.position * 13 + n / 97) % 4 = 0 THEN 1.0 ELSE 0.0 END
        FROM s CROSS JOIN {quizzes} a CROSS JOIN quiz_items q
        WHERE q.activity_id = a.id AND a.position < {QUIZZES}""",
        f"""{head} INSERT INTO results
          (enrolment_id, activity_key, version_id, source, source_key, score, out_of, passed,
           language, mode, recorded_at)
        SELECT {enrolment}, a.key, {version_id}, 'lesson', n || '/' || a.key, 1, 1,
          {speech.true}, CASE WHEN n % 3 = 0 THEN 'fr' ELSE 'en' END, 'online', {moment}
        FROM s CROSS JOIN activities a
        WHERE a.version_id = {version_id} AND a.kind = 'lesson' AND a.position <= 15""",
        "UPDATE progress SET spent = 60 + (enrolment_id * 37) % 1800",
        "ANALYZE",
    ]  # fmt: skip


@contextmanager
def timed(engine: Engine) -> Iterator[list[tuple[float, str]]]:
    """The seconds of every statement, its rows fetched as the driver does, and its first words."""
    taken: list[tuple[float, str]] = []

    def before(*args: Any) -> None:
        args[0].info["began"] = time.perf_counter()

    def after(*args: Any) -> None:
        taken.append((time.perf_counter() - args[0].info["began"], args[2]))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield taken
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


def measure(both: Stores, store: str) -> None:
    database = both.filled(store, PEOPLE)
    engines = open_engines(database.url, 1)
    with engines.writing() as db:
        version_id = db.scalars(
            select(CourseVersion.id).join(Course, Course.id == CourseVersion.course_id)
            .where(Course.slug == WIDE)
        ).one()  # fmt: skip
        for statement in attempts_made(SQLITE if store == "SQLite" else POSTGRESQL, version_id):
            db.execute(text(statement.replace(":", "\\:")))
    crowd = Crowd(version_id)
    with engines.reading() as db:
        board = counted(db, crowd, 1)
    with engines.writing() as db:
        keep(db, crowd, board)
    for name, ask in {"looked at": board_of, "counted at night": counted}.items():
        with engines.reading() as db, timed(engines.read) as taken:
            whole = list[float]()
            for _ in range(ROUNDS):
                taken.clear()
                ask(db, crowd, 1)
                whole.append(sum(seconds for seconds, _words in taken) * 1000)
        click.echo(f"{store}, {name}: {median(whole):.1f} ms, longest {max(whole):.1f} ms")
    engines.close()


@click.command()
def teachings() -> None:
    """Measure the page of a course's learners on both databases."""
    with stores() as both:
        for store in ("SQLite", "PostgreSQL"):
            measure(both, store)


if __name__ == "__main__":
    teachings()
