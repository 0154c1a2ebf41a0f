"""Passkeys: made and removed by their owner, signing in alone or after the password, never forged."""

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.erasures import erase
from app.identity.one_time_links import OneTimeLink
from app.identity.passkeys.ceremonies import Made
from app.identity.passkeys.passkeys import ADD, MOST, Passkey
from app.identity.passwords import hash_of
from app.identity.recovery_codes import RecoveryCode
from app.identity.throttles import CHALLENGES_OF_NETWORK, Throttle, note_try
from app.identity.users import User
from tests.browser import Browser, text_of
from tests.makers.mails import delivered, text_of_letter
from tests.makers.passkeys import BACKED_UP, PRESENT, SYNCED, VERIFIED, Authenticator
from tests.makers.people import make_person

PASSWORD = "three plain words"
HASH = hash_of(PASSWORD)
LIST, NEW = "/en/account/passkeys", "/en/account/passkeys/new"
ALONE = "/en/sign-in/passkey"
REFUSED = "This passkey could not be checked."


def person(db, name: str) -> User:
    user = make_person(db, name, password_hash=HASH)
    agree(db, user.id)
    db.commit()
    return user


@pytest.fixture
def nia(db) -> User:
    return person(db, "Nia Okafor")


def wish_of(own: Browser, name: str = "My phone") -> dict:
    """Prove the password; what the next page asks the browser for."""
    answer = own.follow(own.post(LIST, {"name": name, "present": PASSWORD}))
    return json.loads(unescape(re.search(r'data-wish="([^"]+)"', answer.text)[1]))


def add(own: Browser, device: Authenticator, name: str = "My phone"):
    return own.post(NEW, {"answer": device.make(wish_of(own, name))})


def challenge_at(eve: Browser, path: str) -> dict:
    answer = eve.post(f"{path}/challenge", headers={"Accept": "application/json"})
    return answer.json()


def sign_in(eve: Browser, device: Authenticator, **parts):
    device.count += 1
    wish = challenge_at(eve, ALONE)
    return eve.post(ALONE, {"answer": device.use(wish, **parts), "next": "/en/account"})


def kept_key(user: User, number: int) -> dict:
    """One more passkey's row, as if it had been made."""
    key = {"key": uuid4(), "user_id": user.id, "name": f"Key {number}", "made_at": clock.now()}
    made = Made(b"%d" % number, b"", 0, is_synced=False, is_backed_up=False)
    return {**made._asdict(), **key, "used_at": None}


def second_step(eve: Browser, user: User) -> str:
    answer = eve.post("/en/sign-in", {"email": user.email, "password": PASSWORD})
    assert "set-cookie" not in answer.headers
    return answer.headers["location"].partition("?")[0]


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_a_passkey_signs_its_owner_in_without_a_password(eve, app, nia, db, kind):
    device = Authenticator(kind)
    page = add(eve.as_(nia), device)
    assert len(set(re.findall(r"<code>([\w-]+)</code>", page.text))) == 10
    (letter,) = delivered(app)
    assert letter["Subject"] == "A passkey was added to your account"
    assert "“My phone”" in text_of_letter(letter)
    answer = sign_in(eve, device)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/account")
    page = eve.get(LIST)
    assert "My phone" in text_of(page)
    assert "last used" in text_of(page)
    assert db.scalars(select(Passkey.sign_count)).one() == 1
    kinds = db.scalars(select(Event.kind)).all()
    assert {"passkey-added", "recovery-codes-made", "signed-in"} <= set(kinds)


def test_after_the_password_a_passkey_takes_the_place_of_the_code(eve, nia, db):
    device, own = Authenticator(flags=PRESENT | VERIFIED | SYNCED), eve.as_(nia)
    codes = re.findall(r"<code>([\w-]+)</code>", add(own, device).text)
    page = second_step(eve, nia)
    assert "use your passkey, or one of your codes on paper" in text_of(eve.get(page))
    device.flags = PRESENT | SYNCED | BACKED_UP
    wish = challenge_at(eve, page)
    assert len(wish["allowCredentials"]) == 1
    answer = eve.post(f"{page}/passkey", {"answer": device.use(wish), "next": "/en/account"})
    assert answer.headers["location"] == "/en/account"
    assert db.scalars(select(Passkey.is_backed_up)).one()
    db.commit()
    assert eve.post(f"{page}/passkey", {"answer": device.use(wish)}).status_code == 410
    assert eve.post(second_step(eve, nia), {"code": codes[0]}).status_code == 303


