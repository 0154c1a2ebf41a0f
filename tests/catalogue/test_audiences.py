"""Audiences: a course for an institution does not exist for anybody outside its owners' trees."""

import pytest

from app.catalogue.audiences import courses_for, may_see
from app.identity.grants import REGISTRAR, grant
from app.identity.placements import place
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment
from tests.makers.people import (
    confirm_place,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

COURSE = "/en/courses/first-aid-at-work"
PAGES = (COURSE, f"{COURSE}/lessons/lesson-1-1", f"{COURSE}/media/1/arms.png")


@pytest.fixture
def own(db):
    """A course of the ministry of the interior, for its people only."""
    version = make_course(
        db, audience="institution", owner=make_interior(db), files={"media/arms.png": b"\x89PNG"}
    )
    db.commit()
    return version


def test_people_in_the_owners_tree_find_it(db, own, browser, awa, chloe):
    confirm_place(db, awa)
    for person in (awa, chloe):
        theirs = browser.as_(person)
        assert [theirs.get(path).status_code for path in PAGES] == [200, 200, 200]
        assert "First aid at work" in text_of(theirs.get("/en/"))
        assert "First aid at work" in text_of(theirs.get("/en/recommendations/T0"))


def test_for_all_others_it_is_not_there(db, own, browser, dara):
    for person in (browser, browser.as_(dara)):
        assert [person.get(path).status_code for path in PAGES] == [404, 404, 404]
        assert "First aid at work" not in text_of(person.get("/en/"))
        assert "First aid at work" not in text_of(person.get("/en/recommendations/T0"))
        assert person.post(f"{COURSE}/enrolment").status_code == 404


def test_who_only_claims_to_be_staff_finds_it_once_that_is_confirmed(db, own, browser, awa):
    hers = browser.as_(awa)
    assert [hers.get(path).status_code for path in PAGES] == [404, 404, 404]
    assert hers.post(f"{COURSE}/enrolment").status_code == 404
    assert "First aid at work" not in text_of(hers.get("/en/"))
    confirm_place(db, awa)
    assert [hers.get(path).status_code for path in PAGES] == [200, 200, 200]


def test_who_stands_nowhere_finds_open_courses_only(db, own):
    noor = make_person(db, "Noor Rahman")
    open_course = make_course(db, "Night shifts")

    assert not may_see(db, own.course_id, noor.id)
    assert may_see(db, open_course.course_id, noor.id)
    assert [each.id for each in courses_for(db, noor.id)] == [open_course.id]


def test_a_role_in_the_tree_counts_as_standing_there(db, own, dara):
    grant(db, dara.id, REGISTRAR, make_institute(db).id)
    assert may_see(db, own.course_id, dara.id)


def test_an_office_above_the_owner_is_outside(db, awa):
    institute = make_institute(db)
    version = make_course(db, audience="institution", owner=institute)
    minister = make_person(db, "Ines Duarte", make_interior(db))
    confirm_place(db, awa, minister)

    assert may_see(db, version.course_id, awa.id)
    assert not may_see(db, version.course_id, minister.id)


def test_who_moves_away_no_longer_finds_it(db, own, browser, awa):
    confirm_place(db, awa)
    make_enrolment(db, awa, own)
    place(db, awa.id, make_institution(db, "harbour-office", "Harbour Office").id)
    db.commit()

    awas = browser.as_(awa)
    assert awas.get(COURSE).status_code == 404
    assert awas.get("/en/my-learning").status_code == 200
