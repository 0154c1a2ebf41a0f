"""Signing up: a mail proves the address, and nothing is kept before that."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import DOCUMENTS, Agreement
from app.identity.one_time_links import OneTimeLink
from app.identity.placements import place_of
from app.identity.users import User, user_called
from app.queue.jobs import Job
from tests.browser import text_of
from tests.makers.mails import delivered, link_in, text_of_letter
from tests.makers.people import make_institute, make_person

GOOD = {
    "name": "Nia Okafor",
    "email": "Nia.Okafor@Example.org",
    "password": "three plain words",
    "institution": "",
    "agreed": "yes",
}


def test_who_signs_up_follows_the_mail_presses_the_button_and_is_in(eve, app, db):
    make_institute(db)
    db.commit()
    answer = eve.post("/en/register", {**GOOD, "institution": "institute"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/register/sent"
    assert "Look into your mail" in text_of(eve.follow(answer))
    assert user_called(db, GOOD["email"]) is None
    db.rollback()

    (letter,) = delivered(app)
    assert letter["To"] == "Nia.Okafor@example.org"
    link = link_in(letter, app)
    page = eve.get(link)
    assert "Nia Okafor" in text_of(page)
    assert page.headers["cache-control"] == "private, no-cache"

    answer = eve.post(link)
    assert answer.headers["location"] == "/en/my-learning"
    assert "Nia Okafor" in text_of(eve.get("/en/account"))
    user = user_called(db, "nia.okafor@example.org")
    assert user.confirmed_at is not None
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert place_of(db, user.id).name == "Institute of Public Administration"
    assert place_of(db, user.id).confirmed_at is None
    agreed = db.execute(select(Agreement.document, Agreement.version)).all()
    assert dict(agreed) == DOCUMENTS


def test_a_program_that_follows_links_creates_no_account(eve, app, db):
    eve.post("/en/register", GOOD)
    link = link_in(delivered(app)[0], app)
    for _look in range(3):
        assert eve.get(link).status_code == 200
    assert db.scalars(select(User.id)).all() == []


def test_the_link_works_once(eve, app):
    eve.post("/en/register", GOOD)
    link = link_in(delivered(app)[0], app)
    assert eve.post(link).status_code == 303
    assert eve.post(link).status_code == 410
    assert eve.get(link).status_code == 410


def test_the_link_works_for_a_day(eve, app, db):
    eve.post("/en/register", GOOD)
    link = link_in(delivered(app)[0], app)
    until = db.scalars(select(OneTimeLink.until)).one()
    assert timedelta(hours=23) < until - clock.now() <= timedelta(hours=24)
    db.execute(update(OneTimeLink).values(until=clock.now()))
    db.commit()
    assert eve.post(link).status_code == 410
    assert "time is over" in text_of(eve.get(link))


def test_a_known_address_gets_the_same_answer_and_another_mail(eve, app, db, awa):
    fresh = eve.post("/en/register", GOOD)
    known = eve.post("/en/register", {**GOOD, "email": awa.email.upper()})
    assert (known.status_code, known.headers["location"]) == (
        fresh.status_code,
        fresh.headers["location"],
    )
    letters = {letter["To"].lower(): letter for letter in delivered(app)}
    assert "has one already" in text_of_letter(letters[awa.email])
    assert "/register/" not in text_of_letter(letters[awa.email])
    assert db.scalars(select(User.name)).all() == ["Awa Diop"]


def test_a_known_address_is_written_to_as_it_was_proved(eve, app, db):
    make_person(db, "Ida Strauss")
    db.commit()
    eve.post("/en/register", {**GOOD, "email": "ida.strauß@example.org"})
    (letter,) = delivered(app)
    assert letter["To"] == "ida.strauss@example.org"
    assert "has one already" in text_of_letter(letter)


def test_whoever_holds_the_address_gets_the_account_whatever_others_wished(eve, app, db):
    eve.post("/en/register", {**GOOD, "name": "A Stranger", "password": "the strangers words"})
    eve.post("/en/register", GOOD)
    own = link_in(delivered(app)[1], app)
    eve.post(own)
    assert user_called(db, GOOD["email"]).name == "Nia Okafor"


def test_of_two_followed_links_for_an_address_the_second_is_refused(eve, app):
    eve.post("/en/register", GOOD)
    eve.post("/en/register", GOOD)
    first, second = (link_in(letter, app) for letter in delivered(app))
    assert eve.post(first).status_code == 303
    answer = eve.post(second)
    assert answer.status_code == 409
    assert "has an account already" in text_of(answer)


def test_the_mail_is_in_the_language_of_the_page_and_repeats_nothing_typed(eve, app):
    eve.post("/en-XA/register", {**GOOD, "name": "Win a prize at evil.example"})
    (letter,) = delivered(app)
    assert letter["Subject"].startswith("[Çöñfîrm")
    assert "/en-XA/register/" in text_of_letter(letter)
    assert "prize" not in letter.as_string()


def test_what_was_typed_is_forgotten_with_the_mail_and_with_the_link(eve, app, db):
    eve.post("/en/register", GOOD)
    link = link_in(delivered(app)[0], app)
    assert db.scalars(select(Job.payload)).all() == [{}]
    db.rollback()
    eve.post(link)
    assert db.scalars(select(OneTimeLink.details)).all() == [{}]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "   ", "Write your name as it should stand on a certificate."),
        ("name", "x" * 201, "Shorten this to 200 characters or fewer."),
        ("email", "awa.diop@", "Write the whole address, such as awa.diop@institute.example"),
        ("email", "awa@localhost", "Write the whole address"),
        ("email", "=?utf-8?q?eve=40b.example=2Cx?=@a.example", "Write the whole address"),
        ("email", "", "Write the whole address, such as awa.diop@institute.example"),
        ("password", "short", "Make it 10 characters or more; you wrote 5."),
        ("password", "Password123", "among the first that others would try"),
        ("password", "1234567890", "among the first that others would try"),
        ("password", "zzzzzzzzzzzz", "among the first that others would try"),
        ("password", "nia okafor", "neither your name nor your address"),
        ("password", "Nia.Okafor@example.org", "neither your name nor your address"),
        ("password", "y" * 1001, "Shorten this to 1000 characters or fewer."),
        ("agreed", None, "without your agreement we may not keep an account"),
    ],
)
def test_what_will_not_do_comes_back_with_words(eve, app, field, typed, words):
    fields = {**GOOD, field: typed}
    if typed is None:
        del fields[field]
    answer = eve.post("/en/register", fields)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "<title>Error: Register" in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert delivered(app) == []


def test_what_was_typed_stays_but_for_the_password(eve):
    answer = eve.post("/en/register", {**GOOD, "email": "nia@", "name": "<Nia> & Co"})
    assert 'value="nia@"' in answer.text
    assert 'value="&lt;Nia&gt; &amp; Co"' in answer.text
    assert GOOD["password"] not in answer.text
    assert 'id="agreed" checked' in answer.text


def test_mails_to_an_address_are_few_an_hour_and_the_refusal_says_how_long(eve, app):
    for _time in range(4):
        assert eve.post("/en/register", GOOD).status_code == 303
    answer = eve.post("/en/register", GOOD)
    assert answer.status_code == 429
    assert re.search(r"Wait (5[6-9]|60) min", text_of(answer))
    assert eve.post("/en/reset", {"email": GOOD["email"]}).status_code == 429
    assert eve.post("/en/register", {**GOOD, "email": "other@example.org"}).status_code == 303
    assert len(delivered(app)) == 5


def test_the_ledger_knows_who_by_number_alone(eve, app, db):
    eve.post("/en/register", GOOD)
    eve.post(link_in(delivered(app)[0], app))
    events = db.scalars(select(Event).order_by(Event.id)).all()
    assert [event.kind for event in events] == ["signed-up", "agreed", "agreed", "signed-in"]
    told = str([(event.payload, event.language) for event in events])
    assert "Nia" not in told
    assert "example.org" not in told
