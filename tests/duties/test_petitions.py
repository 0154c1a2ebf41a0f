"""Petitions of duties that lapse or are done: they wait for nobody, and hide no other petition."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.administration.tasks import tasks_of
from app.duties.listings import requirements_in
from app.duties.petitions import (
    EXEMPTION,
    EXTENSION,
    Petition,
    PetitionUnknown,
    Plea,
    ask,
    decide,
    open_petitions,
)
from app.duties.requirements import Requirement, end_requirement
from app.duties.standing import duty_of
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.placements import place
from app.statistics.scopes import COUNTS, scope_of
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.duties import make_requirement, roll
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import (
    HEALTH,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

REQUESTS = "/en/required/requests"


@pytest.fixture
def asked(db, chloe, awa, bilal):
    """First aid is required of both, and each asks for thirty days more."""
    requirement = make_requirement(db, chloe, make_interior(db), make_course(db))
    roll(db, requirement)
    for person in (awa, bilal):
        ask_more(db, requirement, person)
    db.commit()
    return requirement


def ask_more(db, requirement, person) -> Petition:
    duty, today = duty_of(db, requirement.id, person.id), clock.now().date()
    until = duty.due_on + timedelta(days=30)
    return ask(db, duty, person.id, Plea(EXTENSION, until, f"Why {person.id}"), today)


def transferred(db, requirement: Requirement, person) -> None:
    place(db, person.id, make_institution(db, *HEALTH).id)


def erased(db, requirement: Requirement, person) -> None:
    erase(db, person)


def done(db, requirement: Requirement, person) -> None:
    complete(db, make_enrolment(db, person, make_course(db)))


@pytest.mark.parametrize("befalls", [transferred, erased, done])
def test_what_befalls_one_hides_nobody_elses_request(
    db, browser, chloe, awa, bilal, asked, befalls
):
    petition = db.scalars(select(Petition).where(Petition.asked_by == awa.id)).one()
    befalls(db, asked, awa)
    roll(db, asked)
    db.commit()
    assert tasks_of(db, chloe.id).petitions == 1
    scope, today = scope_of(db, chloe.id, COUNTS), clock.now().date()
    assert [each.waiting for each in requirements_in(db, scope, today, today)] == [1]
    with pytest.raises(PetitionUnknown):
        decide(db, petition, chloe.id, is_granted=True, answer="")
    db.commit()
    at = browser.as_(chloe)
    answer = at.get(REQUESTS)
    assert answer.status_code == 200
    assert f"Why {bilal.id}" in answer.text
    assert f"Why {awa.id}" not in answer.text
    assert "1 request to decide" in text_of(at.get("/en/required"))
    assert at.post(f"{REQUESTS}/{petition.key}", {"verdict": "granted"}).status_code == 404


def test_a_requirement_that_ends_leaves_nothing_to_decide(db, browser, chloe, asked):
    end_requirement(db, chloe.id, asked)
    roll(db, asked)
    db.commit()
    assert "Nothing to decide" in text_of(browser.as_(chloe).get(REQUESTS))
    assert tasks_of(db, chloe.id).petitions == 0


def test_who_comes_back_may_ask_anew(db, browser, awa, asked):
    transferred(db, asked, awa)
    roll(db, asked)
    place(db, awa.id, make_institute(db).id)
    roll(db, asked)
    db.commit()
    awas, own = browser.as_(awa), f"/en/my-learning/required/{asked.key}"
    seen = text_of(awas.get(own))
    assert "No longer needed" in seen
    assert "Send your request" in seen
    again = {"kind": EXEMPTION, "reason": "Once more"}
    assert "Your request is sent" in text_of(awas.follow(awas.post(own, again)))
    assert "Send your request" not in text_of(awas.get(own))
    waiting = db.execute(open_petitions().where(Petition.asked_by == awa.id)).all()
    assert [row[0].reason for row in waiting] == ["Once more"]


def test_more_requests_ask_no_more_of_the_database(db, engines, browser, chloe, asked):
    at = browser.as_(chloe)
    counts = []
    for number in range(2):
        person = make_person(db, f"Noor Rahman {number}", make_institute(db))
        roll(db, asked)
        ask_more(db, asked, person)
        db.commit()
        at.get(REQUESTS)  # which leaves its trace
        with statements(engines) as sent:
            assert at.get(REQUESTS).text.count("Why ") == 3 + number
        counts.append(len(sent))
    assert counts[0] == counts[1]
