"""Enrolments in bulk: the ledger hears what was applied, whatever was so when the file was looked at."""

from datetime import timedelta

from sqlalchemy import select

from app.activity.events import Event
from app.foundation import clock
from app.identity.placements import place, standing_placement
from app.learning.enrolments import Enrolment, withdraw
from app.loads.loads import agree, confirm
from tests.makers.courses import make_course, slug_in
from tests.makers.loads import ENROLMENTS, looked_at, sheet, worked
from tests.makers.people import HEALTH, make_institution, make_interior

DAY = timedelta(days=1)


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


def test_who_is_enrolled_as_of_an_earlier_day_counts_where_they_stood_on_it(
    db, engines, chloe, awa
):
    slug = slug_in(db, make_course(db, "First aid"))
    interior = make_interior(db)
    desk, elsewhere = (
        make_institution(db, "desk", "Desk", "office", interior),
        make_institution(db, *HEALTH),
    )
    first = standing_placement(db, awa.id)
    today = clock.now()
    first.valid_from = today - 90 * DAY
    first.ended_at = today - 30 * DAY
    away = place(db, awa.id, elsewhere.id, confirmed_by=chloe.id)
    away.valid_from, away.ended_at = today - 30 * DAY, today - 10 * DAY
    db.flush()
    now = place(db, awa.id, desk.id, confirmed_by=chloe.id)
    now.valid_from = today - 10 * DAY
    db.commit()
    found = []
    for days in (200, 60, 20, 5):
        told = (today - days * DAY).date().isoformat()
        content = sheet((*ENROLMENTS, "from"), [(awa.email, "", slug, told)])
        load = looked_at(db, engines, "enrolments", interior, chloe, content)
        worked(db, engines, load, agree)
        worked(db, engines, load, confirm)
        event = db.scalars(
            select(Event).where(Event.kind == "enrolled").order_by(Event.id.desc())
        ).first()
        found.append(event.placement_id)
        withdraw(db, event.enrolment_id, "en")
        db.commit()
    # Before they came, and while they were with others, nothing is known here but where they are.
    assert found == [now.id, first.id, now.id, now.id]
