"""Erasures that others enter: told to the person, granted by nobody alone and at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.custody.data_requests import DataRequest
from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, REGISTRAR, end_grant, grant, standing_grant
from app.identity.users import User
from tests.browser import text_of
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import cast, confirm_place, make_institute, make_interior

OWN, QUEUE = "/en/account/data-requests", "/en/data-requests"
GRANTED = {"outcome": "granted", "answer": "You are erased as you asked.", "understood": "yes"}
SUBJECT = "The erasure of your data was asked for in your name"


def letter_for(person: User, kind: str = "erasure") -> dict[str, str]:
    """What an administrator types of a letter that came twenty days ago."""
    came = clock.now().date() - timedelta(days=20)
    return {"email": person.email, "kind": kind, "came_on": came.isoformat()}


@pytest.fixture
def entered(db, browser, awa, chloe, found) -> str:
    """The address of an erasure that chloe entered for awa, who is staff."""
    confirm_place(db, awa)
    assert browser.as_(chloe).post(QUEUE, letter_for(awa)).status_code == 303
    return f"{QUEUE}/{found(select(DataRequest.key))[0]}"


@pytest.fixture
def names(found, awa):
    return lambda: found(select(User.name).where(User.id == awa.id))


def test_who_entered_it_grants_it_a_week_later_and_not_before(
    browser, entered, chloe, names, monkeypatch
):
    now, hers = clock.now(), browser.as_(chloe)
    for days in (timedelta(), timedelta(days=6, hours=23)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + days)
        page = hers.get(entered)
        assert "You entered this erasure yourself" in text_of(page)
        assert 'value="granted" disabled>' in page.text
        assert "I understand" not in page.text, "there is nothing to agree to yet"
        refused = hers.post(f"{entered}/closing", GRANTED)
        assert refused.status_code == 409
        assert "Another administrator may grant it at once" in text_of(refused)
        assert names() == ["Awa Diop"]
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=7))
    assert "You entered" not in text_of(hers.get(entered))
    assert "I understand" in text_of(hers.get(entered))
    assert hers.post(f"{entered}/closing", GRANTED).status_code == 303
    assert names() == [""]


def test_another_administrator_grants_it_at_once(db, browser, entered, names):
    ministry = make_interior(db)
    omar = cast(db, "Omar Aziz", ministry, roles=(ADMINISTRATOR,), on=ministry)
    his = browser.as_(omar)
    assert "You entered" not in text_of(his.get(entered))
    assert his.post(f"{entered}/closing", GRANTED).status_code == 303
    assert names() == [""]


def test_who_entered_it_may_refuse_it_at_once(browser, entered, chloe, names):
    refusal = {"outcome": "refused", "answer": "It was not theirs after all."}
    assert browser.as_(chloe).post(f"{entered}/closing", refusal).status_code == 303
    assert names() == ["Awa Diop"]


def test_the_person_is_told_at_once_by_whom_and_where_to_object(app, entered, awa):
    (letter,) = [each for each in delivered(app) if each["To"] == awa.email]
    told = text_of_letter(letter)
    assert letter["Subject"] == SUBJECT
    assert "an administrator of “Ministry of the Interior” entered in your name" in told
    assert "/en/contact" in told


def test_nobody_enters_it_for_who_only_claims_to_work_there(app, db, browser, awa, chloe, found):
    hers = browser.as_(chloe)
    refused = hers.post(QUEUE, letter_for(awa))
    assert refused.status_code == 409
    assert "Nobody has confirmed yet" in text_of(refused)
    assert hers.post(QUEUE, letter_for(awa, "access")).status_code == 303
    pia = cast(db, "Pia Holm", make_interior(db), roles=(ADMINISTRATOR,))
    assert browser.as_(pia).post(QUEUE, letter_for(awa)).status_code == 303
    asked = select(DataRequest.key).where(DataRequest.institution_id.is_(None))
    (key,) = found(asked)
    assert hers.get(f"{QUEUE}/{key}").status_code == 404
    told = {each["Subject"]: text_of_letter(each) for each in delivered(app)}
    assert "an administrator of this platform entered in your name" in told[SUBJECT]


def test_an_erasure_waits_for_the_end_of_roles_that_are_not_ones_own_to_give(
    db, browser, awa, chloe, names, found
):
    institute, ministry = make_institute(db), make_interior(db)
    omar = cast(db, "Omar Aziz", institute, roles=(ADMINISTRATOR,), on=institute)
    grant(db, awa.id, REGISTRAR, ministry.id)
    grant(db, awa.id, ADMINISTRATOR, None)
    db.commit()
    browser.as_(awa).post(OWN, {"kind": "erasure"})
    way = f"{QUEUE}/{found(select(DataRequest.key))[0]}"
    for person, roles in ((omar, "Administrator, Registrar"), (chloe, "Administrator")):
        theirs = browser.as_(person)
        words = f"The person holds a role that you may not give: {roles}."
        assert words in text_of(theirs.get(way))
        refused = theirs.post(f"{way}/closing", GRANTED)
        assert refused.status_code == 409
        assert words in text_of(refused), "also where the form was sent in spite of the page"
    in_french = browser.as_(omar).post(f"/fr{way.removeprefix('/en')}/closing", GRANTED)
    assert "Administrateur, Responsable des inscriptions" in text_of(in_french)
    end_grant(db, standing_grant(db, awa.id, ADMINISTRATOR, None))
    db.commit()
    assert names() == ["Awa Diop"]
    assert browser.as_(chloe).post(f"{way}/closing", GRANTED).status_code == 303
    assert names() == [""]