def test_what_was_not_verified_or_is_not_on_the_list_does_not_sign_in(eve, nia, db):
    device, unknown = Authenticator(), Authenticator()
    add(eve.as_(nia), device)
    unknown.user_handle = nia.subject.bytes
    device.flags = PRESENT
    for each in (device, unknown):
        answer = sign_in(eve, each)
        assert answer.status_code == 422
        assert REFUSED in text_of(answer)
    assert eve.get("/en/account").status_code == 303


FORGED = {
    "another origin": {"origin": "https://capacita.test.evil.example"},
    "a neighbouring origin": {"origin": "http://learn.capacita.test"},
    "another site": {"site": "evil.example"},
    "a frame of another site": {"client": {"crossOrigin": True}},
    "a copy that cannot be": {"flags": PRESENT | VERIFIED | BACKED_UP},
    "another kind of key": {"flags": PRESENT | VERIFIED | SYNCED},
    "nobody present": {"flags": 0},
    "another name": {"user_handle": b"somebody else"},
    "no name": {"user_handle": None},
    "the wrong ceremony": {"client": {"type": "webauthn.create", "crossOrigin": False}},
}


@pytest.mark.parametrize("lie", FORGED.values(), ids=FORGED.keys())
def test_a_forged_answer_is_refused_in_words(eve, nia, lie):
    device = Authenticator()
    add(eve.as_(nia), device)
    for name, value in lie.items():
        setattr(device, name, value)
    answer = sign_in(eve, device)
    assert (answer.status_code, REFUSED in text_of(answer)) == (422, True)


def test_a_challenge_counts_once_for_five_minutes_and_for_one_purpose(eve, app, nia, db):
    device, own = Authenticator(), eve.as_(nia)
    add(own, device)
    spent, answer = challenge_at(eve, ALONE), None
    device.count = 1
    answer = device.use(spent)
    assert eve.post(ALONE, {"answer": answer}).status_code == 303
    device.count = 2
    for replay in (answer, device.use(spent)):
        assert eve.post(ALONE, {"answer": replay}).status_code == 422
    late = challenge_at(eve, ALONE)
    links = select(OneTimeLink).where(OneTimeLink.purpose == "passkey-alone")
    made = max(db.scalars(links), key=lambda each: each.made_at)
    assert (made.until - made.made_at).total_seconds() == 300
    db.execute(update(OneTimeLink).values(until=made.made_at))
    db.commit()
    assert eve.post(ALONE, {"answer": device.use(late)}).status_code == 422
    for other in (wish_of(own), challenge_at(eve, second_step(eve, nia))):
        assert eve.post(ALONE, {"answer": device.use(other)}).status_code == 422


def test_a_failed_try_spends_its_challenge(eve, nia):
    device = Authenticator()
    add(eve.as_(nia), device)
    device.count, wish = 1, challenge_at(eve, ALONE)
    forged = device.use(wish, signature=b"x" * 70)
    assert eve.post(ALONE, {"answer": forged}).status_code == 422
    assert eve.post(ALONE, {"answer": device.use(wish)}).status_code == 422
    assert sign_in(eve, device).status_code == 303


def test_the_passkey_of_another_person_is_no_second_step(eve, nia, db):
    own, other = Authenticator(), Authenticator()
    add(eve.as_(nia), own)
    femi = person(db, "Femi Bello")
    add(eve.as_(femi), other)
    page = second_step(eve, nia)
    for device, wish in ((other, challenge_at(eve, page)), (own, challenge_at(eve, ALONE))):
        answer = eve.post(f"{page}/passkey", {"answer": device.use(wish)})
        assert answer.status_code == 422
    theirs = challenge_at(eve, second_step(eve, femi))
    assert eve.post(f"{page}/passkey", {"answer": own.use(theirs)}).status_code == 422


def test_a_count_that_goes_back_lets_nobody_in_and_is_told(eve, app, nia, db):
    device = Authenticator()
    add(eve.as_(nia), device)
    device.count = 7
    assert sign_in(eve, device).status_code == 303
    delivered(app)
    device.count = 6
    assert sign_in(eve, device).status_code == 422
    (letter,) = delivered(app)
    assert letter["Subject"] == "There may be a copy of your passkey"
    assert "passkey-doubted" in db.scalars(select(Event.kind)).all()
    assert db.scalars(select(Passkey.sign_count)).one() == 8


