"""Surfaces: whatever leaves, by whichever way, is made of the months' shown figures and of no others.

The attack of `protecting/test_attacks` knows all tables of up to three things, by month; so what is
made of those alone tells no more than it was attacked with.
"""

import csv
import io
from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.placements import Placement
from app.statistics.boards.boards import board_of
from app.statistics.bulletins.parcels import files_of
from app.statistics.bulletins.snapshots import snapshot
from app.statistics.cubes.questions import put
from app.statistics.facts import Fact
from app.statistics.protecting.cells import protected
from app.statistics.reports.papers import Imprint, sheet_for
from app.statistics.saving.letters import figures_of
from tests.statistics.bulletins.conftest import EVERYBODY, wish

AFTER = date(2024, 5, 1)
TABLES = ((), ("month",), ("course",), ("course", "month"), ("gender",), ("language",))


@pytest.fixture
def shown(db, counted):
    """By measure, things and their values: the sum of what the months of that cell show."""
    asked = (
        select(Fact, Placement.gender, Course.slug)
        .join(Placement, Placement.id == Fact.placement_id)
        .join(Course, Course.id == Fact.course_id)
    )
    cells = defaultdict(list)
    for fact, gender, slug in db.execute(asked):
        month = f"{fact.day:%Y-%m}"
        values = {"course": slug, "gender": gender or "_U", "language": fact.language}
        for by in TABLES:
            at = tuple((values | {"month": month})[each] for each in by)
            cells[fact.measure, by, at, month].append(fact.record_key)
    found = defaultdict(int)
    for (measure, by, at, _month), keys in cells.items():
        found[measure, by, at] += protected(len(keys), sum(keys))
    return found


def test_boards_and_letters_are_made_of_what_months_show(db, shown):
    asked = put(AFTER, "2024-01", "2024-03", (), (), "", "", "now", "")
    board = board_of(db, EVERYBODY, asked, "en", exact=False, splits=("course", "language"))
    whole = {each.measure: each.figure for each in board.keys}
    assert whole["enrolled"] == shown["enrolled", (), ()] > 0
    assert whole["completed"] == shown["completed", (), ()] > 0
    assert [each["figure"] for each in figures_of(board)] == [*whole.values()]
    months = [shown["completed", ("month",), (month,)] or None for month in board.months]
    assert list(board.completed) == months
    for split in board.splits:
        assert split.lines
        for line in split.lines:
            at = (line.values[0][0],)
            assert line.figures[:2] == tuple(
                shown[measure, (split.by,), at] for measure in ("enrolled", "completed")
            )


def test_bulletins_their_files_and_reports_are_made_of_what_months_show(db, shown):
    content = snapshot(db, EVERYBODY, wish(institution="", tables=TABLES))
    files, told = files_of(content), set()
    for table in content.tables:
        rows = csv.DictReader(io.StringIO(files[f"table-{table.key}.csv"].decode()))
        for row in rows:
            at = tuple(row[each] for each in table.dimensions)
            for measure in content.measures:
                figure = shown[measure, table.dimensions, at]
                assert row[measure] == (str(figure) if figure else "s"), (table.key, at)
                told.add(row[measure])
    assert "s" in told
    assert len(told) > 5
    sheet = sheet_for(content, Imprint("https://capacita.test"), "en")
    printed = {
        each for part in sheet["sections"] for row in part["rows"] for each in row["figures"]
    }
    assert printed | {each["figure"] for each in sheet["tiles"]} <= told
    assert content.before is None
