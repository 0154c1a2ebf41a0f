"""Signing in and out: the cookie, the same answer for all, the pause, and the way on."""

import hashlib
import re
import statistics
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.passwords import hash_of
from app.identity.sign_ins import SignIn
from app.identity.throttles import Throttle
from app.identity.users import User
from tests.browser import Browser, text_of
from tests.makers.people import make_person

PASSWORD = "three plain words"
HASH = hash_of(PASSWORD)
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def nia(db) -> User:
    """Someone with a password who has agreed to the documents."""
    user = make_person(db, "Nia Okafor", password_hash=HASH)
    agree(db, user.id)
    db.commit()
    return user


def sign_in(browser: Browser, email: str, password: str = PASSWORD, **more: str):
    return browser.post("/en/sign-in", {"email": email, "password": password, **more})


def test_the_right_password_signs_in_for_thirty_days(eve, nia, db):
    answer = sign_in(eve, "  NIA.Okafor@example.org ")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/my-learning"
    assert "Nia Okafor" in text_of(eve.get("/en/account"))

    cookie = answer.headers["set-cookie"]
    assert re.match(r"sign_in=[\w-]{43}; ", cookie)
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    token = eve.client.cookies["sign_in"]
    row = db.scalars(select(SignIn)).one()
    assert row.token_hash == hashlib.sha256(token.encode()).digest()
    assert timedelta(days=29) < row.until - clock.now() <= timedelta(days=30)


def test_under_https_only_https_carries_the_cookie(app, portal, settings, nia):
    public_url = "https://capacita.test"
    app.state.settings = settings.model_copy(update={"public_url": public_url})
    with Browser(app, portal) as browser:
        cookie = sign_in(browser, nia.email).headers["set-cookie"]
        assert cookie.startswith("__Host-sign_in=")
        assert "Secure" in cookie.split("; ")
        assert "Nia Okafor" in text_of(browser.get("/en/account"))


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(eve, nia):
    wrong = sign_in(eve, nia.email, "three other words")
    unknown = sign_in(eve, "nobody.here@example.org", "three other words")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not go together" in text_of(wrong)
    assert wrong.text.replace(nia.email, "X") == unknown.text.replace(
        "nobody.here@example.org", "X"
    )
    assert "set-cookie" not in wrong.headers
    assert f'value="{nia.email}"' in wrong.text
    assert "three other words" not in wrong.text


def test_an_unknown_address_takes_as_long_as_a_known_one(eve, nia, db):
    def seconds(email: str) -> float:
        started = time.perf_counter()
        sign_in(eve, email, "three other words")
        return time.perf_counter() - started

    times = {"known": [], "unknown": []}
    for number in range(4):
        times["known"].append(seconds(nia.email))
        times["unknown"].append(seconds(f"nobody{number}@example.org"))
    known, unknown = (statistics.median(times[kind]) for kind in ("known", "unknown"))
    assert unknown > known / 2
    assert known > unknown / 2


def test_five_wrong_tries_pause_an_address_from_this_network_even_for_the_right_one(eve, nia):
    for _try in range(5):
        assert sign_in(eve, nia.email, "three other words").status_code == 422
    answer = sign_in(eve, nia.email)
    assert answer.status_code == 429
    assert re.search(r"Wait 1[45] min", text_of(answer))
    assert "set-cookie" not in answer.headers
    assert sign_in(eve, "someone.else@example.org").status_code == 422


def test_a_pause_is_over_when_its_window_has_gone_by_and_refusals_do_not_lengthen_it(
    eve, nia, db, monkeypatch
):
    began = clock.now()
    for tried in range(7):  # half a minute apart, so that they are counted in several steps
        monkeypatch.setattr(clock, "now", lambda passed=tried: began + passed * HALF_A_MINUTE)
        sign_in(eve, nia.email, "three other words")
    counts = db.scalars(select(Throttle.count).where(Throttle.key.like("sign-in-here:%"))).all()
    db.commit()
    assert sum(counts) == 5
    assert sign_in(eve, nia.email).status_code == 429
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=17))
    assert sign_in(eve, nia.email).status_code == 303


