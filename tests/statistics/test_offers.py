"""Offers: the filter names the courses that a person may find, and those their people took part in."""

import pytest
from sqlalchemy import insert

from app.identity.grants import REPORTER
from app.statistics.local_tallies import SUMS, LocalTally
from app.statistics.offers import courses_offered
from app.statistics.scopes import COUNTS, scope_of
from app.statistics.traits import ALL
from tests.makers.courses import make_course
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior

PAGES = ("", "/tables", "/countries", "/completions", "/completions/list")


@pytest.fixture
def secret(db):
    """A course for the people of the ministry of health alone, beside one for everybody."""
    make_course(db)
    made = make_course(
        db, "Leaks found", audience="institution", owner=make_institution(db, *HEALTH)
    )
    db.commit()
    return made


def offered(db, person) -> set[str]:
    return {slug for slug, _title in courses_offered(db, scope_of(db, person.id, COUNTS))}


@pytest.mark.usefixtures("secret")
def test_no_page_names_a_course_for_the_people_of_others(browser, chloe):
    with browser.as_(chloe) as at:
        pages = [at.get(f"/en/statistics{each}?course=leaks-found") for each in PAGES]
    assert [page.status_code for page in pages] == [200] * len(PAGES)
    assert all("First aid at work" in page.text for page in pages)
    assert [each for each in pages if "Leaks found" in each.text] == []


@pytest.mark.usefixtures("secret")
def test_who_owns_a_course_or_counts_everywhere_is_offered_it(db, chloe):
    health = make_institution(db, *HEALTH)
    owner = cast(db, "Ines Roy", health, roles=(REPORTER,), on=health)
    everywhere = cast(db, "Omar Aziz", health, roles=(REPORTER,))
    assert offered(db, chloe) == {"first-aid-at-work"}
    assert offered(db, owner) == offered(db, everywhere) == {"first-aid-at-work", "leaks-found"}


def test_what_is_owned_below_is_offered_above(db, chloe):
    make_course(db, "Own affairs", audience="institution", owner=make_institute(db))
    assert offered(db, chloe) == {"own-affairs"}


def test_a_course_that_ones_people_took_part_in_is_offered(db, chloe, secret):
    told = {"dimension": ALL, "course_id": secret.course_id, "month": 202611, "value": ""}
    zeros = dict.fromkeys(SUMS, 0)
    db.execute(insert(LocalTally).values(**told, institution_id=make_interior(db).id, **zeros))
    assert offered(db, chloe) == {"first-aid-at-work", "leaks-found"}
