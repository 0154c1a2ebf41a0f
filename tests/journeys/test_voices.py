"""Voices without scripts: a question and its answer, an opinion, and the switch for reminders."""

import pytest
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.grants import grant
from app.learning.enrolments import standing_place
from tests.journeys.sites import user_id_of
from tests.journeys.windows import Look, fields
from tests.makers.learning import complete

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
COURSE = "/en/courses/human-factor"


def test_what_a_learner_asks_says_and_switches_off(site, window):
    who, boss = site.learner(), site.learner()
    with site.engines.writing() as db:
        course = db.scalars(select(Course).where(Course.slug == "human-factor")).one()
        grant(db, user_id_of(db, boss), "administrator", course.institution_id)
    hers = window(Look(scripts=False), who)
    hers.open(COURSE)
    hers.press(hers.button("Start this course"))
    hers.press(hers.link("Something is wrong or unclear? Ask the institution"))
    hers.press(hers.button("Send"), 422)
    fields(hers, {"Your question": "Which year is meant?"}, ticked=("Something is unclear",))
    hers.press(hers.button("Send"))
    assert "Not answered yet" in hers.text()
    theirs = window(Look(scripts=False), boss)
    theirs.open("/en/inquiries")
    theirs.press(theirs.link("Which year is meant?"))
    fields(theirs, {"Your answer": "The year of the survey."})
    theirs.press(theirs.button("Answer and close"))
    with site.engines.writing() as db:
        place = standing_place(db, user_id_of(db, who), course.id)
        assert place is not None
        complete(db, place)
    hers.open("/en/my-learning")
    hers.press(hers.link("A question of yours is answered"))
    assert "Answer: The year of the survey." in hers.text()
    hers.open("/en/my-learning")
    hers.press(hers.link("What do you say of it?"))
    for answer in ("Mostly", "Much", "Perhaps"):
        hers.page.get_by_label(answer, exact=True).check()
    hers.press(hers.button("Save my answers"))
    assert "They count without your name." in hers.text()
    hers.open("/en/account/reminders")
    hers.page.get_by_label("Do not remind me").check()
    hers.press(hers.button("Save"))
    assert "You get no more reminders." in hers.text()
