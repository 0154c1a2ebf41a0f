"""Signing in by a real OpenID Connect provider: a new account, linking one's own, and out again."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.identity.federation.discoveries import Providers
from app.identity.sign_ins import SignIn
from app.settings.providers import Provider
from tests.journeys.accessibility import ALL, RUN, axe
from tests.journeys.sites import PASSWORD, Site
from tests.journeys.windows import PHONE, Look, Window, fields
from tests.makers.providers import SECRET, real_provider

# What is looked at here is the browser and the provider; the rules are tested on both databases.
pytestmark = [pytest.mark.journey, pytest.mark.parametrize("site", ["sqlite"], indirect=True)]


@pytest.fixture
def ministry(site: Site) -> Iterator[Provider]:
    """The provider, told to this site for as long as the test lasts."""
    with real_provider(site.address) as issuer:
        provider = Provider(
            key="interior",
            issuer=issuer,
            client_id="capacita",
            client_secret=SECRET,
            label="Ministry of the Interior",
            makes_accounts=True,
            trusted_domains=("interior.example",),
            strong_amr=("mfa",),
            institution="institute",
            confirms=True,
        )
        site.app.state.providers = Providers((provider,), time.monotonic)
        yield provider
        del site.app.state.providers


def test_a_new_person_comes_in_by_the_ministry_and_leaves_there_too(site, window, ministry):
    hers = window(Look(PHONE, scripts=False))
    hers.open("/en/sign-in")
    at_the_ministry(hers, "Sign in with Ministry of the Interior", "n-1")
    expect(hers.page.locator("h1")).to_have_text("Your account here")
    assert hers.page.get_by_label("Your name").input_value() == "Nadia Benali"
    assert "nadia.benali@interior.example" in hers.text()
    hers.press(hers.button("Create my account"), 422)
    fields(hers, {}, ticked=("I have read",))
    hers.press(hers.button("Create my account"))
    assert hers.heading() == "My learning"
    hers.open("/en/account")
    assert "Institute of Public Administration" in hers.text()
    assert "confirmed by your institution" in hers.text()
    with site.engines.reading() as db:
        asked = select(SignIn.is_two_steps).where(SignIn.provider == "interior")
        assert db.scalars(asked).all() == [True]
    hers.button("Sign out").click()
    expect(hers.page.locator("h1")).to_have_text("Sign out at the ministry")
    hers.page.get_by_role("button", name="Sign out there").click()
    hers.page.wait_for_url(re.compile(f"^{site.address}/en/"))
    hers.open("/en/sign-in")
    assert hers.heading() == "Sign in"


def test_who_leaves_at_the_ministry_is_signed_out_here_too(site, window, ministry):
    hers, theirs = window(Look(PHONE, scripts=False)), window(who=site.learner())
    hers.open("/en/sign-in")
    at_the_ministry(hers, "Sign in with Ministry of the Interior", "n-2")
    fields(hers, {}, ticked=("I have read",))
    hers.press(hers.button("Create my account"))
    assert hers.heading() == "My learning"
    hers.page.goto(f"{ministry.issuer}/session/end")
    hers.page.get_by_role("button", name="Sign out there").click()
    expect(hers.page.locator("h1")).to_have_text("Signed out at the ministry")
    hers.open("/en/sign-in")
    assert hers.heading() == "Sign in"
    with site.engines.reading() as db:
        asked = select(SignIn.provider_session, SignIn.revoked_at).where(
            SignIn.provider == "interior"
        )
        revoked = db.execute(asked.order_by(SignIn.made_at.desc())).first()
    assert all(revoked)
    theirs.open("/en/account")
    assert theirs.heading() == "Your account"


def test_a_learner_links_the_ministry_to_their_account(site, window, ministry):
    awa = site.learner()
    hers = window(who=awa)
    hers.open("/en/account")
    hers.press(hers.link("Linked sign-ins"))
    check(hers)
    fields(hers, {"Present password": PASSWORD})
    at_the_ministry(hers, "Link Ministry of the Interior", "n-2")
    expect(hers.page.locator(".notice h2")).to_have_text("The sign-in is linked")
    check(hers)
    hers.context.clear_cookies()
    hers.open("/en/sign-in")
    check(hers)
    at_the_ministry(hers, "Sign in with Ministry of the Interior", "n-2")
    expect(hers.page.locator("h1")).to_have_text("My learning")
    hers.context.clear_cookies()
    hers.open("/en/sign-in")
    at_the_ministry(hers, "Sign in with Ministry of the Interior", "")
    expect(hers.page.locator("h1")).to_contain_text("did not sign you in")


def at_the_ministry(window: Window, button: str, number: str) -> None:
    """Press the button that leads to the provider, and say there who one is, or nobody."""
    window.button(button).click()
    expect(window.page.locator("h1")).to_have_text("Sign in at the ministry")
    window.page.get_by_label("Number").fill(number)
    window.page.get_by_role("button", name="Sign in there").click()


def check(window: Window) -> None:
    """Axe finds nothing on the page as it stands."""
    window.page.evaluate(axe())
    assert window.page.evaluate(RUN, ALL) == []
