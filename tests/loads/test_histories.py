"""Histories of loads: whatever a file holds, undoing brings all back, and again it changes nothing."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation import clock
from app.identity.placements import place
from app.loads.loads import agree, confirm, take_back
from tests.loads.test_works import all_rows
from tests.makers.loads import PEOPLE, UNITS, looked_at, rows_of_load, sheet, worked
from tests.makers.people import make_institute, make_interior

CODES = ("institute", "roads", "bridges", "ports", "ministry-of-the-interior", "nowhere")
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
people = st.tuples(
    st.sampled_from(
        ("", "a@office.example", "B@office.example", "awa.diop@example.org", "chloe", "=1")
    ),
    st.sampled_from(("", "1", "2", "3")),
    st.sampled_from(("Ana", "", "Éva Ñandú")),
    st.sampled_from(CODES[:2] + CODES[4:]),
    st.sampled_from(("", "A1", "A2")),
    st.sampled_from(("", "2020-01-01", "0001-01-01", "2999-01-01")),
)
units = st.tuples(
    st.sampled_from(CODES),
    st.sampled_from(("", *CODES)),
    st.sampled_from(("school", "office", "castle")),
    st.sampled_from(("Roads", "", "Ports")),
    st.sampled_from(("", "1700-01-01", f"{clock.now():%Y-%m-%d}")),
)


@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
@given(rows=st.lists(people, min_size=1, max_size=9), tree=st.lists(units, max_size=9))
def test_any_file_can_be_undone_and_then_brought_twice(db, engines, chloe, awa, rows, tree):
    interior = make_interior(db)
    make_institute(db)
    db.commit()
    files = {"units": sheet(UNITS, [*tree, CODES[:1] * 5]), "people": sheet(PEOPLE, rows)}
    for kind, content in files.items():
        before = all_rows(db)
        load = looked_at(db, engines, kind, interior, chloe, content)
        fates = {row.number: row.fate for row in rows_of_load(db, load)}
        assert all_rows(db) == before
        for step in (agree, take_back):
            worked(db, engines, load, step)
        assert all_rows(db) == before
        load = looked_at(db, engines, kind, interior, chloe, content)
        assert {row.number: row.fate for row in rows_of_load(db, load)} == fates
        for step in (agree, confirm):
            worked(db, engines, load, step)
        known = all_rows(db)
        again = looked_at(db, engines, kind, interior, chloe, content)
        refused = {number for number, fate in fates.items() if fate == "refused"}
        told = {row.number: row.fate for row in rows_of_load(db, again)}
        assert {fate for number, fate in told.items() if number not in refused} <= {"unchanged"}
        worked(db, engines, again)
        assert all_rows(db) == known
    place(db, awa.id, make_institute(db).id, grade="back")
    db.commit()
