"""The second step at sign-in: a code of one's device, or one on paper, each taken once."""

import re

import pyotp
import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.identity.agreements import agree
from app.identity.erasures import erase
from app.identity.passwords import hash_of
from app.identity.recovery_codes import RecoveryCode
from app.identity.second_factors import (
    SecondFactor,
    begin,
    begun,
    confirm,
    end_second_factor,
    proves,
)
from app.identity.users import User
from tests.browser import Browser, may_turn, text_of
from tests.makers.mails import delivered, link_in, text_of_letter
from tests.makers.people import make_person

PASSWORD = "three plain words"
HASH = hash_of(PASSWORD)
STEP, DEVICE = "/en/account/second-step", "/en/account/second-step/device"


@pytest.fixture
def nia(db) -> User:
    user = make_person(db, "Nia Okafor", password_hash=HASH)
    agree(db, user.id)
    db.commit()
    return user


def code_now(db) -> str:
    """The code that the device shows; one that was taken is made free for the next use."""
    secret = db.scalars(select(SecondFactor.secret)).one()
    db.execute(update(SecondFactor).values(last_step=0))
    db.commit()
    return pyotp.TOTP(secret).now()


def switch_on(own: Browser, db) -> list[str]:
    """Set the second step up; the ten codes on paper."""
    answer = own.follow(own.post(STEP, {"present": PASSWORD}))
    assert "<svg" in answer.text
    answer = own.post(DEVICE, {"code": code_now(db)})
    codes = re.findall(r"<code>([\w-]+)</code>", answer.text)
    assert len(set(codes)) == 10
    assert not may_turn(answer)  # it would lead away from codes that are shown this once
    return codes


def sign_in(eve: Browser, nia: User) -> str:
    """Write the right password; the page that asks for the code."""
    answer = eve.post("/en/sign-in", {"email": nia.email, "password": PASSWORD, "next": "/en/"})
    assert "set-cookie" not in answer.headers
    return answer.headers["location"].partition("?")[0]


def test_the_password_alone_signs_in_until_a_code_confirmed_the_device(eve, app, nia, db):
    own = eve.as_(nia)
    assert own.post(STEP, {"present": "some other words"}).status_code == 422
    own.post(STEP, {"present": PASSWORD})
    assert own.post(DEVICE, {"code": "123 45x"}).status_code == 422
    answer = eve.post("/en/sign-in", {"email": nia.email, "password": PASSWORD})
    assert answer.headers["location"] == "/en/my-learning"
    assert delivered(app) == []


def test_a_code_of_the_device_is_asked_for_and_taken_once(eve, app, nia, db):
    switch_on(eve.as_(nia), db)
    assert [letter["Subject"] for letter in delivered(app)] == ["The second step at sign-in is on"]
    code, page = code_now(db), sign_in(eve, nia)
    assert eve.get("/en/account").status_code == 303
    assert "The code of your device" in text_of(eve.get(page))
    wrong = eve.post(page, {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert "This code is wrong" in text_of(wrong)
    answer = eve.post(page, {"code": f" {code[:3]} {code[3:]}", "next": "/en/account"})
    assert answer.headers["location"] == "/en/account"
    assert "Nia Okafor" in text_of(eve.get("/en/account"))
    assert eve.post(page, {"code": code}).status_code == 410
    assert eve.post(sign_in(eve, nia), {"code": code}).status_code == 422


def test_only_ones_own_device_proves_and_only_once_it_is_confirmed(db, nia, awa):
    codes = {}
    for user in (awa, nia):
        begin(db, user.id)
        factor = begun(db, user.id)
        codes[user] = pyotp.TOTP(factor.secret).now()
        assert not proves(db, user, codes[user])
        assert confirm(db, factor, user, codes[user])
        factor.last_step = 0
    assert not proves(db, nia, codes[awa])
    assert proves(db, nia, codes[nia])


def test_a_code_is_read_in_the_digits_of_any_keyboard(eve, app, nia, db):
    on_paper, *_rest = switch_on(eve.as_(nia), db)
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    for code in (code_now(db), on_paper):
        assert eve.post(sign_in(eve, nia), {"code": code.translate(arabic)}).status_code == 303


def test_a_code_on_paper_works_once_and_its_owner_is_told(eve, app, nia, db):
    first, *_rest = switch_on(eve.as_(nia), db)
    delivered(app)
    assert eve.post(sign_in(eve, nia), {"code": first.upper()}).status_code == 303
    (letter,) = delivered(app)
    assert "Codes that still work: 9." in text_of_letter(letter)
    assert eve.post(sign_in(eve, nia), {"code": first}).status_code == 422
    event = db.scalars(select(Event).where(Event.kind == "recovery-code-used")).one()
    assert event.payload == {"left": 9}
    assert first not in str(db.scalars(select(RecoveryCode.hash)).all())


def test_guessing_codes_is_paused_also_with_another_link(eve, nia, db):
    switch_on(eve.as_(nia), db)
    for _each in range(5):
        assert eve.post(sign_in(eve, nia), {"code": "abc"}).status_code == 422
    answer = eve.post(sign_in(eve, nia), {"code": code_now(db)})
    assert answer.status_code == 429


def test_a_new_password_by_mail_does_not_pass_the_second_step(eve, app, nia, db):
    switch_on(eve.as_(nia), db)
    delivered(app)
    eve.post("/en/reset", {"email": nia.email})
    (letter,) = delivered(app)
    answer = eve.post(link_in(letter, app), {"password": "four other plain words"})
    assert answer.headers["location"].startswith("/en/sign-in/code/")
    assert eve.get("/en/account").status_code == 303


def test_switching_it_off_asks_for_the_password_and_is_told(eve, app, nia, db):
    own = eve.as_(nia)
    switch_on(own, db)
    delivered(app)
    assert own.post(f"{STEP}/ending", {"present": "some other words"}).status_code == 422
    page = own.follow(own.post(f"{STEP}/ending", {"present": PASSWORD}))
    assert "The second step is off" in text_of(page)
    assert [letter["Subject"] for letter in delivered(app)] == ["The second step at sign-in is off"]
    assert db.scalars(select(RecoveryCode.hash)).all() == []
    end_second_factor(db, nia)
    kinds = db.scalars(select(Event.kind)).all()
    assert (kinds.count("second-factor-set"), kinds.count("second-factor-ended")) == (1, 1)


def test_an_erasure_forgets_the_device_and_the_codes(eve, nia, db):
    switch_on(eve.as_(nia), db)
    erase(db, db.get(User, nia.id))
    assert db.scalars(select(SecondFactor.user_id)).all() == []
    assert db.scalars(select(RecoveryCode.hash)).all() == []
