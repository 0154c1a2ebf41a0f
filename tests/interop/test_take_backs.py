"""An account taken back by its earlier address leaves no program in that may be a thief's."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.identity.one_time_links import ADDRESS_BACK, make_link
from app.identity.users import User
from app.interop.tokens import ApiToken
from app.interop.webhooks import KINDS, Webhook, set_webhook
from tests.browser import text_of
from tests.makers.interop import Program, make_api_token
from tests.makers.people import cast, make_interior

WEBHOOKS = "/en/institutions/ministry-of-the-interior/webhooks"


@pytest.fixture
def colleague(db) -> User:
    """Another administrator of the ministry, whose account nobody stole."""
    ministry = make_interior(db)
    return cast(db, "Berta Stein", ministry, roles=("administrator",), on=ministry)


def set_by(db, person: User) -> str:
    unit = make_interior(db)
    address = f"http://127.0.0.1:9/{person.id}"
    made = set_webhook(db, person.id, unit.id, address, KINDS, is_private_allowed=True)
    db.commit()
    return str(made.key)


def take_back(db, browser, person: User) -> None:
    token = make_link(db, ADDRESS_BACK, user_id=person.id, details={"email": person.email})
    db.commit()
    path = f"/en/address/back/{token}"
    assert "tokens for programs that were made in it are revoked" in text_of(browser.get(path))
    assert browser.post(path).headers["location"].startswith("/en/reset/")


def test_tokens_made_in_an_account_taken_back_let_nobody_in(db, eve, chloe, colleague, found):
    unit = make_interior(db)
    stolen, sound = (
        Program(eve, make_api_token(db, each, unit, ("units:read",))) for each in (chloe, colleague)
    )
    assert [each.get("/units").status_code for each in (stolen, sound)] == [200, 200]
    take_back(db, eve, chloe)
    assert [each.get("/units").status_code for each in (stolen, sound)] == [401, 200]
    assert len(found(select(ApiToken.id).where(ApiToken.revoked_at.is_not(None)))) == 1
    told = select(Event.actor_id).where(Event.kind == "token-revoked")
    assert found(told) == [chloe.id]


def test_webhooks_of_an_account_taken_back_wait_until_somebody_looked_at_them(
    db, browser, chloe, colleague, found
):
    stolen, sound = set_by(db, chloe), set_by(db, colleague)
    take_back(db, browser, chloe)
    off = select(Webhook.made_by).where(Webhook.disabled_at.is_not(None))
    assert found(off) == [chloe.id]
    at = browser.as_(colleague)
    assert "since whoever set it took their account back" in text_of(at.get(WEBHOOKS))
    assert at.post(f"{WEBHOOKS}/{stolen}/on").status_code == 303
    assert found(off) == []
    assert "Switch it on again" not in text_of(at.get(f"{WEBHOOKS}/{sound}"))
