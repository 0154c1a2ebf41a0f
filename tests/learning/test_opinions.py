"""Opinions: asked once a completed round, changed for 30 days, counted without names from five on."""

import re
from datetime import timedelta

from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import grant
from app.identity.placements import standing_placement
from app.learning.opinions import Opinion, asked_of, give
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_person

PATH = "/en/courses/first-aid-at-work/opinion"
SAID = {"worth": "4", "relevance": "2", "intent": "3"}


def test_who_completed_a_course_answers_once_and_may_change_it(db, browser, engines, awa):
    complete(db, make_enrolment(db, awa, make_course(db, modules=1)))
    db.commit()
    awas = browser.as_(awa)
    assert PATH in awas.get("/en/my-learning").text
    faulty = awas.post(PATH, {"worth": "5", "intent": "3"})
    assert faulty.status_code == 422
    assert "2 questions have no answer" in text_of(faulty)
    more = {"intent": "1", "aims": ["tell-urgent", "never-taught"], "comment": "  More cases. "}
    assert "Shorten your comment" in text_of(awas.post(PATH, SAID | {"comment": "x" * 1001}))
    for given in (SAID, SAID | more):
        assert "Your answers are saved" in text_of(awas.follow(awas.post(PATH, given)))
    with engines.reading() as look:
        said = Opinion.worth, Opinion.relevance, Opinion.intent, Opinion.aims, Opinion.comment
        rows = look.execute(select(*said)).all()
        assert [tuple(row) for row in rows] == [(4, 2, 1, ["tell-urgent"], "More cases.")]
        told = look.scalars(select(Event).where(Event.kind == "opinion-given")).all()
        assert len(told) == 2
        assert {(each.actor_id, each.person_id, each.enrolment_id) for each in told} == {
            (None, None, None)
        }
        assert "More cases" not in str([each.payload for each in told])
    page = awas.get(PATH).text
    assert re.search(r'value="tell-urgent" checked', page)
    assert "More cases." in page
    db.execute(update(Opinion).values(given_at=clock.now() - timedelta(days=31)))
    db.commit()
    assert awas.post(PATH, SAID).status_code == 409
    assert "they could be changed for 30 days" in text_of(awas.get(PATH))
    erase(db, awa)
    assert db.scalars(select(Opinion.comment)).one() is None


def test_who_has_not_completed_the_course_is_not_asked(db, browser, awa):
    make_enrolment(db, awa, make_course(db))
    db.commit()
    assert browser.as_(awa).get(PATH).status_code == 404
    assert browser.as_(awa).post(PATH, SAID).status_code == 404


def test_the_owning_institution_sees_counts_from_five_answers_on(db, browser, chloe, dara):
    course = make_course(db, modules=1)
    institute = make_institute(db)

    def speak(number: int) -> None:
        person = make_person(db, f"Person {number}", institute)
        complete(db, make_enrolment(db, person, course))
        asked = asked_of(db, person.id, "first-aid-at-work")
        give(db, asked, {each: int(value) for each, value in SAID.items()}, "en")
        db.commit()

    for number in range(4):
        speak(number)
    chloes = browser.as_(chloe)
    assert "Fewer than 5 answers: held back" in text_of(chloes.get("/en/statistics/opinions"))
    speak(4)
    said = text_of(chloes.get("/en/statistics/opinions"))
    assert (
        "5 answers Was it worth the time? Not at all In part Mostly Entirely Answers 0 0 0 5"
        in said
    )
    assert "HR1 5 100% 0% 100%" in said
    own = standing_placement(db, dara.id)
    grant(db, dara.id, "administrator", own.institution_id)
    db.commit()
    assert "First aid at work" not in text_of(browser.as_(dara).get("/en/statistics/opinions"))
