"""Signing in by passkey and by a device's code, and leaving a computer that others use."""

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.identity.second_factors import SecondFactor
from tests.journeys.accessibility import ALL, RUN, axe
from tests.journeys.keyboards import Keyboard
from tests.journeys.sites import PASSWORD, Person, Site, user_id_of
from tests.journeys.steps import sign_in
from tests.journeys.windows import PHONE, Look, Window, fields

# What is looked at here is the browser; the rules are tested on both databases.
pytestmark = [pytest.mark.journey, pytest.mark.parametrize("site", ["sqlite"], indirect=True)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_and_signs_in_by_keyboard_on_a_phone(site, window):
    awa = site.learner()
    hers = window(Look(PHONE))
    plug_in_device(hers)
    sign_in(hers, awa)
    hands = Keyboard(hers)
    make_passkey(hers, hands)
    hers.open("/en/account")
    hands.go("Sign out")
    hers.open("/en/sign-in")
    check(hers)
    hands.go("Sign in with a passkey")
    assert hers.heading() == "My learning"
    hers.open("/en/account/passkeys")
    assert "last used" in hers.text()
    hands.go("Remove")
    hands.type("present", PASSWORD)
    hands.go("Remove this passkey")
    assert "The passkey is removed" in hers.text()


def test_the_second_step_is_a_passkey_or_the_code_of_a_device(site, window):
    awa = site.learner()
    hers = window(Look(PHONE))
    plug_in_device(hers)
    sign_in(hers, awa)
    make_passkey(hers, Keyboard(hers))
    hers.open("/en/account/second-step")
    fields(hers, {"Present password": PASSWORD})
    hers.press(hers.button("Go on"))
    hers.page.locator("#code").fill(code_of(site, awa))
    hers.press(hers.button("Switch the second step on"))
    for way in ("passkey", "code"):
        hers.open("/en/account")
        hers.press(hers.button("Sign out"))
        sign_in(hers, awa, "The second step")
        if way == "passkey":
            check(hers)
            hers.press(hers.button("Use my passkey"))
        else:
            hers.page.locator("#code").fill(code_of(site, awa))
            hers.press(hers.button("Sign in"))
        assert hers.heading() == "My learning"


def test_who_leaves_a_shared_computer_leaves_nothing_on_it(site, window):
    awa = site.learner()
    hers = window()
    sign_in(hers, awa)
    hers.open("/en/account")
    assert awa.email in hers.text()
    hers.page.evaluate("localStorage.setItem('answer', 'mine'); caches.open('own')")
    with hers.page.expect_response("**/en/sign-out") as leaving:
        hers.press(hers.button("Sign out"))
    assert leaving.value.header_value("clear-site-data") == '"cache", "storage"'
    assert hers.page.evaluate("caches.keys().then(all => all.length + localStorage.length)") == 0
    hers.page.go_back()
    expect(hers.page.locator("h1")).to_have_text("Sign in")
    assert awa.email not in hers.page.content()


def plug_in_device(window: Window) -> None:
    """Give the browser a device in software, which always says that its owner is there."""
    browser = window.context.new_cdp_session(window.page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def make_passkey(window: Window, hands: Keyboard) -> None:
    """From the list to a passkey of one's own, and the codes for paper."""
    window.open("/en/account/passkeys")
    hands.type("name", "My phone")
    hands.type("present", PASSWORD)
    hands.go("Go on")
    assert window.heading() == "Make the passkey"
    check(window)
    hands.go("Make the passkey")
    assert window.heading() == "Your codes on paper"
    assert window.page.locator(".codes li").count() == 10


def check(window: Window) -> None:
    """Axe finds nothing on the page as it stands."""
    window.page.evaluate(axe())
    assert window.page.evaluate(RUN, ALL) == []


def code_of(site: Site, who: Person) -> str:
    """What the person's device shows; a code that was taken is made free for the next use."""
    with site.engines.writing() as db:
        owned = SecondFactor.user_id == user_id_of(db, who)
        db.execute(update(SecondFactor).where(owned).values(last_step=0))
        return pyotp.TOTP(db.scalars(select(SecondFactor.secret).where(owned)).one()).now()