def test_nobody_registers_a_passkey_for_another_or_one_that_is_known(eve, nia, db):
    device, femi = Authenticator(), person(db, "Femi Bello")
    own, other = eve.as_(nia), eve.as_(femi)
    add(own, device)
    answer = add(other, device)
    assert (answer.status_code, "known here already" in text_of(answer)) == (409, True)
    fresh = Authenticator()
    assert other.post(NEW, {"answer": fresh.make(wish_of(own))}).status_code == 422
    stolen = own.post(LIST, {"name": "Laptop", "present": PASSWORD}).headers["location"]
    assert other.get(stolen).status_code == 410
    fresh.flags = PRESENT
    assert add(own, fresh).status_code == 422
    assert eve.post(NEW, {"answer": fresh.make(wish_of(own))}).status_code == 303
    assert len(db.scalars(select(Passkey.key)).all()) == 1


def test_adding_and_removing_ask_for_the_password_and_are_told(eve, app, nia, db):
    own, first, second = eve.as_(nia), Authenticator(), Authenticator()
    for typed in (
        {"name": "My phone", "present": "other words"},
        {"name": " ", "present": PASSWORD},
    ):
        assert own.post(LIST, typed).status_code == 422
    add(own, first)
    answer = add(own, second, "My laptop")
    assert answer.headers["location"].endswith("?done=added")
    delivered(app)
    laptop, phone = re.findall(r'href="(/en/account/passkeys/[\w-]+/removal)"', own.get(LIST).text)
    assert "It is your last one" not in text_of(own.get(laptop))
    assert own.post(laptop, {"present": "other words"}).status_code == 422
    assert "is removed" in text_of(own.follow(own.post(laptop, {"present": PASSWORD})))
    assert own.post(laptop, {"present": PASSWORD}).status_code == 404
    assert len(db.scalars(select(RecoveryCode.hash)).all()) == 10
    db.commit()
    assert sign_in(eve, second).status_code == 422
    assert eve.as_(person(db, "Femi Bello")).get(phone).status_code == 404
    own.post(phone, {"present": PASSWORD})
    assert db.scalars(select(RecoveryCode.hash)).all() == []
    db.commit()
    told = [text_of_letter(letter) for letter in delivered(app)]
    assert ["Your password alone signs you in." in each for each in told] == [False, True]
    answer = eve.post("/en/sign-in", {"email": nia.email, "password": PASSWORD})
    assert answer.headers["location"] == "/en/my-learning"


def test_codes_on_paper_can_be_renewed_and_nobody_keeps_passkeys_without_end(eve, app, nia, db):
    own = eve.as_(nia)
    codes = "/en/account/second-step/codes"
    assert own.post(codes, {"present": PASSWORD}).status_code == 303
    add(own, Authenticator())
    for number in range(1, MOST):
        ADD.add(db, kept_key(nia, number))
    db.commit()
    answer = own.post(LIST, {"name": "One more", "present": PASSWORD})
    assert (answer.status_code, f"You have {MOST} passkeys" in text_of(answer)) == (409, True)
    kept = set(db.scalars(select(RecoveryCode.hash)))
    db.commit()
    delivered(app)
    assert len(re.findall(r"<code>", own.post(codes, {"present": PASSWORD}).text)) == 10
    assert [letter["Subject"] for letter in delivered(app)] == ["You have new codes on paper"]
    assert not kept & set(db.scalars(select(RecoveryCode.hash)))


ABSURD = {
    "nothing": "",
    "no JSON": "passkey",
    "deep JSON": "[" * 5000,
    "another shape": json.dumps({"rawId": 7, "response": []}),
    "no bytes": json.dumps({"rawId": "é", "response": {"clientDataJSON": "{}"}}),
}


@pytest.mark.parametrize("answer", ABSURD.values(), ids=ABSURD.keys())
def test_what_no_browser_says_is_refused_in_words(eve, nia, answer):
    for browser, path in ((eve, ALONE), (eve.as_(nia), NEW)):
        page = browser.post(path, {"answer": answer})
        assert (page.status_code, REFUSED in text_of(page)) == (422, True)


def test_a_megabyte_of_json_is_not_read(eve):
    page = eve.post(ALONE, content=json.dumps({"rawId": "x" * 1_000_000}))
    assert (page.status_code, "more than the page can take" in text_of(page)) == (413, True)


def test_challenges_are_not_made_without_end(eve, app):
    limit = CHALLENGES_OF_NETWORK
    with app.state.engines.writing() as db:
        noted = note_try(db, limit, "127.0.0.1")
        row = update(Throttle).where(Throttle.key == noted.key)
        db.execute(row.values(count=limit.most))
    answer = eve.post(f"{ALONE}/challenge", headers={"Accept": "application/json"})
    assert (answer.status_code, "Wait" in answer.text) == (429, True)


def test_an_erasure_and_a_lost_account_forget_the_passkeys(eve, nia, db):
    add(eve.as_(nia), Authenticator())
    erase(db, db.get(User, nia.id))
    assert db.scalars(select(Passkey.key)).all() == []
