"""Agreements: nobody is signed in before they agreed to the present documents."""

import ast
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.custody.retentions import IDLE_ACCOUNTS, LEAST, WARNED_BEFORE
from app.i18n.phrases import phrases_of
from app.identity.access import SIGN_IN_COOKIE
from app.identity.agreements import DOCUMENTS, Agreement, agree, documents_to_agree
from app.identity.federation.departures import COOKIE as AWAY_COOKIE
from app.identity.one_time_links import FEDERATED, FEDERATED_ACCOUNT, LASTS
from app.identity.passwords import hash_of
from app.identity.users import User
from app.settings import ROOT
from app.web.pages import HINTS_COOKIE, THEME_COOKIE
from tests.browser import text_of
from tests.makers.people import make_person

PASSWORD = "three plain words"
# By how a module names them where it sets them.
COOKIES = {
    "cookie_name(secure=secure)": SIGN_IN_COOKIE,
    "cookie_of(request)": AWAY_COOKIE,
    "THEME_COOKIE": THEME_COOKIE,
    "HINTS_COOKIE": HINTS_COOKIE,
}
HASH = hash_of(PASSWORD)


@pytest.fixture
def nia(db) -> User:
    """Someone who agreed to an older version of the terms."""
    user = make_person(db, "Nia Okafor", password_hash=HASH)
    agree(db, user.id)
    db.execute(update(Agreement).where(Agreement.document == "terms").values(version="2020-01-01"))
    db.commit()
    return user


def sign_in(browser):
    fields = {"email": "nia.okafor@example.org", "password": PASSWORD, "next": "/en/account"}
    return browser.post("/en/sign-in", fields)


def test_what_is_new_is_asked_before_anything_personal_opens(eve, nia, db):
    assert documents_to_agree(db, nia.id) == ["terms"]
    db.commit()
    answer = sign_in(eve)
    way = answer.headers["location"]
    assert re.fullmatch(r"/en/agreements/[\w-]{43}\?next=%2Fen%2Faccount", way)
    assert "set-cookie" not in answer.headers
    assert eve.get("/en/account").status_code == 303

    page = eve.get(way)
    assert "agree to the terms of use" in text_of(page)
    answer = eve.post(way.partition("?")[0], {"agreed": "yes", "next": "/en/account"})
    assert answer.headers["location"] == "/en/account"
    assert "Nia Okafor" in text_of(eve.get("/en/account"))
    assert documents_to_agree(db, nia.id) == []
    db.commit()
    assert sign_in(eve).headers["location"] == "/en/account"


def test_an_unticked_box_comes_back_and_the_link_stays_open(eve, nia):
    way = sign_in(eve).headers["location"].partition("?")[0]
    answer = eve.post(way, {"next": "/en/account"})
    assert answer.status_code == 422
    assert "without your agreement we may not keep an account" in text_of(answer)
    assert eve.post(way, {"agreed": "yes"}).status_code == 303


def test_the_link_of_an_agreement_lets_in_once(eve, nia):
    way = sign_in(eve).headers["location"].partition("?")[0]
    assert eve.post(way, {"agreed": "yes"}).status_code == 303
    assert eve.post(way, {"agreed": "yes"}).status_code == 410


def test_each_agreement_is_kept_with_its_version(db, nia):
    agree(db, nia.id)
    agree(db, nia.id)
    kept = db.execute(select(Agreement.document, Agreement.version)).all()
    expected = {*DOCUMENTS.items(), ("terms", "2020-01-01")}
    assert {tuple(row) for row in kept} == expected
    assert len(kept) == 3


def cookies_set() -> set[str]:
    """The names of all cookies that a module of the application sets."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        calls = [
            each
            for each in ast.walk(ast.parse(path.read_text()))
            if isinstance(each, ast.Call) and getattr(each.func, "attr", "") == "set_cookie"
        ]
        for call in calls:
            source = ast.unparse(call.args[0])
            assert source in COOKIES, f"{path} sets a cookie that no test knows: {source}"
            found.add(COOKIES[source])
    return found


def test_the_privacy_notice_names_every_cookie(eve):
    said = text_of(eve.get("/en/privacy")).partition("Cookies")[2].partition("Your rights")[0]
    assert set(re.findall("“([^”]+)”", said)) == cookies_set() == set(COOKIES.values())
    lasts = LASTS[FEDERATED], LASTS[FEDERATED_ACCOUNT]
    assert lasts == (timedelta(minutes=10), timedelta(minutes=30))  # as the notice says of “away”


def test_the_privacy_notice_says_that_a_rule_may_end_an_idle_account(eve):
    said = text_of(eve.get("/en/privacy"))
    assert "until nobody has used the account for as long as the rule says, six months" in said
    assert "we write to you thirty days before" in said
    assert (LEAST[IDLE_ACCOUNTS], WARNED_BEFORE) == (6, timedelta(days=30))


@pytest.mark.parametrize(("path", "document"), [("/en/privacy", "privacy"), ("/en/terms", "terms")])
def test_everyone_may_read_the_documents_and_their_version(eve, path, document):
    answer = eve.get(path)
    assert answer.status_code == 200
    written = phrases_of("en").day(date.fromisoformat(DOCUMENTS[document]))
    assert f"Version of {written}" in text_of(answer)
