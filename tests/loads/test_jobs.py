"""Jobs of loads that meet: a file is forgotten with whatever was staged of it meanwhile."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from app.loads.jobs import tidy_loads
from app.loads.loads import Load, standing_load
from app.loads.rows import NEW, Decision, LoadRow, stage
from app.queue.worker import Workshop
from tests.databases import await_waiting
from tests.makers.loads import PEOPLE, looked_at, sheet
from tests.makers.people import make_institute


def test_rows_staged_while_their_file_is_forgotten_are_forgotten_too(app, db, engines, chloe):
    load = looked_at(
        db, engines, "people", make_institute(db), chloe,
        sheet(PEOPLE, [("ana@office.example", "", "Ana Lima", "institute", "A1", "")]),
    )  # fmt: skip
    load.brought_at = load.brought_at.replace(year=2020)
    db.commit()
    state = app.state
    with ThreadPoolExecutor(1) as others:
        with engines.writing() as ours:
            standing_load(ours, load.id)
            tidied = others.submit(
                tidy_loads, Workshop(state.engines, state.settings, state.pages), {}
            )
            await_waiting(engines)
            stage(ours, load.id, [Decision(9_999, NEW, [], {})], {9_999: []})
        tidied.result(timeout=30)
    assert [db.scalars(select(each)).all() for each in (Load, LoadRow)] == [[], []]
