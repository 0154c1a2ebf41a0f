"""Enrolments in bulk: the ledger hears what was applied, whatever was so when the file was looked at."""

from sqlalchemy import select

from app.activity.events import Event
from app.identity.placements import place, standing_placement
from app.learning.enrolments import Enrolment
from app.loads.loads import agree, confirm
from tests.makers.courses import make_course, slug_in
from tests.makers.loads import ENROLMENTS, looked_at, sheet, worked
from tests.makers.people import make_institution, make_interior


def test_the_ledger_hears_of_the_version_and_the_place_that_were_applied(db, engines, chloe, awa):
    slug = slug_in(db, make_course(db, "First aid"))
    content = sheet(ENROLMENTS, [(awa.email, "", slug)])
    load = looked_at(db, engines, "enrolments", make_interior(db), chloe, content)
    second = make_course(db, "First aid", edition=2)
    desk = make_institution(db, "desk", "Desk", "office", make_interior(db))
    place(db, awa.id, desk.id, confirmed_by=chloe.id)
    worked(db, engines, load, agree)
    worked(db, engines, load, confirm)
    event = db.scalars(select(Event).where(Event.kind == "enrolled")).one()
    assert db.scalars(select(Enrolment.version_id)).all() == [second.id]
    assert (event.version_id, event.placement_id) == (second.id, standing_placement(db, awa.id).id)
