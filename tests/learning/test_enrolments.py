"""Enrolments: one place at a time, rounds that follow each other, and what the ledger is told."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.catalogue.versions import CourseVersion
from app.identity.placements import place as place_person
from app.learning.enrolments import (
    CourseNotOpen,
    Enrolment,
    EnrolmentOver,
    EnrolmentUnknown,
    enrol,
    locked,
    standing_place,
    start,
    withdraw,
)
from tests.makers.courses import make_course
from tests.makers.learning import do, make_enrolment
from tests.makers.people import HEALTH, make_institution


def events_of(db: Session, kind: str) -> list[Event]:
    return list(db.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


def test_a_second_click_keeps_the_first_place(db, awa):
    version = make_course(db)
    first = make_enrolment(db, awa, version)

    assert make_enrolment(db, awa, version) == first
    assert first.round == 1
    assert len(events_of(db, "enrolled")) == 1


def test_a_place_is_in_the_version_that_is_current_now(db, awa):
    make_course(db)
    second = make_course(db, edition=2)

    assert make_enrolment(db, awa, second).version_id == second.id


def test_a_course_without_a_published_version_takes_nobody(db, awa):
    version = make_course(db)
    db.execute(update(CourseVersion).values(is_current=False))

    with pytest.raises(CourseNotOpen):
        enrol(db, awa.id, version.course_id, "en")
    assert standing_place(db, awa.id, version.course_id) is None


def test_who_left_may_start_again_in_the_next_round(db, awa):
    version = make_course(db)
    first = make_enrolment(db, awa, version)
    withdraw(db, first.id, "en")

    second = make_enrolment(db, awa, version)
    assert (second.round, second.id == first.id) == (2, False)
    assert locked(db, first.id).ended_at is not None


def test_leaving_twice_leaves_once(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    withdraw(db, place.id, "en")
    ended_at = locked(db, place.id).ended_at
    withdraw(db, place.id, "en")

    assert locked(db, place.id).ended_at == ended_at
    assert len(events_of(db, "withdrew")) == 1


def test_leaving_keeps_what_was_done(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    withdraw(db, place.id, "en")

    with pytest.raises(EnrolmentOver):
        do(db, place, "lesson-1-2")
    assert len(events_of(db, "lesson-done")) == 1


def test_a_course_is_started_once_by_whatever_comes_first(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    assert events_of(db, "started") == []

    do(db, place, "lesson-1-1")
    do(db, place, "lesson-1-2")
    start(db, place, "en")
    start(db, locked(db, place.id), "en")

    (started,) = events_of(db, "started")
    assert started.enrolment_id == place.id
    assert db.get(Enrolment, place.id).started_at == started.happened_at


def test_an_event_tells_the_placement_and_the_day_of_its_moment(db, awa):
    version = make_course(db)
    health = make_institution(db, *HEALTH)
    health.time_zone = "Pacific/Kiritimati"
    place_person(db, awa.id, health.id)
    place = make_enrolment(db, awa, version)

    (enrolled,) = events_of(db, "enrolled")
    assert enrolled.placement_id is not None
    assert enrolled.payload["day"] == str(
        enrolled.happened_at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    )
    assert (enrolled.person_id, enrolled.enrolment_id) == (awa.id, place.id)


def test_an_event_of_learning_holds_no_name_and_no_address(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    withdraw(db, place.id, "en")

    written = [
        str(event.payload)
        for event in db.scalars(select(Event).where(Event.course_id.is_not(None)))
    ]
    assert written
    assert not [text for text in written if "Awa" in text or "@" in text]


def test_a_place_that_never_was_is_unknown(db):
    with pytest.raises(EnrolmentUnknown):
        locked(db, 4711)
