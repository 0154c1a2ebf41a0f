"""A provider signs people out behind their backs: whose sign-ins end, and which tokens count."""

import time
from collections.abc import Iterator

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select

from app.activity.events import Event
from app.identity.agreements import agree
from app.identity.federation.logouts import EVENT
from app.identity.sign_ins import SignedOutByProvider
from app.settings import Settings
from tests.browser import Browser
from tests.identity.test_federation import go, is_in, link, make_nadia
from tests.makers.people import make_institute, make_person
from tests.makers.providers import Issuer, issuing

AT = "/sign-out/by/interior"
NOW = int(time.time())
WRONG = (
    ("iss", {"iss": "https://login.elsewhere.example"}),
    ("aud", {"aud": "another"}),
    ("aud", {"aud": None}),
    ("iat", {"iat": NOW - 3600}),
    ("iat", {"iat": NOW + 3600}),
    ("iat", {"iat": None}),
    ("exp", {"exp": NOW - 3600}),
    ("events", {"events": None}),
    ("events", {"events": [EVENT]}),
    ("events", {"events": {"http://schemas.openid.net/event/other": {}}}),
    ("nonce", {"nonce": "n0nce"}),
    ("sub", {"sub": None}),
    ("sub", {"sub": 7}),
    ("sub", {"sid": ""}),
    ("jti", {"jti": None}),
)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def settings(settings: Settings, issuer: Issuer) -> Settings:
    providers = (issuer.provider(), issuer.provider(key="plain", label="Plain"))
    return settings.model_copy(update={"providers": providers})


def told(browser: Browser, token: str, path: str = AT) -> tuple[int, str]:
    """What the provider hears: the status, and which claim was wrong. No browser sends it."""
    client = browser.client
    answer = browser.portal.call(lambda: client.post(path, data={"logout_token": token}))
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error_description"] if answer.content else ""


def test_only_that_persons_sign_ins_by_that_provider_end(db, eve, browser, issuer, awa):
    nadia, omar = make_nadia(db, issuer), make_person(db, "Omar Sy", make_institute(db))
    agree(db, omar.id)
    link(db, omar, issuer, "n-2")
    db.commit()
    by_password = browser.as_(nadia)
    go(eve, issuer)
    by_plain = browser.as_(awa)
    go(by_plain, issuer, "plain")
    issuer.person = {"sub": "n-2", "name": "Omar Sy"}
    his = browser.as_(awa)
    go(his, issuer)
    assert all(is_in(each) for each in (eve, by_password, by_plain, his))
    assert told(by_plain, issuer.logout_token(sub="n-1")) == (200, "")
    assert [is_in(each) for each in (eve, by_password, by_plain, his)] == [False, True, True, True]
    asked = select(Event).where(Event.kind == SignedOutByProvider.kind)
    (event,) = db.scalars(asked).all()
    assert (event.person_id, event.payload) == (nadia.id, {"provider": "interior", "count": 1})


def test_a_session_ends_alone_and_a_token_counts_once(db, eve, browser, issuer, awa):
    make_nadia(db, issuer)
    other = browser.as_(awa)
    for at, session in ((eve, "s-1"), (other, "s-2")):
        issuer.claims = {"sid": session}
        go(at, issuer)
    by_session = issuer.logout_token(sub=None, sid="s-2")
    assert told(eve, by_session) == (200, "")
    assert (is_in(eve), is_in(other)) == (True, False)
    assert told(eve, by_session) == (400, "jti")
    assert told(eve, issuer.logout_token(sub="n-9", sid="s-1")) == (200, "")
    assert is_in(eve)
    assert told(eve, issuer.logout_token(sub="n-1", sid="s-1")) == (200, "")
    assert not is_in(eve)


def test_a_token_that_is_not_whole_signs_nobody_out(db, eve, issuer):
    make_nadia(db, issuer)
    go(eve, issuer)
    said = [(name, told(eve, issuer.logout_token(**claims))) for name, claims in WRONG]
    assert said == [(name, (400, name)) for name, _claims in WRONG]
    forged = ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})
    assert told(eve, issuer.logout_token(forged)) == (400, "signature")
    assert told(eve, issuer.token("n0nce")) == (400, "events")
    assert told(eve, "") == (400, "no ID token")
    assert is_in(eve)


def test_a_provider_that_does_not_say_that_it_tells_is_not_believed(db, eve, issuer):
    issuer.metadata["backchannel_logout_supported"] = False
    assert told(eve, issuer.logout_token()) == (400, "backchannel_logout_supported")
    assert eve.post("/sign-out/by/nobody", {"logout_token": "x"}).status_code == 404
