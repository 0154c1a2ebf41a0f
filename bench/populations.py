"""Populations: people, places in courses and all that follows from them, made by the database itself.

Every person has a place in each of the courses: under way in the first, completed in the next two,
the second by a final of ten questions, begun in the fourth, not begun in the fifth. A thousand
people work in each office.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Engine

OFFICE = 1_000  # people; offices carry the ids from 1001
COURSES = 5
CERTIFIED = "(2, 3)"
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Cursor(Protocol):
    """A cursor of either driver."""

    def execute(self, query: str, /) -> Any: ...


class Speech(NamedTuple):
    """How a database writes what the other writes differently; each takes SQL and gives SQL."""

    series: Callable[[int], str]
    moment: Callable[[str], str]
    day: Callable[[str], str]
    uuid: Callable[[int, str], str]
    token: Callable[[str], str]
    padded: Callable[[str], str]
    true: str
    false: str
    before: Sequence[str]
    after: Sequence[str]


SQLITE = Speech(
    series=lambda most: f"s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {most})",
    moment=lambda minutes: f"(datetime('2026-01-01', ({minutes}) || ' minutes') || '.000000')",
    day=lambda days: f"date('2026-01-01', ({days}) || ' days')",
    uuid=lambda space, number: f"printf('{space:08x}%024x', {number})",
    token=lambda number: f"CAST(printf('%032d', {number}) AS BLOB)",
    padded=lambda number: f"printf('%016d', {number})",
    true="1",
    false="0",
    # The file is nobody else's yet, and made anew if this fails.
    before=(
        "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF",
        "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-1500000",
    ),
    after=("PRAGMA journal_mode=WAL",),
)  # fmt: skip
POSTGRESQL = Speech(
    series=lambda most: f"s(n) AS (SELECT generate_series(1, {most}))",
    moment=lambda minutes: (
        f"(timestamptz '2026-01-01 00:00Z' + ({minutes}) * interval '1 minute')"
    ),
    day=lambda days: f"(date '2026-01-01' + ({days})::int)",
    uuid=lambda space, number: (
        f"('{space:08x}' || lpad(to_hex({number}::bigint), 24, '0'))::uuid"
    ),
    token=lambda number: f"convert_to(lpad(({number})::text, 32, '0'), 'UTF8')",
    padded=lambda number: f"lpad(({number})::text, 16, '0')",
    true="true",
    false="false",
    before=("SET session_replication_role = replica",),
    # What autovacuum would do in its time is done at once.
    after=("VACUUM ANALYZE",),
)  # fmt: skip


class Place(NamedTuple):
    """A course that the population follows."""

    course_id: int
    version_id: int


def populate(engine: Engine, people: int, courses: Sequence[Place]) -> None:
    """Fill an empty, published database with so many people and five times as many enrolments."""
    speech = SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL
    raw = engine.raw_connection()
    driver: Any = raw.driver_connection
    cursor = raw.cursor()
    if speech is POSTGRESQL:
        driver.rollback()
        driver.autocommit = True
    for statement in speech.before:
        cursor.execute(statement)
    cursor.execute("BEGIN")
    for statement in statements(speech, people, courses):
        cursor.execute(statement)
    cursor.execute("COMMIT")
    for statement in speech.after:
        cursor.execute(statement)
    raw.detach()
    raw.close()


def statements(speech: Speech, people: int, courses: Sequence[Place]) -> list[str]:
    """Everything to insert, in the order of the keys."""
    assert len(courses) == COURSES
    chosen = ", ".join(
        f"({at}, {each.course_id}, {each.version_id})" for at, each in enumerate(courses, 1)
    )
    series, courses_in = speech.series, f"c(at, course_id, version_id) AS (VALUES {chosen})"
    facts = [
        _facts(speech, measure, number, where)
        for number, (measure, where) in enumerate(
            {
                "enrolled": "1 = 1",
                "started": "c.at < 5",
                "completed": f"c.at IN {CERTIFIED}",
                "certified": f"c.at IN {CERTIFIED}",
            }.items()
        )
    ]
    made = [
        _offices(max(people // OFFICE, 1)),
        _states(speech, max(people // OFFICE, 1)),
        _users(speech),
        _placements(speech),
        _sign_ins(speech),
        _enrolments(speech),
        _progress(speech),
        _completions(speech),
        _certificates(speech),
        _attempts(speech),
        _attempt_items(speech),
        _results(speech),
        *facts,
    ]
    return [
        f"WITH RECURSIVE {series(people)}, {courses_in} {statement}" for statement in made
    ] + _sequences(speech)


def _offices(offices: int) -> str:
    return f"""
        INSERT INTO institutions (id, key, kind, time_zone)
        SELECT 1000 + n, 'office-' || n, 'office', 'UTC' FROM s WHERE n <= {offices}"""


def _states(speech: Speech, offices: int) -> str:
    return f"""
        INSERT INTO institution_states
          (id, institution_id, name, folded, parent_id, valid_from, recorded_at)
        SELECT 1000 + n, 1000 + n, 'Office number ' || n, 'office number ' || n, NULL,
          {speech.moment("0")}, {speech.moment("0")}
        FROM s WHERE n <= {offices}"""


def _users(speech: Speech) -> str:
    moment = speech.moment("0")
    return f"""
        INSERT INTO users (id, subject, email, email_folded, name, language, made_at, confirmed_at)
        SELECT n, {speech.uuid(1, "n")}, 'learner.' || n || '@example.org',
          'learner.' || n || '@example.org', 'Amina Benali the ' || n || 'th', 'en', {moment}, {moment}
        FROM s"""


def _placements(speech: Speech) -> str:
    moment = speech.moment("n % 1000")
    return f"""
        INSERT INTO placements (id, user_id, institution_id, valid_from, recorded_at, confirmed_at)
        SELECT n, n, 1001 + (n - 1) / {OFFICE}, {moment}, {moment}, {moment} FROM s"""


def _sign_ins(speech: Speech) -> str:
    return f"""
        INSERT INTO sign_ins
          (token_hash, key, user_id, browser, system, is_two_steps, made_at, used_at, until)
        SELECT {speech.token("n")}, {speech.uuid(9, "n")}, n, 'Firefox', 'Windows', {speech.false},
          {speech.moment("0")}, {speech.moment("0")}, {speech.moment("5000000")} FROM s"""


def _enrolments(speech: Speech) -> str:
    opened, started = speech.moment("n % 400000 + c.at"), speech.moment("n % 400000 + c.at + 60")
    day = speech.day("(n % 400000 + 2000) / 1440")
    return f"""
        INSERT INTO enrolments
          (id, learner_id, course_id, version_id, round, opened_at, opened_day, started_at, started_day)
        SELECT (n - 1) * 5 + c.at, n, c.course_id, c.version_id, 1, {opened}, {day},
          CASE WHEN c.at < 5 THEN {started} END, CASE WHEN c.at < 5 THEN {day} END
        FROM s CROSS JOIN c"""


def _progress(speech: Speech) -> str:
    moment = speech.moment("n % 400000 + c.at + a.position * 11")
    return f"""
        INSERT INTO progress (enrolment_id, activity_key, done_at, updated_at)
        SELECT (n - 1) * 5 + c.at, a.key, {moment}, {moment}
        FROM s CROSS JOIN c CROSS JOIN activities a
        WHERE a.version_id = c.version_id AND a.position <= CASE c.at WHEN 1 THEN 15 WHEN 2 THEN 99 WHEN 3 THEN 99
          WHEN 4 THEN 3 ELSE 0 END"""


def _completions(speech: Speech) -> str:
    return f"""
        INSERT INTO completions
          (enrolment_id, version_id, placement_id, completed_at, day, language, mode, trace, score)
        SELECT (n - 1) * 5 + c.at, c.version_id, n, {speech.moment("n % 400000 + 2000")},
          {speech.day("(n % 400000 + 2000) / 1440")}, 'en', 'online', '{{}}', 70 + n % 30
        FROM s CROSS JOIN c WHERE c.at IN {CERTIFIED}"""


def _certificates(speech: Speech) -> str:
    number = "(n - 1) * 5 + c.at"
    return f"""
        INSERT INTO certificates
          (id, completion_id, issue, code, holder_name, holder_language, printed, issued_at)
        SELECT {number}, {number}, 1, {speech.padded(number)}, 'Amina Benali the ' || n || 'th',
          'en', '{{}}', {speech.moment("n % 400000 + 2000")}
        FROM s CROSS JOIN c WHERE c.at IN {CERTIFIED}"""


def _attempts(speech: Speech) -> str:
    """One graded attempt a person, at the final of the second course."""
    moment = speech.moment("n % 400000 + 1990")
    return f"""
        INSERT INTO attempts
          (id, enrolment_id, activity_key, version_id, number, seed, language, revision, opened_at,
           submitted_at, graded_at)
        SELECT n, (n - 1) * 5 + 2, a.key, c.version_id, 1, n, 'en', 10, {moment}, {moment}, {moment}
        FROM s CROSS JOIN c CROSS JOIN activities a
        WHERE c.at = 2 AND a.version_id = c.version_id AND a.module_id IS NULL"""


def _attempt_items(speech: Speech) -> str:
    moment = speech.moment("n % 400000 + 1990")
    return f"""
        INSERT INTO attempt_items
          (attempt_id, position, item_key, item_hash, shown, answer, revision, answered_at, score)
        SELECT n, q.position, q.item_key, q.item_hash, '{{"order": ["a", "b", "c"]}}', '"a"', 1,
          {moment}, 1
        FROM s CROSS JOIN c CROSS JOIN activities a CROSS JOIN quiz_items q
        WHERE c.at = 2 AND a.version_id = c.version_id AND a.module_id IS NULL
          AND q.activity_id = a.id AND q.position <= 10"""


def _results(speech: Speech) -> str:
    return f"""
        INSERT INTO results
          (enrolment_id, activity_key, version_id, source, source_key, score, out_of, passed,
           language, mode, recorded_at)
        SELECT (n - 1) * 5 + 2, a.key, c.version_id, 'quiz', CAST(n AS VARCHAR(140)), 8, 10,
          {speech.true}, 'en', 'online', {speech.moment("n % 400000 + 1990")}
        FROM s CROSS JOIN c CROSS JOIN activities a
        WHERE c.at = 2 AND a.version_id = c.version_id AND a.module_id IS NULL"""


def _facts(speech: Speech, measure: str, number: int, where: str) -> str:
    enrolment = "(n - 1) * 5 + c.at"
    return f"""
        INSERT INTO facts
          (event_key, measure, day, course_id, version_id, enrolment_id, person_id, placement_id,
           language, mode, minutes, days, record_key, stage)
        SELECT {speech.uuid(16 + number, enrolment)}, '{measure}',
          {speech.day("(n % 400000 + 2000) / 1440")}, c.course_id, c.version_id, {enrolment}, n, n,
          'en', 'online', 0, 0, {enrolment} * 2654435761 % 4294967296, 0
        FROM s CROSS JOIN c WHERE {where}"""


def _sequences(speech: Speech) -> list[str]:
    """PostgreSQL counts ids apart from the rows; SQLite does not."""
    if speech is SQLITE:
        return []
    tables = (
        "attempts",
        "institutions",
        "institution_states",
        "users",
        "placements",
        "enrolments",
        "certificates",
    )
    return [
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        for table in tables
    ]
