"""The account page: name, language, and where a person says they work."""

from sqlalchemy import select

from app.activity.events import Event
from app.identity.placements import Placement, place, place_of
from app.identity.users import User
from tests.browser import text_of
from tests.makers.people import make_interior


def test_a_changed_name_and_language_are_kept(browser, awa, db):
    own = browser.as_(awa)
    answer = own.post("/en/account", {"name": "  Awa   Ndiaye ", "language": "en-XA"})
    assert answer.headers["location"] == "/en/account?saved=account"
    page = own.follow(answer)
    assert "Your name and language are saved" in text_of(page)
    assert 'value="Awa Ndiaye"' in page.text
    assert db.execute(select(User.name, User.language)).one() == ("Awa Ndiaye", "en-XA")
    assert db.scalars(select(Event.kind)).all().count("account-changed") == 1


def test_a_name_is_needed_and_a_language_is_one_of_ours(browser, awa):
    own = browser.as_(awa)
    answer = own.post("/en/account", {"name": " ", "language": "en"})
    assert answer.status_code == 422
    assert "Write your name as it should stand on a certificate." in text_of(answer)
    answer = own.post("/en/account", {"name": "Awa", "language": "tlh"})
    assert answer.status_code == 422
    assert "Choose a language from the list." in text_of(answer)


def test_an_institution_is_a_claim_and_the_earlier_one_stays_in_the_record(browser, awa, db):
    make_interior(db)
    db.commit()
    own = browser.as_(awa)
    assert "Institute of Public Administration" in text_of(own.get("/en/account"))
    answer = own.post("/en/account/placement", {"institution": "ministry-of-the-interior"})
    page = text_of(own.follow(answer))
    assert "Your institution is saved" in page
    assert "as you told us" in page
    assert place_of(db, awa.id).name == "Ministry of the Interior"
    assert len(db.scalars(select(Placement.id)).all()) == 2


def test_a_confirmed_place_says_so_and_none_may_be_named(browser, awa, chloe, db):
    place(db, awa.id, make_interior(db).id, confirmed_by=chloe.id)
    db.commit()
    own = browser.as_(awa)
    assert "confirmed by your institution" in text_of(own.get("/en/account"))
    page = own.follow(own.post("/en/account/placement", {"institution": ""}))
    assert "You have named no institution." in text_of(page)


def test_an_institution_nobody_knows_is_refused(browser, awa, db):
    answer = browser.as_(awa).post("/en/account/placement", {"institution": "atlantis"})
    assert answer.status_code == 404
    assert len(db.scalars(select(Placement.id)).all()) == 1


def test_only_who_holds_a_role_is_shown_the_way_to_colleagues(browser, awa, chloe):
    assert "/en/people" not in browser.as_(awa).get("/en/account").text
    assert "/en/people" in browser.as_(chloe).get("/en/account").text
