"""Resets: a forgotten password is replaced by a mailed link, and every earlier way in ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.one_time_links import (
    ADDRESS,
    ADDRESS_BACK,
    AGREEMENT,
    ARRIVAL,
    RESET,
    SECOND_STEP,
    LinkOver,
    OneTimeLink,
    link_of,
    make_link,
)
from app.identity.passwords import fits, hash_of
from app.identity.users import User
from tests.browser import text_of
from tests.makers.mails import delivered, link_in, text_of_letter
from tests.makers.people import make_person

OLD, NEW = "three plain words", "four other plain words"
HASH = hash_of(OLD)


@pytest.fixture
def nia(db) -> User:
    user = make_person(db, "Nia Okafor", password_hash=HASH)
    agree(db, user.id)
    db.commit()
    return user


def ask(browser, app, email: str = "nia.okafor@example.org") -> str:
    browser.post("/en/reset", {"email": email})
    return link_in(delivered(app)[-1], app)


def test_a_new_password_signs_in_here_and_ends_every_other_sign_in(eve, app, nia, db):
    elsewhere = eve.as_(nia)
    link = ask(eve, app)
    assert nia.email in eve.get(link).text
    answer = eve.post(link, {"password": NEW})

    assert answer.headers["location"] == "/en/my-learning"
    assert "Nia Okafor" in text_of(eve.get("/en/account"))
    assert elsewhere.get("/en/account").status_code == 303
    stored = db.scalars(select(User.password_hash)).one()
    assert fits(NEW, stored)
    assert not fits(OLD, stored)
    assert "password-reset" in db.scalars(select(Event.kind)).all()
    db.commit()
    (letter,) = delivered(app)
    assert letter["Subject"] == "Your password for Capacita was changed"


def test_the_answer_is_the_same_for_an_unknown_address_whose_mail_says_so(eve, app, nia):
    known = eve.post("/en/reset", {"email": nia.email})
    unknown = eve.post("/en/reset", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 303
    assert known.headers["location"] == unknown.headers["location"] == "/en/reset/sent"
    to_known, to_unknown = delivered(app)
    assert (to_known["To"], to_unknown["To"]) == (nia.email, "nobody@example.org")
    assert "No account has it" in text_of_letter(to_unknown)
    assert link_in(to_unknown, app) == "/en/register"


def test_who_was_registered_and_never_came_comes_in_by_a_mailed_link(eve, app, nia, db, found):
    nia.password_hash = nia.confirmed_at = None
    first = make_link(db, ARRIVAL, user_id=nia.id)
    db.commit()
    assert eve.post(ask(eve, app), {"password": NEW}).status_code == 303
    assert found(select(User.confirmed_at)) != [None]
    assert "person-arrived" in found(select(Event.kind))
    assert eve.post(f"/en/arrivals/{first}", {"password": OLD}).status_code == 410


def test_a_letter_goes_to_the_address_that_was_proved_not_to_one_that_folds_to_it(eve, app, db):
    make_person(db, "Ida Strauss")
    db.commit()
    eve.post("/en/reset", {"email": "ida.strauß@example.org"})
    assert [letter["To"] for letter in delivered(app)] == ["ida.strauss@example.org"]


@pytest.mark.parametrize("purpose", [ADDRESS, AGREEMENT, ARRIVAL, SECOND_STEP, RESET])
def test_what_was_begun_with_the_old_password_ends_with_it(eve, app, nia, db, purpose):
    begun = make_link(db, purpose, user_id=nia.id, details={"email": "nia@elsewhere.example"})
    promised = make_link(db, ADDRESS_BACK, user_id=nia.id, details={"email": nia.email})
    db.commit()
    assert eve.post(ask(eve, app), {"password": NEW}).status_code == 303
    with pytest.raises(LinkOver):
        link_of(db, purpose, begun)
    assert link_of(db, ADDRESS_BACK, promised).user_id == nia.id


def test_a_link_works_once_and_voids_the_others(eve, app, nia):
    first, second = ask(eve, app), ask(eve, app)
    assert eve.post(second, {"password": NEW}).status_code == 303
    assert eve.post(second, {"password": NEW}).status_code == 410
    assert eve.post(first, {"password": NEW}).status_code == 410


def test_a_link_works_for_an_hour(eve, app, nia, db):
    link = ask(eve, app)
    until = db.scalars(select(OneTimeLink.until)).one()
    assert timedelta(minutes=59) < until - clock.now() <= timedelta(hours=1)
    db.execute(update(OneTimeLink).values(until=clock.now()))
    db.commit()
    assert eve.post(link, {"password": NEW}).status_code == 410
    assert eve.get(link).status_code == 410


def test_a_password_that_will_not_do_leaves_the_link_open(eve, app, nia):
    link = ask(eve, app)
    for password, words in [
        ("short", "Make it 10 characters or more; you wrote 5."),
        ("Nia Okafor", "neither your name nor your address"),
        ("password123", "among the first"),
    ]:
        answer = eve.post(link, {"password": password})
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert eve.post(link, {"password": NEW}).status_code == 303


def test_a_link_of_another_purpose_resets_nothing(eve, app, nia, db):
    link = ask(eve, app)
    db.execute(update(OneTimeLink).where(OneTimeLink.purpose == RESET).values(purpose="agreement"))
    db.commit()
    assert eve.post(link, {"password": NEW}).status_code == 410


def test_an_address_that_is_none_comes_back_with_words(eve, app):
    answer = eve.post("/en/reset", {"email": "nia.okafor"})
    assert answer.status_code == 422
    assert "Write the whole address" in text_of(answer)
    assert delivered(app) == []
