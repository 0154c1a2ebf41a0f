"""Tokens where an institution asks a second step: made with one, and by who still has one."""

import hashlib
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.foundation import clock
from app.identity.demands import ONE, OWN, demand_step, waive_step
from app.identity.federation.identities import FederatedIdentity
from app.identity.grants import ADMINISTRATOR, REGISTRAR
from app.identity.second_factors import SecondFactor
from app.identity.sign_ins import Way, open_sign_in
from app.interop.tokens import ApiToken
from tests.browser import text_of
from tests.identity.test_demands import give_device
from tests.makers.interop import Program, make_api_token
from tests.makers.people import cast, make_interior

TOKENS = "/en/institutions/ministry-of-the-interior/tokens"


@pytest.fixture
def interior(db):
    made = make_interior(db)
    db.commit()
    return made


@pytest.fixture
def boss(db, interior):
    """Who can ask a second step of everybody at the ministry, since they have one."""
    boss = cast(db, "Berta Stein", interior, roles=(ADMINISTRATOR, REGISTRAR), on=interior)
    give_device(db, boss)
    return boss


def demand(db, boss, interior) -> None:
    demand_step(db, boss.id, interior.id)
    db.commit()


def lose_device(db, user) -> None:
    db.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    db.commit()


def refused(answer) -> bool:
    return (answer.status_code, answer.json().get("code")) == (403, "step-of-maker-missing")


def test_a_token_made_by_a_password_alone_stops_when_a_second_step_is_asked(
    db, eve, browser, chloe, boss, interior
):
    early = Program(eve, make_api_token(db, chloe, interior))
    assert early.get("/units").status_code == 200
    demand(db, boss, interior)
    told = early.get("/units")
    assert refused(told)
    assert "A second step at sign-in is asked" in told.json()["title"]
    give_device(db, chloe)
    assert refused(early.get("/units"))  # whoever made it may have known the password alone
    assert "It lets nobody in" in text_of(browser.as_(chloe).get(TOKENS))
    made = Program(eve, make_api_token(db, chloe, interior))
    assert made.get("/units").status_code == 200
    waive_step(db, boss.id, interior.id)
    db.commit()
    assert early.get("/units").status_code == 200


def test_a_token_stops_while_its_maker_has_no_second_step(db, eve, chloe, boss, interior):
    give_device(db, chloe)
    program = Program(eve, make_api_token(db, chloe, interior))
    demand(db, boss, interior)
    assert program.get("/units").status_code == 200
    lose_device(db, chloe)
    assert refused(program.get("/units"))
    give_device(db, chloe)
    assert program.get("/units").status_code == 200


def test_two_steps_that_a_provider_saw_count_as_long_as_it_signs_the_maker_in(
    db, eve, chloe, boss, interior
):
    now = clock.now()
    signed_in = open_sign_in(db, chloe.id, way=Way("ministry", is_two_steps=True, proved_at=now))
    linked = {"issuer": "https://id.example.org", "subject": "chloe", "made_at": now}
    db.add(FederatedIdentity(key=uuid4(), user_id=chloe.id, **linked))
    sign_in = hashlib.sha256(signed_in.encode()).digest()
    program = Program(eve, make_api_token(db, chloe, interior, sign_in=sign_in))
    demand(db, boss, interior)
    assert program.get("/units").status_code == 200
    db.execute(delete(FederatedIdentity).where(FederatedIdentity.user_id == chloe.id))
    db.commit()
    assert refused(program.get("/units"))


def test_the_page_keeps_by_which_steps_its_visitor_is_signed_in(db, browser, chloe, interior):
    asked = {"name": "Nightly", "scopes": "units:read", "last_day": clock.now().date().isoformat()}

    def made() -> str:
        assert browser.as_(chloe).post(TOKENS, asked).status_code == 201
        found = db.scalars(select(ApiToken.steps).order_by(ApiToken.id.desc()).limit(1)).one()
        db.commit()
        return found

    assert made() == ONE
    give_device(db, chloe)
    assert made() == OWN