def test_the_right_password_forgets_the_wrong_tries_before_it(eve, nia):
    for _round in range(3):
        for _try in range(4):
            assert sign_in(eve, nia.email, "three other words").status_code == 422
        assert sign_in(eve, nia.email).status_code == 303


def test_a_try_counts_for_nobody_by_name(eve, nia, db):
    sign_in(eve, nia.email, "three other words")
    keys = " ".join(db.scalars(select(Throttle.key)))
    assert "nia" not in keys
    assert "127.0.0.1" not in keys


def test_a_hash_of_old_parameters_is_renewed_when_its_person_signs_in(eve, nia, db):
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    db.execute(update(User).values(password_hash=weaker))
    db.commit()
    assert sign_in(eve, nia.email).status_code == 303
    renewed = db.scalars(select(User.password_hash)).one()
    db.commit()
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in(eve, nia.email).status_code == 303


@pytest.mark.parametrize(
    ("wished", "led_to"),
    [
        ("/en/account?saved=account", "/en/account?saved=account"),
        ("", "/en/my-learning"),
        ("https://evil.example/", "/en/my-learning"),
        ("//evil.example/", "/en/my-learning"),
        ("/\\evil.example/", "/en/my-learning"),
        ("javascript:alert(1)", "/en/my-learning"),
        ("/en/account\r\nSet-Cookie: a=b", "/en/my-learning"),
    ],
)
def test_the_way_on_stays_on_this_site(eve, nia, wished, led_to):
    assert sign_in(eve, nia.email, next=wished).headers["location"] == led_to
    assert eve.get("/en/sign-in", params={"next": wished}).headers["location"] == led_to


def test_a_page_for_people_signed_in_sends_there_and_back(eve, nia):
    answer = eve.get("/en/account?saved=account")
    assert answer.status_code == 303
    page = eve.follow(answer)
    target = re.search(r'name="next" value="([^"]*)"', page.text)[1]
    assert sign_in(eve, nia.email, next=target).headers["location"] == "/en/account?saved=account"


def test_signing_out_ends_the_row_the_cookie_and_the_kept_pages(eve, nia, db):
    sign_in(eve, nia.email)
    token = eve.client.cookies["sign_in"]
    answer = eve.post("/en/sign-out")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "sign_in" not in eve.client.cookies
    assert db.scalars(select(SignIn.revoked_at)).one() is not None
    db.rollback()
    eve.client.cookies.set("sign_in", token)
    assert eve.get("/en/account").status_code == 303


def test_signing_out_without_an_account_is_no_fault(eve):
    answer = eve.post("/en/sign-out")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/"


def test_signing_in_again_ends_the_sign_in_this_browser_had(eve, nia, db):
    sign_in(eve, nia.email)
    sign_in(eve, nia.email)
    revoked = db.scalars(select(SignIn.revoked_at).order_by(SignIn.made_at)).all()
    assert [moment is not None for moment in revoked] == [True, False]


def test_a_sign_in_ends_when_its_time_is_over(eve, nia, db):
    sign_in(eve, nia.email)
    db.execute(update(SignIn).values(until=clock.now()))
    db.commit()
    assert eve.get("/en/account").status_code == 303


def test_empty_fields_come_back_with_words(eve):
    answer = sign_in(eve, "", "")
    assert answer.status_code == 422
    assert "Write the address you registered with." in text_of(answer)
    assert "Write your password." in text_of(answer)
    assert "do not go together" not in text_of(answer)


def test_sign_ins_and_outs_are_events(eve, nia, db):
    sign_in(eve, nia.email, "three other words")
    sign_in(eve, nia.email)
    eve.post("/en/sign-out")
    events = db.execute(select(Event.kind, Event.person_id).order_by(Event.id)).all()
    assert [tuple(event) for event in events][-2:] == [
        ("signed-in", nia.id),
        ("signed-out", nia.id),
    ]
