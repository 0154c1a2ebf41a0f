"""Races: two browsers press the same button at the same moment, and one of them is told so."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.identity.agreements import agree
from app.identity.grants import ADMINISTRATOR, Grant
from app.identity.invitations import invite
from app.identity.second_factors import SecondFactor, begin
from app.identity.users import User
from tests.browser import OWN_PAGE, Browser
from tests.makers.mails import delivered, link_in
from tests.makers.people import make_institute, make_person

FORM = {**OWN_PAGE, "Content-Type": "application/x-www-form-urlencoded"}
WISH = {
    "name": "Nia Okafor",
    "email": "nia.okafor@example.org",
    "password": "three plain words",
    "agreed": "yes",
}


def pressed_twice(browser: Browser, path: str, body: str = "") -> list[int]:
    """The statuses of two equal forms that are sent at once."""

    async def press() -> list[int]:
        twice = (browser.client.post(path, headers=FORM, content=body) for _press in range(2))
        return [answer.status_code for answer in await asyncio.gather(*twice)]

    return sorted(browser.portal.call(press))


def test_a_link_followed_twice_at_once_makes_one_account(eve, app, db):
    eve.post("/en/register", WISH)
    link = link_in(delivered(app)[0], app)
    assert pressed_twice(eve, link) == [303, 410]
    assert db.scalars(select(func.count(User.id))).one() == 1


def test_two_links_for_one_address_at_once_make_one_account(eve, app, db):
    eve.post("/en/register", WISH)
    eve.post("/en/register", WISH)
    first, second = (link_in(letter, app) for letter in delivered(app))

    async def follow() -> list[int]:
        both = (eve.client.post(path, headers=FORM) for path in (first, second))
        return [answer.status_code for answer in await asyncio.gather(*both)]

    assert sorted(eve.portal.call(follow)) == [303, 409]
    assert db.scalars(select(func.count(User.id))).one() == 1


def test_a_reset_pressed_twice_at_once_sets_one_password(eve, app, db):
    user = make_person(db, "Nia Okafor")
    agree(db, user.id)
    db.commit()
    eve.post("/en/reset", {"email": WISH["email"]})
    link = link_in(delivered(app)[0], app)
    assert pressed_twice(eve, link, "password=four+other+plain+words") == [303, 410]


@pytest.mark.parametrize("known", [True, False])
def test_an_invitation_taken_twice_at_once_gives_its_role_once(eve, app, db, chloe, known):
    if known:
        nia = make_person(db, "Nia Okafor")
    invite(db, chloe, WISH["email"], [ADMINISTRATOR], make_institute(db).id)
    db.commit()
    link = link_in(delivered(app)[0], app)
    if known:
        statuses = pressed_twice(eve.as_(nia), f"{link}/acceptance")
    else:
        body = "name=Nia&password=three+plain+words&agreed=yes"
        statuses = pressed_twice(eve, f"{link}/account", body)
    assert statuses == [303, 410]
    held = select(func.count(Grant.id)).where(Grant.user_id != chloe.id)
    assert db.scalars(held).one() == 1


def test_a_device_begun_twice_at_once_has_one_secret(db, engines, found):
    nia = make_person(db, "Nia Okafor")
    db.commit()

    def begin_meanwhile() -> None:
        with engines.writing() as other:
            begin(other, nia.id)

    with ThreadPoolExecutor(1) as pool:
        with engines.writing() as first:
            begin(first, nia.id)
            second = pool.submit(begin_meanwhile)
            time.sleep(0.3)  # in which it comes as far as it can
        second.result(timeout=20)
    assert found(select(SecondFactor.user_id)) == [nia.id]
