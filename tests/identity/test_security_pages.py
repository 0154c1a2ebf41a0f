"""Security of an account: a new password, another address, and the browsers signed in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.devices import Device, device_of
from app.identity.federation.identities import FederatedIdentity
from app.identity.one_time_links import (
    ADDRESS,
    ADDRESS_BACK,
    AGREEMENT,
    RESET,
    SECOND_STEP,
    LinkOver,
    link_of,
    make_link,
)
from app.identity.passkeys.passkeys import Passkey
from app.identity.passwords import fits, hash_of
from app.identity.recovery_codes import RecoveryCode, make_recovery_codes
from app.identity.second_factors import SecondFactor
from app.identity.security.addresses import ask_for_address
from app.identity.sign_ins import SignIn
from app.identity.users import User
from tests.browser import text_of
from tests.identity.test_demands import give_device
from tests.makers.mails import delivered, link_in, text_of_letter
from tests.makers.people import make_person

OLD, NEW = "three plain words", "four other plain words"
HASH = hash_of(OLD)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
ELSEWHERE = "nia@elsewhere.example"


@pytest.fixture
def nia(db) -> User:
    user = make_person(db, "Nia Okafor", password_hash=HASH)
    agree(db, user.id)
    db.commit()
    return user


def seen(db, asked) -> list:
    """What the database holds now; the look ends before a browser or the post goes on."""
    found = list(db.scalars(asked))
    db.commit()
    return found


def kinds(db) -> list[str]:
    return seen(db, select(Event.kind).order_by(Event.id))


def test_a_new_password_ends_all_other_sign_ins_and_is_told_by_mail(browser, app, nia, db):
    own, elsewhere = browser.as_(nia), browser.as_(nia)
    answer = own.post("/en/account/password", {"present": OLD, "password": NEW})
    assert "Your password is changed" in text_of(own.follow(answer))
    assert elsewhere.get("/en/account").status_code == 303

    (stored,) = seen(db, select(User.password_hash))
    assert fits(NEW, stored)
    assert not fits(OLD, stored)
    assert kinds(db)[-2:] == ["signed-out-elsewhere", "password-changed"]
    (letter,) = delivered(app)
    assert letter["To"] == nia.email
    assert link_in(letter, app) == "/en/reset"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"present": "some other words", "password": NEW}, "This is not your present password."),
        ({"present": "", "password": NEW}, "Write your present password."),
        ({"present": OLD, "password": "short"}, "Make it 10 characters or more; you wrote 5."),
        ({"present": OLD, "password": "nia.okafor@example.org"}, "neither your name nor"),
    ],
)
def test_a_password_that_is_wrong_or_weak_comes_back_with_words(
    browser, app, nia, db, fields, words
):
    answer = browser.as_(nia).post("/en/account/password", fields)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert fits(OLD, *seen(db, select(User.password_hash)))
    assert delivered(app) == []


def test_guessing_the_present_password_is_paused_and_a_right_one_forgets_the_tries(browser, nia):
    own = browser.as_(nia)
    wrong = {"present": "some other words", "password": NEW}
    for _each in range(4):
        assert own.post("/en/account/password", wrong).status_code == 422
    assert own.post("/en/account/password", {**wrong, "present": OLD}).status_code == 303
    for _each in range(5):
        assert own.post("/en/account/password", wrong).status_code == 422
    assert own.post("/en/account/password", {**wrong, "present": NEW}).status_code == 429


def ask(own, app, email: str = ELSEWHERE) -> dict[str, str]:
    """Ask for another address; the link that each address was sent."""
    answer = own.post("/en/account/address", {"email": email, "present": OLD})
    assert "Look into the mail of your new address" in text_of(own.follow(answer))
    return {letter["To"]: link_in(letter, app) for letter in delivered(app) if letter["To"]}


def test_another_address_counts_once_its_link_is_followed(browser, app, nia, db):
    own = browser.as_(nia)
    links = ask(own, app)
    assert seen(db, select(User.email)) == [nia.email]
    assert ELSEWHERE in text_of(browser.get(links[ELSEWHERE]))
    answer = own.post(links[ELSEWHERE])
    assert "Your address is changed" in text_of(own.follow(answer))
    assert seen(db, select(User.email_folded)) == [ELSEWHERE]
    assert kinds(db)[-2:] == ["address-change-asked", "address-changed"]
    assert own.post(links[ELSEWHERE]).status_code == 410
    assert "example" not in str(db.scalars(select(Event.payload)).all())


@pytest.mark.parametrize("followed", [True, False], ids=["changed", "asked"])
def test_the_earlier_address_takes_the_account_back(browser, app, nia, db, followed):
    thief = browser.as_(nia)
    links = ask(thief, app)
    if followed:
        thief.post(links[ELSEWHERE])
    assert "nia.okafor@example.org" in text_of(browser.get(links[nia.email]))
    answer = browser.post(links[nia.email])
    assert answer.headers["location"].startswith("/en/reset/")
    assert thief.get("/en/account").status_code == 303
    assert browser.post(links[ELSEWHERE]).status_code == 410
    assert browser.post(answer.headers["location"], {"password": NEW}).status_code == 303
    row = db.execute(select(User.email, User.password_hash)).one()
    assert row.email == nia.email
    assert fits(NEW, row.password_hash)


def test_who_moves_an_account_on_voids_no_earlier_promise(browser, app, nia, db):
    thief = browser.as_(nia)
    first = ask(thief, app)
    thief.post(first[ELSEWHERE])
    second = ask(thief, app, "nia@third.example")
    assert browser.post(second[ELSEWHERE]).status_code == 303
    assert seen(db, select(User.email)) == [ELSEWHERE]
    answer = browser.post(first[nia.email])
    assert answer.headers["location"].startswith("/en/reset/")
    assert seen(db, select(User.email)) == [nia.email]


def test_taking_an_account_back_ends_the_promises_made_since(browser, app, nia):
    thief = browser.as_(nia)
    first = ask(thief, app)
    thief.post(first[ELSEWHERE])
    second = ask(thief, app, "nia@third.example")
    assert browser.post(first[nia.email]).status_code == 303
    for address in (ELSEWHERE, "nia@third.example"):
        assert browser.post(second[address]).status_code == 410


def test_taking_an_account_back_ends_all_other_ways_in(browser, app, nia, db):
    identity = FederatedIdentity(
        key=uuid4(),
        user_id=nia.id,
        issuer="https://login.example",
        subject="t",
        made_at=clock.now(),
    )
    db.add(identity)
    give_device(db, nia)
    db.add(
        Passkey(
            credential_id=b"t", key=uuid4(), user_id=nia.id, public_key=b"", sign_count=0,
            is_synced=False, is_backed_up=False, name="t", made_at=clock.now(),
        )
    )  # fmt: skip
    make_recovery_codes(db, nia.id)
    begun = make_link(db, AGREEMENT, user_id=nia.id)
    db.commit()
    links = ask(browser.as_(nia), app)
    assert "linked sign-ins are taken off" in text_of(browser.get(links[nia.email]))
    browser.post(links[nia.email])
    for way in (FederatedIdentity, SecondFactor, Passkey, RecoveryCode):
        assert seen(db, select(way.user_id)) == []
    with pytest.raises(LinkOver):
        link_of(db, AGREEMENT, begun)


@pytest.mark.parametrize("purpose", [ADDRESS, AGREEMENT, SECOND_STEP, RESET])
def test_what_was_begun_with_the_old_password_ends_with_it(browser, app, nia, db, purpose):
    begun = make_link(db, purpose, user_id=nia.id, details={"email": ELSEWHERE})
    promised = make_link(db, ADDRESS_BACK, user_id=nia.id, details={"email": nia.email})
    db.commit()
    answer = browser.as_(nia).post("/en/account/password", {"present": OLD, "password": NEW})
    assert answer.status_code == 303
    with pytest.raises(LinkOver):
        link_of(db, purpose, begun)
    assert link_of(db, ADDRESS_BACK, promised).user_id == nia.id


def test_a_known_address_is_written_to_as_it_was_proved(browser, app, nia, db):
    make_person(db, "Ida Strauss")
    db.commit()
    browser.as_(nia).post(
        "/en/account/address", {"email": "ida.strauß@example.org", "present": OLD}
    )
    told = {letter["To"] for letter in delivered(app)}
    assert told == {nia.email, "ida.strauss@example.org"}


def test_an_address_that_has_an_account_is_told_by_mail_and_the_page_says_the_same(
    browser, app, nia, awa
):
    own = browser.as_(nia)
    own.post("/en/account/address", {"email": awa.email, "present": OLD})
    letters = {letter["To"]: text_of_letter(letter) for letter in delivered(app)}
    assert set(letters) == {nia.email, awa.email}
    assert "It has one already" in letters[awa.email]


def test_an_address_taken_meanwhile_is_refused(browser, app, nia, db):
    own = browser.as_(nia)
    links = ask(own, app)
    make_person(db, "Nia").email_folded = ELSEWHERE
    db.commit()
    assert own.post(links[ELSEWHERE]).status_code == 409


def test_a_later_wish_for_an_address_voids_the_earlier_link(browser, app, nia, db):
    own = browser.as_(nia)
    links = ask(own, app)
    ask_for_address(db, db.get(User, nia.id), "nia@third.example")
    db.commit()
    assert own.post(links[ELSEWHERE]).status_code == 410


def test_the_list_of_browsers_says_what_is_kept_and_ends_one_or_all(eve, app, nia, db):
    fields = {"email": nia.email, "password": OLD}
    eve.post("/en/sign-in", fields, headers={"User-Agent": WINDOWS})
    first, second = eve.as_(nia), eve.as_(nia)
    page = text_of(eve.get("/en/account/browsers"))
    assert "Firefox on Windows" in page
    assert page.count("Sign out there") == page.count("A browser we could not tell") == 2

    others = select(SignIn.key).where(SignIn.browser == "", SignIn.revoked_at.is_(None))
    key, _other = seen(db, others.order_by(SignIn.made_at))
    answer = eve.post(f"/en/account/browsers/{key}/ending")
    assert "That browser is signed out" in text_of(eve.follow(answer))
    assert [each.get("/en/account").status_code for each in (first, second)] == [303, 200]
    assert eve.post(f"/en/account/browsers/{key}/ending").status_code == 404
    answer = eve.post("/en/account/browsers/others/ending")
    assert "All other browsers are signed out" in text_of(eve.follow(answer))
    assert second.get("/en/account").status_code == 303


def test_the_list_of_browsers_has_nobody_elses_and_none_that_is_over(browser, nia, awa, db):
    own, _stranger = browser.as_(nia), browser.as_(awa)
    for over in ({"revoked_at": clock.now()}, {"until": clock.now()}):
        made = set(seen(db, select(SignIn.key)))
        browser.as_(nia)
        db.execute(update(SignIn).where(SignIn.key.not_in(made)).values(over))
        db.commit()
    assert "Sign out there" not in text_of(own.get("/en/account/browsers"))


def test_nobody_ends_the_sign_in_of_another(browser, nia, awa, db):
    own, stranger = browser.as_(nia), browser.as_(awa)
    (key,) = seen(db, select(SignIn.key).where(SignIn.user_id == nia.id))
    assert stranger.post(f"/en/account/browsers/{key}/ending").status_code == 404
    assert stranger.post("/en/account/browsers/nonsense/ending").status_code == 404
    assert own.get("/en/account").status_code == 200


def test_the_last_use_is_noted_once_a_day(browser, app, nia, db):
    own = browser.as_(nia)
    app.state.threads = ThreadPoolExecutor(1)
    for hours in (23, 25):
        before = clock.now() - timedelta(hours=hours)
        db.execute(update(SignIn).values(used_at=before))
        db.commit()
        own.get("/en/account")
        app.state.threads.submit(int).result()  # the note stands before it in the one thread
        (used_at,) = seen(db, select(SignIn.used_at))
        assert (used_at > before) == (hours > 24)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (WINDOWS, Device("Firefox", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
         Device("Safari", "iOS")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36",
         Device("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142.0 Safari/537.36 Edg/142.0",
         Device("Edge", "macOS")),
        ("curl/8.1", Device("", "")),
        ("", Device("", "")),
    ],
)  # fmt: skip
def test_of_a_browser_two_words_are_kept(sent, kept):
    assert device_of(sent) == kept
