"""The account's pages: at a glance, how a person is named, and where they say they work."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.identity.placements import Placement, place, place_of
from app.identity.users import User
from tests.browser import text_of
from tests.makers.people import make_institute, make_interior

PROFILE, WORK = "/en/account/profile", "/en/account/work"


def test_changed_names_and_a_language_are_kept(browser, awa, db):
    own = browser.as_(awa)
    fields = {"name": "  Awa   Ndiaye ", "other_name": "آوا", "language": "en-XA"}
    page = own.follow(own.post(PROFILE, fields))
    assert "Your name and language are saved" in text_of(page)
    assert "آوا" in text_of(page)
    assert 'value="Awa Ndiaye"' in own.get(PROFILE).text
    row = db.execute(select(User.name, User.other_name, User.language)).one()
    assert row == ("Awa Ndiaye", "آوا", "en-XA")
    assert db.scalars(select(Event.kind)).all().count("account-changed") == 1


@pytest.mark.parametrize(
    ("path", "fields", "words"),
    [
        (PROFILE, {"name": " ", "language": "en"}, "as it should stand on a certificate."),
        (PROFILE, {"name": "Awa", "language": "tlh"}, "Choose a language from the list."),
        (WORK, {"gender": "cat"}, "Choose one of the answers"),
        (WORK, {"country": "XK"}, "Choose a country from the list."),
        (WORK, {"place": "Dakar"}, "Write a code such as SN-DK"),
        (WORK, {"country": "FR", "place": "SN-DK"}, "Begin the code of the place with that"),
        (WORK, {"grade": "A" * 65}, "Shorten this to 64 characters or fewer."),
    ],
)
def test_what_will_not_do_comes_back_with_words(browser, awa, path, fields, words):
    answer = browser.as_(awa).post(path, fields)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_an_institution_is_a_claim_and_the_earlier_one_stays_in_the_record(browser, awa, db):
    make_interior(db)
    db.commit()
    own = browser.as_(awa)
    assert "Institute of Public Administration" in text_of(own.get("/en/account"))
    told = {"institution": "ministry-of-the-interior", "grade": "A2", "gender": "woman"}
    told |= {"country": "SN", "place": "sn-dk"}
    page = text_of(own.follow(own.post(WORK, told)))
    assert "Your institution is saved" in page
    assert "as you told us" in page
    assert place_of(db, awa.id).name == "Ministry of the Interior"
    rows = db.scalars(select(Placement).order_by(Placement.id)).all()
    row = rows[-1]
    assert len(rows) == 2
    assert (row.grade, row.gender, row.country, row.place) == ("A2", "woman", "SN", "SN-DK")
    db.commit()
    assert 'value="SN" selected' in own.get(WORK).text


def test_a_confirmed_place_stays_so_with_another_grade_and_none_may_be_named(
    browser, awa, chloe, db
):
    place(db, awa.id, make_institute(db).id, confirmed_by=chloe.id)
    db.commit()
    own = browser.as_(awa)
    told = {"institution": "institute", "grade": "A3"}
    page = own.follow(own.post(WORK, told))
    assert "confirmed by your institution" in text_of(page)
    page = own.follow(own.post(WORK, {**told, "institution": ""}))
    assert "You have named no institution." in text_of(page)


def test_an_institution_nobody_knows_is_refused(browser, awa, db):
    answer = browser.as_(awa).post(WORK, {"institution": "atlantis"})
    assert answer.status_code == 404
    assert len(db.scalars(select(Placement.id)).all()) == 1


def test_only_who_holds_a_role_is_shown_the_way_to_administration(browser, awa, chloe):
    assert "/en/administration" not in browser.as_(awa).get("/en/account").text
    assert "/en/administration" in browser.as_(chloe).get("/en/account").text
