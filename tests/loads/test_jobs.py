"""Jobs that meet loads: what was staged of a file is forgotten with it, and no roll follows a trial."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from app.duties.duties import Duty
from app.duties.jobs import DUTIES
from app.foundation import clock
from app.identity.users import user_called
from app.loads.jobs import tidy_loads
from app.loads.loads import (
    UNDONE,
    Load,
    agree,
    confirm,
    look_again,
    standing_load,
    take_back,
)
from app.loads.rows import NEW, Decision, LoadRow, stage
from app.main import worker_of
from app.queue.jobs import later
from app.queue.worker import Workshop
from tests.databases import await_waiting
from tests.makers.courses import make_course
from tests.makers.duties import duties_of, make_requirement
from tests.makers.loads import PEOPLE, looked_at, sheet, worked
from tests.makers.people import make_institute, make_interior


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


def test_no_duty_follows_a_file_before_it_is_confirmed(app, db, engines, chloe, awa, monkeypatch):
    interior, institute = make_interior(db), make_institute(db)
    make_requirement(db, chloe, institute, make_course(db))
    db.commit()
    worker = worker_of(app)
    worker.run_until_idle()
    (duty,) = duties_of(db, awa)
    rows = [
        ("ana@office.example", "", "Ana Lima", "institute", "", ""),
        (awa.email, "", "Awa", "ministry-of-the-interior", "", ""),
    ]
    load = looked_at(db, engines, "people", interior, chloe, sheet(PEOPLE, rows))
    worked(db, engines, load, agree)

    def the_next_day():
        tomorrow = clock.now() + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        later(db, DUTIES, {})
        db.commit()
        worker.run_until_idle()
        standing = select(Duty.id).where(Duty.stands)
        return db.scalars(standing).all()

    assert the_next_day() == [duty.id]
    worked(db, engines, load, take_back)
    assert load.state == UNDONE
    worked(db, engines, load, look_again)
    worked(db, engines, load, agree)
    assert the_next_day() == [duty.id]
    worked(db, engines, load, confirm)
    (other,) = the_next_day()
    ana = user_called(db, "ana@office.example")
    assert [each.id for each in duties_of(db, ana)] == [other]
