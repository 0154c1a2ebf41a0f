"""An institution asks a second step of roles: nobody uses one there with a password alone."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.foundation import clock
from app.identity.demands import Demand
from app.identity.grants import ADMINISTRATOR
from app.identity.second_factors import SecondFactor
from tests.browser import text_of
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior

PEOPLE, STEP = "/en/people", "/en/people/second-step"
FIGURES, SET_UP = "/en/statistics/completions", "/en/account/second-step"


def give_device(db, user) -> None:
    now = clock.now()
    made = {"secret": "JBSWY3DPEHPK3PXP", "made_at": now, "confirmed_at": now, "last_step": 0}
    db.add(SecondFactor(user_id=user.id, **made))
    db.commit()


@pytest.fixture
def demanded(db, browser, chloe):
    """Chloe, who has a device, asks a second step at her ministry."""
    make_institute(db)
    give_device(db, chloe)
    asked = {"institution": make_interior(db).key, "demand": "yes"}
    db.commit()
    assert browser.as_(chloe).post(STEP, asked).headers["location"] == f"{PEOPLE}?done=demand-yes"


def test_who_has_none_is_led_to_set_it_up_and_then_let_in(db, browser, demanded):
    below = make_institute(db)
    omar = cast(db, "Omar Aziz", below, roles=(ADMINISTRATOR,), on=below)
    his = browser.as_(omar)
    for path in (FIGURES, PEOPLE, "/en/data-requests"):
        refused = his.get(path)
        assert refused.status_code == 403
        assert "Your institution asks a second step" in text_of(refused)
        assert f'<a class="button" href="{SET_UP}">' in refused.text
    assert his.get(SET_UP).status_code == 200
    give_device(db, omar)
    assert his.get(FIGURES).status_code == 200


def test_it_holds_downwards_only_and_for_holders_of_the_whole_platform(db, browser, demanded):
    elsewhere = make_institution(db, *HEALTH)
    other = cast(db, "Otto Berg", elsewhere, roles=(ADMINISTRATOR,), on=elsewhere)
    root = cast(db, "Ruth Root", elsewhere, roles=(ADMINISTRATOR,))
    assert browser.as_(other).get(FIGURES).status_code == 200
    assert browser.as_(root).get(FIGURES).status_code == 403


def test_it_is_asked_once_and_waived_and_the_ledger_tells(db, browser, chloe, demanded):
    hers, interior = browser.as_(chloe), {"institution": "ministry-of-the-interior"}
    assert hers.post(STEP, interior | {"demand": "yes"}).status_code == 303
    assert "Ask no longer" in text_of(hers.get(PEOPLE))
    assert hers.post(STEP, interior | {"demand": "no"}).status_code == 303
    assert hers.post(STEP, interior | {"demand": "no"}).status_code == 303
    assert db.scalars(select(Demand)).all() == []
    told = select(Event.kind).where(Event.kind.like("second-step-%"))
    assert db.scalars(told.order_by(Event.id)).all() == [
        "second-step-demanded",
        "second-step-waived",
    ]


def test_nobody_asks_it_without_having_it_or_where_they_hold_nothing(db, browser, chloe):
    hers, interior = browser.as_(chloe), {"institution": "ministry-of-the-interior"}
    refused = hers.post(STEP, interior | {"demand": "yes"})
    assert refused.status_code == 409
    assert "that you do not have yourself" in text_of(refused)
    assert f'<a class="button" href="{SET_UP}">' in refused.text
    health = make_institution(db, *HEALTH)
    give_device(db, chloe)
    for asked in ({"institution": health.key, "demand": "yes"}, interior | {"demand": "maybe"}):
        assert hers.post(STEP, asked).status_code == 403
    assert db.scalars(select(Demand)).all() == []
