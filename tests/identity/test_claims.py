"""Claims: who says to work somewhere is confirmed or refused by who looks after that place."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.identity.domains import NoDomain, own
from app.identity.grants import ADMINISTRATOR, grant
from app.identity.placements import place, standing_placement
from app.identity.users import sign_up
from tests.browser import text_of
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import HEALTH, make_institute, make_institution, make_person


def decide(browser, person, verdict: str, institution: str = "institute"):
    fields = {"person": str(person.subject), "institution": institution, "verdict": verdict}
    return browser.post("/en/people/claims", fields)


def test_a_confirmed_claim_holds_from_the_day_it_was_made(browser, app, awa, chloe, db):
    claim = standing_placement(db, awa.id).id
    db.commit()
    own_pages = browser.as_(chloe)
    page = text_of(own_pages.get("/en/people/claims"))
    assert "Awa Diop" in page
    assert awa.email in page
    page = own_pages.follow(decide(own_pages, awa, "confirmed"))
    assert "The claim is confirmed" in text_of(page)
    assert "Awa Diop" not in text_of(page)
    standing = standing_placement(db, awa.id)
    assert (standing.id, standing.confirmed_by) == (claim, chloe.id)
    event = db.scalars(select(Event).where(Event.kind == "claim-confirmed")).one()
    assert (event.actor_id, event.person_id, event.placement_id) == (chloe.id, awa.id, claim)
    db.commit()
    (letter,) = delivered(app)
    assert letter["To"] == awa.email
    assert "counts as confirmed" in text_of_letter(letter)
    assert decide(own_pages, awa, "refused").status_code == 404


def test_a_refused_claim_ends_and_the_person_is_told(browser, app, awa, chloe, db):
    place(db, awa.id, make_institute(db).id, grade="A2")
    db.commit()
    own_pages = browser.as_(chloe)
    page = own_pages.follow(decide(own_pages, awa, "refused"))
    assert "The claim is refused" in text_of(page)
    standing = standing_placement(db, awa.id)
    assert (standing.institution_id, standing.grade) == (None, "A2")
    assert "claim-refused" in db.scalars(select(Event.kind)).all()
    db.commit()
    (letter,) = delivered(app)
    assert letter["Subject"].endswith("does not confirm that you work there")


def test_claims_elsewhere_and_ones_own_are_for_others(browser, awa, chloe, dara, db):
    health = make_institution(db, *HEALTH)
    grant(db, dara.id, ADMINISTRATOR, health.id)
    db.commit()
    at_health, at_interior = browser.as_(dara), browser.as_(chloe)
    assert "No open claims" in text_of(at_health.get("/en/people/claims"))
    assert decide(at_health, awa, "confirmed").status_code == 404
    assert decide(at_health, dara, "confirmed", health.key).status_code == 404
    assert decide(at_interior, dara, "confirmed", health.key).status_code == 404
    assert decide(at_interior, awa, "maybe").status_code == 404
    assert browser.as_(awa).get("/en/people/claims").status_code == 403


def test_an_address_of_the_institution_confirms_without_anybody(db, awa):
    institute = make_institute(db)
    own(db, institute.id, " Example.ORG ")
    nia = make_person(db, "Nia Okafor", institute)
    assert standing_placement(db, nia.id).confirmed_at is not None
    assert standing_placement(db, nia.id).confirmed_by is None
    other = make_institution(db, *HEALTH)
    place(db, nia.id, other.id)
    assert standing_placement(db, nia.id).confirmed_at is None
    assert standing_placement(db, awa.id).confirmed_at is None


def test_a_domain_that_only_folds_alike_confirms_nobody(db):
    institute = make_institute(db)
    own(db, institute.id, "strasse.example")
    nia = sign_up(db, name="Nia", email="nia@straße.example", language="en", password_hash=None)
    place(db, nia.id, institute.id)
    assert standing_placement(db, nia.id).confirmed_at is None


@pytest.mark.parametrize("domain", ["example", "nia@example.org", "no such.example"])
def test_what_is_no_domain_is_refused(db, domain):
    with pytest.raises(NoDomain):
        own(db, make_institute(db).id, domain)


def test_many_claims_are_decided_at_once(browser, app, awa, bilal, chloe, dara, db):
    own_pages = browser.as_(chloe)
    ticked = [("claims", f"{each.subject}/institute") for each in (awa, bilal, dara)]
    strange = [("claims", "no-such"), ("claims", f"{awa.subject}/institute")]
    verdict = ("verdict", "confirmed")
    page = own_pages.follow(own_pages.post("/en/people/claims/many", [*ticked, *strange, verdict]))
    assert "2 claims are confirmed" in text_of(page)
    assert "No open claims" in text_of(page)
    assert standing_placement(db, awa.id).confirmed_by == chloe.id
    assert standing_placement(db, dara.id).confirmed_at is None
    db.commit()
    assert len(delivered(app)) == 2


def test_nobody_ticked_is_said_beside_the_list(browser, awa, chloe):
    page = browser.as_(chloe).post("/en/people/claims/many", {"verdict": "refused"})
    assert page.status_code == 422
    assert "Tick at least one person" in text_of(page)
    assert "Awa Diop" in text_of(page)
