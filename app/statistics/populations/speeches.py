"""Speeches: how each database writes what a population is made with, so that both make the same."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from app.statistics.populations.indexes import Change, Cursor, in_postgresql, in_sqlite

FIRST_DAY = "2023-01-01"


class Speech(NamedTuple):
    """How a database writes what the other writes differently; each takes SQL and gives SQL."""

    series: Callable[[str, int], str]
    moment: Callable[[str], str]
    day: Callable[[str], str]
    date: Callable[[str], str]
    uuid: Callable[[str, str], str]
    token: Callable[[str], str]
    padded: Callable[[str], str]
    json: Callable[[str], str]
    follows: str  # joins what is looked up for each row of what stands before, in its order
    true: str
    false: str
    before: Sequence[str]
    after: Sequence[str]
    indexes: Callable[[Cursor, Collection[str]], list[Change]]


SQLITE = Speech(
    series=lambda name, most: (
        f"{name}(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {name} WHERE n < {most})"
    ),
    moment=lambda minutes: f"(datetime('{FIRST_DAY}', ({minutes}) || ' minutes') || '.000000')",
    day=lambda days: f"date('{FIRST_DAY}', ({days}) || ' days')",
    date=lambda day: day,
    uuid=lambda space, number: f"printf('%08x%024x', {space}, {number})",
    token=lambda number: f"CAST(printf('%032d', {number}) AS BLOB)",
    padded=lambda number: f"printf('%016d', {number})",
    json=lambda text: text,
    follows="CROSS JOIN",
    true="1",
    false="0",
    # Nobody else uses the file yet; a fault leaves it to be made anew.
    before=(
        "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF",
        "PRAGMA foreign_keys=OFF", "PRAGMA cache_size=-1500000",
    ),
    after=("ANALYZE", "PRAGMA journal_mode=WAL"),
    indexes=in_sqlite,
)  # fmt: skip
POSTGRESQL = Speech(
    series=lambda name, most: f"{name}(n) AS (SELECT generate_series(1::bigint, {most}))",
    moment=lambda minutes: (
        f"(timestamptz '{FIRST_DAY} 00:00Z' + ({minutes}) * interval '1 minute')"
    ),
    day=lambda days: f"(date '{FIRST_DAY}' + ({days})::int)",
    date=lambda day: f"({day})::text",
    uuid=lambda space, number: (
        f"(lpad(to_hex(({space})::bigint), 8, '0')"
        f" || lpad(to_hex(({number})::bigint), 24, '0'))::uuid"
    ),
    token=lambda number: f"convert_to(lpad(({number})::text, 32, '0'), 'UTF8')",
    padded=lambda number: f"lpad(({number})::text, 16, '0')",
    json=lambda text: f"({text})::jsonb",
    follows="JOIN",
    true="true",
    false="false",
    before=(
        "SET session_replication_role = replica",
        "SET synchronous_commit = off",
        "SET maintenance_work_mem = '512MB'",
        "SET work_mem = '256MB'",
    ),
    # What autovacuum would do in its time is done at once.
    after=("VACUUM ANALYZE",),
    indexes=in_postgresql,
)  # fmt: skip
SPEECHES = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


# One odd number a salt, so that what is drawn by two of them does not go together.
MULTIPLIERS = (
    2654435761, 2246822519, 3266489917, 668265263, 374761393, 2166136261, 3432918353, 461845907,
    2869860233, 1540483477, 3921009573, 2147001325, 1597334677, 3812015801, 1812433253,
)  # fmt: skip


def scattered(number: str, most: int, salt: int = 0) -> str:
    """SQL of a whole number from 0 below `most`, always the same for the same number."""
    mixed = f"(({number}) * {MULTIPLIERS[salt]} % 4294967296)"
    return f"({mixed} / 256 * {most} / 16777216)"


def chosen(number: str, values: Sequence[str | None], salt: int = 0) -> str:
    """SQL of one of the values; one that is named twice comes twice as often."""
    cases = " ".join(
        f"WHEN {at} THEN NULL" if value is None else f"WHEN {at} THEN '{value}'"
        for at, value in enumerate(values)
    )
    return f"CASE {scattered(number, len(values), salt)} {cases} END"
