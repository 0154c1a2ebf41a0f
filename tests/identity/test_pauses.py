"""Pauses: the owner is told by mail that sign-in is paused, and who guesses learns nothing."""

import re

from sqlalchemy import select

from app.identity.one_time_links import SECOND_STEP, make_link
from app.identity.throttles import SIGN_INS_OF_NETWORK, Throttle, note_try
from app.queue.jobs import Job
from tests.browser import text_of
from tests.makers.mails import delivered, text_of_letter


def guess(eve, email: str, count: int) -> str:
    """Try passwords; what the last answer says."""
    fields = {"email": email, "password": "some other words"}
    return text_of([eve.post("/en/sign-in", fields) for _try in range(count)][-1])


def test_a_pause_is_told_to_the_owner_once_and_to_nobody_else(eve, app, awa, db):
    known = guess(eve, awa.email, 7)
    unknown = guess(eve, "nobody@example.org", 7)
    assert re.sub(r"\d+ min", "", known) == re.sub(r"\d+ min", "", unknown)
    assert db.scalars(select(Job.kind)).all() == ["pause", "pause"]
    db.commit()
    (letter,) = delivered(app)
    assert (letter["To"], letter["Subject"]) == (awa.email, "Sign-in to your account was paused")
    assert "nobody got in" in text_of_letter(letter)
    guess(eve, awa.email, 1)
    assert delivered(app) == []


def test_wrong_codes_after_the_right_password_are_told(eve, app, awa, db):
    token = make_link(db, SECOND_STEP, user_id=awa.id)
    db.commit()
    answers = [eve.post(f"/en/sign-in/code/{token}", {"code": "abc"}) for _try in range(7)]
    assert [each.status_code for each in answers] == [422] * 5 + [429] * 2
    (letter,) = delivered(app)
    assert "somebody wrote your right password" in text_of_letter(letter)


def test_the_pause_of_a_whole_network_is_nobody_s_to_be_told(eve, app, awa):
    with app.state.engines.writing() as db:
        noted = note_try(db, SIGN_INS_OF_NETWORK, "127.0.0.1")
        db.get_one(Throttle, tuple(noted)).count = SIGN_INS_OF_NETWORK.most
        db.flush()
    assert "paused for a while" in guess(eve, awa.email, 1)
    assert delivered(app) == []
