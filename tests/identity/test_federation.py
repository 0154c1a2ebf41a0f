"""Signing in by a provider: who is let in, linked, offered an account, or told why not."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.arrivals import register
from app.identity.demands import Demand
from app.identity.erasures import erase
from app.identity.federation.identities import FederatedIdentity
from app.identity.federation.identities import link as link_identity
from app.identity.one_time_links import OneTimeLink
from app.identity.passwords import hash_of
from app.identity.placements import Placement
from app.identity.second_factors import SecondFactor
from app.identity.sign_ins import SignIn
from app.identity.throttles import DEPARTURES_OF_NETWORK, Throttle
from app.identity.users import User, user_called
from app.settings import Settings
from tests.browser import Browser, text_of
from tests.makers.mails import delivered
from tests.makers.people import make_institute, make_interior
from tests.makers.providers import Issuer, issuing, question_in

PASSWORD = "three plain words"
NADIA = {"sub": "n-1", "name": "Nadia Benali", "email": "nadia@interior.example"}
NADIA |= {"email_verified": True, "unit": ["other", "D12"]}

FAILURES = (
    ({"error": "access_denied"}, 403, "you stopped it"),
    ({"error": "server_error"}, 503, "cannot be reached"),
    ({"error": "invalid_request"}, 502, "invalid_request"),
    ({"error": "<script>"}, 502, "no code"),
    ({"iss": "https://login.elsewhere.example"}, 422, "could not be checked"),
    ({"iss": ""}, 422, "could not be checked"),
    ({"code": "an0ther"}, 502, "invalid_grant"),
    ({"code": ""}, 502, "no code"),
)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        issuer.person = dict(NADIA)
        yield issuer


@pytest.fixture
def settings(settings: Settings, issuer: Issuer) -> Settings:
    """`interior` may do all that a provider may, `plain` is the same one and may do nothing."""
    generous = issuer.provider(
        makes_accounts=True,
        trusted_domains=("interior.example", "strasse.example"),
        strong_amr=("mfa",),
        institution="ministry-of-the-interior",
        institution_claim="unit",
        institutions={"D12": "institute"},
        confirms=True,
    )
    plain = issuer.provider(key="plain", label="Plain")
    return settings.model_copy(update={"providers": (generous, plain)})


def leave(
    browser: Browser,
    issuer: Issuer,
    path: str = "/en/sign-in/with/interior",
    fields: dict[str, Any] | None = None,
) -> httpx.Response:
    """Press a button that leads to the provider, which keeps what it is asked."""
    leaving = browser.post(path, fields)
    assert leaving.status_code == 200, leaving.text
    found = re.search(r'content="0;url=([^"]+)"', leaving.text)
    assert found is not None
    issuer.question = question_in(unescape(found[1]))
    return leaving


def back(browser: Browser, issuer: Issuer, key: str = "interior", **told: str) -> httpx.Response:
    """Come back from the provider with a code, and what else it says."""
    honest = {"code": "c0de", "state": issuer.question["state"], "iss": issuer.address}
    query = {name: value for name, value in (honest | told).items() if value}
    return browser.get(f"/sign-in/return/{key}", params=query)


def go(browser: Browser, issuer: Issuer, key: str = "interior", target: str = "") -> httpx.Response:
    leave(browser, issuer, f"/en/sign-in/with/{key}", {"next": target})
    return back(browser, issuer, key)


def make_nadia(db: Session, issuer: Issuer, *, password: bool = True) -> User:
    """A person whose account is linked with the provider already."""
    user = register(db, name="Nadia", email="nadia@home.example", language="en", by=1)
    user.confirmed_at = clock.now()
    user.password_hash = hash_of(PASSWORD) if password else None
    agree(db, user.id)
    link(db, user, issuer)
    db.commit()
    return user


def link(db: Session, user: User, issuer: Issuer, subject: str = "n-1") -> None:
    link_identity(db, user, issuer.provider(), subject)


def is_in(browser: Browser) -> bool:
    return browser.get("/en/account").status_code == 200


def last_event(found, kind: str) -> Event:
    return found(select(Event).where(Event.kind == kind).order_by(Event.id.desc()).limit(1))[0]


def test_the_question_holds_what_binds_the_answer_to_us(eve, issuer):
    page = leave(eve, issuer)
    asked = issuer.question
    assert asked["redirect_uri"] == "http://capacita.test/sign-in/return/interior"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile email"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("away=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie


def test_who_is_linked_is_let_in_to_where_they_wanted(eve, db, issuer, found):
    nadia = make_nadia(db, issuer)
    answer = go(eve, issuer, "plain", target="/en/account")
    assert answer.headers["location"] == "/en/account"
    assert is_in(eve)
    event = last_event(found, "signed-in")
    assert (event.person_id, event.payload) == (nadia.id, {"provider": "plain"})
    assert "/me" not in issuer.asked  # nothing more is asked about whom we know


def test_an_unknown_person_is_offered_an_account_and_agrees_first(eve, db, issuer, found):
    institute_id = make_institute(db).id
    db.commit()
    answer = eve.follow(go(eve, issuer, target="/en/account"))
    assert "nadia@interior.example" in answer.text
    path = urlsplit(str(answer.url)).path
    assert not found(select(User.id))
    refused = eve.post(path, {"name": "Nadia B. Benali"})
    assert refused.status_code == 422
    assert not found(select(User.id))
    made = eve.post(path, {"name": "Nadia B. Benali", "agreed": "yes"})
    assert made.headers["location"] == "/en/account"
    assert is_in(eve)
    (user,) = found(select(User))
    assert (user.name, user.email, user.password_hash) == (
        "Nadia B. Benali", "nadia@interior.example", None,
    )  # fmt: skip
    (placement,) = found(select(Placement))
    assert placement.institution_id == institute_id
    assert placement.confirmed_at is not None
    assert last_event(found, "identity-linked").payload == {"provider": "interior"}
    assert eve.post(path, {"name": "Nadia", "agreed": "yes"}).status_code == 410
    assert go(eve, issuer).headers["location"] == "/en/my-learning"


def test_an_address_that_is_not_trusted_is_not_kept(eve, db, issuer, found):
    for told in (
        {"email": "n@elsewhere.example"}, {"email_verified": False},
        {"email": "n@straße.example"},  # another domain than the one that it folds to
    ):  # fmt: skip
        issuer.person = NADIA | told
        page = eve.follow(go(eve, issuer))
        assert issuer.person["email"] not in page.text
        assert "add an address for our letters later" in text_of(page)
    path = urlsplit(str(page.url)).path
    eve.post(path, {"name": "Nadia", "agreed": "yes"})
    assert [user.email for user in found(select(User))] == [None]


def test_the_offer_is_for_the_browser_that_came_back(eve, issuer, browser, awa):
    path = go(eve, issuer).headers["location"]
    assert browser.as_(awa).get(path).status_code == 410
    assert eve.get(path).status_code == 200


def test_a_trusted_address_links_the_account_that_has_it(eve, db, issuer, found, app):
    user = register(db, name="Nadia", email="Nadia@Interior.example", language="en", by=1)
    agree(db, user.id)
    db.commit()
    go(eve, issuer)
    assert is_in(eve)
    (known,) = found(select(FederatedIdentity))
    assert (known.user_id, known.subject) == (user.id, "n-1")
    assert last_event(found, "person-arrived").person_id == user.id
    (letter,) = delivered(app)
    assert letter["Subject"] == "A sign-in was linked with your account"


def test_an_address_that_only_folds_alike_links_nothing(eve, db, issuer, found):
    register(db, name="Ida", email="strauss@interior.example", language="en", by=1)
    db.commit()
    issuer.person = NADIA | {"email": "strauß@interior.example"}
    path = go(eve, issuer).headers["location"]
    assert not found(select(FederatedIdentity))
    assert eve.post(path, {"name": "Ida", "agreed": "yes"}).status_code == 409
    assert not is_in(eve)


def test_an_address_that_is_not_verified_links_nothing(eve, db, issuer, found):
    register(db, name="Nadia", email="nadia@interior.example", language="en", by=1)
    db.commit()
    for told in ({"email_verified": False}, {"email_verified": "true"}, {"email": None}):
        issuer.person = NADIA | told
        go(eve, issuer)
    # Each of the two speaks of an address of its own, and verified is the other one.
    issuer.person, issuer.claims = NADIA | {"email": "n@home.example"}, {"email": NADIA["email"]}
    go(eve, issuer)
    issuer.person, issuer.claims = NADIA | {"email_verified": False}, {"email_verified": True}
    go(eve, issuer)
    assert not found(select(FederatedIdentity))


def test_a_provider_that_makes_no_accounts_says_how_to_link_one(eve, db, issuer, found):
    register(db, name="Nadia", email="nadia@interior.example", language="en", by=1)
    db.commit()
    refused = go(eve, issuer, "plain")
    assert refused.status_code == 403
    assert "no account here is linked" in text_of(refused)
    assert not found(select(FederatedIdentity))


def test_a_state_works_once_in_its_browser_for_ten_minutes(eve, db, issuer, browser, awa):
    make_nadia(db, issuer)
    leave(eve, issuer)
    assert back(browser.as_(awa), issuer).status_code == 410
    assert back(eve, issuer, "plain").status_code == 410  # of another provider
    leave(eve, issuer)
    assert back(eve, issuer).status_code == 303
    eve.post("/en/sign-out")
    assert back(eve, issuer).status_code == 410
    leave(eve, issuer)
    db.execute(update(OneTimeLink).values(until=clock.now()))
    db.commit()
    late = back(eve, issuer)
    assert late.status_code == 410
    assert "you have ten minutes" in text_of(late)
    assert not is_in(eve)


def test_what_fails_at_the_provider_is_said_in_words(eve, db, issuer):
    make_nadia(db, issuer)
    for told, status, words in FAILURES:
        leave(eve, issuer)
        refused = back(eve, issuer, **told)
        assert (refused.status_code, told) == (status, told)
        assert words in text_of(refused)
        assert "Ministry" in text_of(refused)
        assert not is_in(eve)


def test_a_forged_token_lets_nobody_in_in_any_language(eve, db, issuer):
    make_nadia(db, issuer)
    for claims, path in (({"nonce": "x"}, "/en"), ({"aud": "x"}, "/fr"), ({"exp": 1}, "/ar")):
        issuer.claims = claims
        leave(eve, issuer, f"{path}/sign-in/with/interior")
        refused = back(eve, issuer)
        assert refused.status_code == 422
        assert f'<html lang="{path[1:]}"' in refused.text
        assert not is_in(eve)


def test_userinfo_about_somebody_else_is_refused(eve, issuer, found):
    issuer.claims = {"sub": "n-2"}
    assert go(eve, issuer).status_code == 422
    assert not found(select(User.id))


def test_a_provider_that_is_away_keeps_nobody_from_the_password(eve, issuer):
    issuer.statuses["/.well-known/openid-configuration"] = 503
    refused = eve.post("/en/sign-in/with/interior")
    assert refused.status_code == 503
    assert "sign in here with your password" in text_of(refused)
    assert eve.post("/en/sign-in/with/nobody").status_code == 404


def test_departures_are_counted_by_network(eve, db, issuer):
    leave(eve, issuer)
    db.execute(update(Throttle).values(count=DEPARTURES_OF_NETWORK.most))
    db.commit()
    assert eve.post("/en/sign-in/with/interior").status_code == 429


def test_a_second_step_of_ours_is_asked_for_unless_the_provider_saw_two(eve, db, issuer, found):
    nadia = make_nadia(db, issuer)
    moment = clock.now()
    db.add(SecondFactor(
        user_id=nadia.id, secret="A" * 32, made_at=moment, confirmed_at=moment, last_step=0
    ))  # fmt: skip
    db.commit()
    assert "/sign-in/code/" in go(eve, issuer).headers["location"]
    assert not is_in(eve)
    issuer.claims = {"amr": ["pwd", "mfa"]}
    assert "/sign-in/code/" in go(eve, issuer, "plain").headers["location"]
    assert go(eve, issuer).headers["location"] == "/en/my-learning"
    (sign_in,) = found(select(SignIn))
    assert (sign_in.provider, sign_in.is_two_steps) == ("interior", True)


def test_an_institution_that_demands_two_steps_takes_those_of_the_provider(eve, db, issuer, chloe):
    ministry = make_interior(db)
    link(db, chloe, issuer)
    agree(db, chloe.id)
    db.add(Demand(institution_id=ministry.id, set_by=chloe.id, set_at=clock.now()))
    db.commit()
    go(eve, issuer)
    assert eve.get("/en/people").status_code == 403
    issuer.claims = {"amr": ["mfa"]}
    go(eve, issuer)
    assert eve.get("/en/people").status_code == 200


def test_new_documents_are_agreed_to_on_the_way_in(eve, db, issuer, found, awa):
    link(db, awa, issuer)
    db.commit()
    answer = go(eve, issuer)
    path = answer.headers["location"].partition("?")[0]
    assert "/agreements/" in path
    assert eve.post(path, {"agreed": "yes"}).status_code == 303
    assert [each.provider for each in found(select(SignIn))] == ["interior"]


def test_a_person_links_and_unlinks_with_their_password(browser, db, issuer, found, app):
    nadia = register(db, name="Nadia", email="n@home.example", language="en", by=1)
    nadia.password_hash = hash_of(PASSWORD)
    db.commit()
    hers, path = browser.as_(nadia), "/en/account/linked-sign-ins/with/interior"
    assert hers.post(path, {"present": "wrong"}).status_code == 422
    leave(hers, issuer, path, {"present": PASSWORD})
    page = hers.follow(back(hers, issuer))
    assert "The sign-in is linked" in text_of(page)
    (known,) = found(select(FederatedIdentity))
    assert known.user_id == nadia.id
    removal = f"/en/account/linked-sign-ins/{known.key}/removal"
    assert "Ministry" in hers.get(removal).text
    assert hers.post(removal, {"present": "wrong"}).status_code == 422
    assert hers.post(removal, {"present": PASSWORD}).status_code == 303
    assert not found(select(FederatedIdentity))
    assert last_event(found, "identity-unlinked").person_id == nadia.id
    assert [each["To"] for each in delivered(app)] == ["n@home.example"] * 2
    assert hers.get(removal).status_code == 404


def test_a_link_is_for_who_asked_for_it_and_an_identity_for_one_account(
    browser, db, issuer, awa, found
):
    make_nadia(db, issuer)
    awa.password_hash = hash_of(PASSWORD)
    db.commit()
    hers, path = browser.as_(awa), "/en/account/linked-sign-ins/with/interior"
    leave(hers, issuer, path, {"present": PASSWORD})
    taken = back(hers, issuer)
    assert taken.status_code == 409
    assert "belongs to another account" in text_of(taken)
    issuer.person = NADIA | {"sub": "n-3"}
    leave(hers, issuer, path, {"present": PASSWORD})
    hers.post("/en/sign-out")
    assert back(hers, issuer).status_code == 410
    assert len(found(select(FederatedIdentity))) == 1


def test_who_has_no_password_proves_themselves_at_the_provider(eve, db, issuer, found):
    nadia = make_nadia(db, issuer, password=False)
    go(eve, issuer)
    assert "You have no password here" in text_of(eve.get("/en/account/password"))
    wish = {"password": "four plain words here"}
    db.execute(update(SignIn).values(proved_at=None))
    db.commit()
    referer = {"Referer": "http://capacita.test/en/account/password"}
    sent = eve.post("/en/account/password", wish, headers=referer)
    assert sent.headers["location"] == "/en/account/proof?next=%2Fen%2Faccount%2Fpassword"
    assert "Sign in with Ministry" in eve.follow(sent).text
    leave(eve, issuer, "/en/account/proof/interior", {"next": "/en/account/password"})
    assert (issuer.question["prompt"], issuer.question["max_age"]) == ("login", "0")
    issuer.claims = {"auth_time": 1_700_000_000}
    assert "did not ask you to sign in again" in text_of(back(eve, issuer))
    issuer.claims = {"sub": "n-2"}
    issuer.person = NADIA | {"sub": "n-2"}
    leave(eve, issuer, "/en/account/proof/interior")
    assert "as somebody whose account this is not" in text_of(back(eve, issuer))
    issuer.claims, issuer.person = {}, NADIA
    leave(eve, issuer, "/en/account/proof/interior", {"next": "/en/account/password"})
    assert back(eve, issuer).headers["location"] == "/en/account/password"
    assert eve.post("/en/account/password", wish).status_code == 303
    assert found(select(User.password_hash).where(User.id == nadia.id)) != [None]


def test_the_only_way_in_stays(eve, db, issuer, found):
    make_nadia(db, issuer, password=False)
    go(eve, issuer)
    (known,) = found(select(FederatedIdentity))
    kept = eve.post(f"/en/account/linked-sign-ins/{known.key}/removal")
    assert "your only way in" in text_of(kept)


def test_signing_out_leads_on_to_the_provider_that_signed_in(eve, db, issuer, browser, awa):
    make_nadia(db, issuer)
    go(eve, issuer)
    out = eve.post("/en/sign-out")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    asked = question_in(unescape(re.search(r'0;url=([^"]+)"', out.text)[1]))
    assert asked == {
        "client_id": "capacita", "post_logout_redirect_uri": "http://capacita.test/",
    }  # fmt: skip
    assert not is_in(eve)
    assert browser.as_(awa).post("/en/sign-out").status_code == 303


def test_an_erasure_forgets_whom_the_provider_knows(db, issuer):
    nadia = make_nadia(db, issuer)
    erase(db, nadia)
    assert not db.scalars(select(FederatedIdentity)).all()


def test_who_merged_two_accounts_takes_the_sign_in_along(browser, db, issuer, found):
    gone = make_nadia(db, issuer)
    stays = register(db, name="Nadia", email="n@office.example", language="en", by=1)
    stays.password_hash = hash_of(PASSWORD)
    gone.merged_into = stays.id
    db.commit()
    hers = browser.as_(stays)
    assert "was merged with another" in text_of(go(hers, issuer))
    leave(hers, issuer, "/en/account/linked-sign-ins/with/interior", {"present": PASSWORD})
    back(hers, issuer)
    assert [each.user_id for each in found(select(FederatedIdentity))] == [stays.id]
    assert user_called(db, "n@office.example") is not None


def test_the_address_of_an_account_that_went_lets_nobody_in_as_the_one_that_stays(
    eve, db, issuer, found
):
    gone = register(db, name="Nadia", email="nadia@interior.example", language="en", by=1)
    stays = register(db, name="Chief", email="chief@office.example", language="en", by=1)
    gone.merged_into = stays.id
    db.commit()
    refused = go(eve, issuer)
    assert refused.status_code == 409
    assert "was merged with another" in text_of(refused)
    assert not is_in(eve)
    assert not found(select(FederatedIdentity))
