"""The place of a reader: kept to the paragraph, seldom written, and where every device goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.learning.progress import (
    IDLE,
    PAUSE,
    STEPS,
    Progress,
    Stopped,
    done_in,
    note_place,
    steps_of_one,
)
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import do, make_enrolment

COURSE = "/en/courses/first-aid-at-work"
LESSON = f"{COURSE}/lessons/lesson-1-1"


def stopped_in(db, place):
    """Where the reader of an enrolment stopped."""
    rows = db.execute(STEPS.where(Progress.enrolment_id == place.id))
    return steps_of_one(rows).stopped


def wait(db, time=PAUSE):
    """As if all had been written so much earlier."""
    for row in db.query(Progress):
        earlier = {"updated_at": row.updated_at - time}
        if row.done_at is not None:
            earlier["done_at"] = row.done_at - time
        db.execute(update(Progress).where(Progress.activity_key == row.activity_key), earlier)
    db.expire_all()


def test_a_place_is_written_once_in_twenty_seconds(db, awa):
    place = make_enrolment(db, awa, make_course(db))

    assert note_place(db, place.id, "lesson-1-1", "b-1")
    assert not note_place(db, place.id, "lesson-1-1", "b-2")
    assert not note_place(db, place.id, "lesson-1-2", "b-2")
    wait(db, PAUSE + timedelta(seconds=1))
    assert note_place(db, place.id, "lesson-1-1", "b-3")
    assert stopped_in(db, place) == Stopped("lesson-1-1", "b-3")


def test_a_lesson_read_in_part_is_not_done_and_can_be_done(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    note_place(db, place.id, "lesson-1-1", "b-1")
    assert done_in(db, place.id) == ()

    do(db, place, "lesson-1-1")
    assert done_in(db, place.id) == ("lesson-1-1",)
    assert stopped_in(db, place) is None


def test_a_lesson_that_is_done_keeps_no_place(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    wait(db, PAUSE + timedelta(seconds=1))

    assert not note_place(db, place.id, "lesson-1-1", "b-1")
    assert stopped_in(db, place) is None


def test_reading_time_is_from_sign_to_sign_without_idle_hours(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    signs = [  # minutes since the sign before, seconds that the page was open, seconds counted
        (0, 30, 30), (2, 150, 120), (50, 4000, IDLE), (600, 12, 12), (1, 4000, 60),
    ]  # fmt: skip
    spent = 0
    for pause, opened, counted in signs:
        wait(db, timedelta(minutes=pause))
        assert note_place(db, place.id, "lesson-1-1", "b-1", opened)
        spent += counted
        assert db.scalars(select(Progress.spent)).one() == spent
    wait(db, timedelta(minutes=4))
    do(db, place, "lesson-1-1")
    do(db, place, "lesson-1-2")  # without a sign nothing is known
    kept = dict(db.execute(select(Progress.activity_key, Progress.spent)).all())
    assert kept == {"lesson-1-1": spent + 240, "lesson-1-2": None}


def test_who_did_something_since_goes_on_after_that(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    note_place(db, place.id, "lesson-2-1", "b-1")
    do(db, place, "lesson-1-1")

    assert stopped_in(db, place) is None


def test_every_way_on_leads_to_the_paragraph(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)

    assert "Go on where you stopped" not in awas.get(LESSON).text
    assert awas.post(f"{LESSON}/place", {"block": "b-1", "opened": "9"}).status_code == 204
    for path in (COURSE, "/en/my-learning"):
        assert f'href="{LESSON}#b-1"' in awas.get(path).text
    assert '<a href="#b-1">Go on where you stopped</a>' in awas.get(LESSON).text


def test_a_place_in_another_lesson_has_a_link_of_its_own(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)
    awas.post(f"{COURSE}/lessons/lesson-2-1/place", {"block": "b-1"})

    for path in (COURSE, "/en/my-learning"):
        told = awas.get(path).text
        assert f'Go on where you stopped: <a href="{COURSE}/lessons/lesson-2-1#b-1">' in told
        assert f'href="{LESSON}">' in told


@pytest.mark.parametrize("block", ["", "sources", "b-<b>", "b-" + "a" * 11, "b-1\n"])
def test_what_is_no_block_is_not_kept(db, browser, awa, block):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()

    browser.as_(awa).post(f"{LESSON}/place", {"block": block})
    kept = stopped_in(db, place)
    assert kept is None or kept.block == block.strip()
    assert (kept is None) == (block.strip() != "b-1")


def test_a_place_needs_a_place_in_the_course(db, browser, dara):
    make_course(db)
    db.commit()
    assert browser.as_(dara).post(f"{LESSON}/place", {"block": "b-1"}).status_code == 409


def test_reading_writes_nothing(db, browser, engines, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    awas = browser.as_(awa)
    with statements(engines) as sent:
        assert awas.get(LESSON).status_code == 200
    assert all(each.lstrip().startswith("SELECT") for each in sent)
