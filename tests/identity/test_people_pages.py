"""Colleagues: an administrator invites by mail, and only to what they hold themselves."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.grants import (
    ADMINISTRATOR,
    REGISTRAR,
    ROLES,
    administered_by,
    institutions_administered,
)
from app.identity.invitations import Invitation
from app.identity.passwords import hash_of
from app.identity.people.colleagues import Colleague, Place, colleagues_in
from app.identity.users import user_called
from tests.browser import text_of
from tests.makers.mails import delivered, link_in, text_of_letter
from tests.makers.people import make_institute, make_institution, make_interior, make_person

OFFER = {
    "email": "nia.okafor@example.org",
    "roles": ["administrator", "registrar"],
    "institution": "institute",
}
ACCOUNT = {"name": "Nia Okafor", "password": "three plain words", "agreed": "yes"}


@pytest.fixture
def institute(db, chloe):
    """The institute under chloe's ministry."""
    institute = make_institute(db)
    db.commit()
    return institute


def send(browser, app, **more) -> str:
    """Offer a role as the person of the browser; the path of the mailed link."""
    assert browser.post("/en/people/invitations", {**OFFER, **more}).status_code == 303
    return link_in(delivered(app)[-1], app)


def test_an_invited_stranger_makes_an_account_and_holds_the_roles(
    browser, app, chloe, institute, db
):
    own = browser.as_(chloe)
    answer = own.post("/en/people/invitations", OFFER)
    assert "The invitation is on its way" in text_of(own.follow(answer))
    (letter,) = delivered(app)
    assert letter["To"] == OFFER["email"]
    assert letter["Subject"] == "Chloé Martin invites you to Capacita"
    assert "Institute of Public Administration" in text_of_letter(letter)

    link = link_in(letter, app)
    assert "Make your account" in text_of(browser.get(link))
    answer = browser.post(f"{link}/account", ACCOUNT)
    assert answer.status_code == 303
    nia = user_called(db, OFFER["email"])
    for role in (ADMINISTRATOR, REGISTRAR):
        assert institutions_administered(db, nia.id, role) == {institute.id}
    db.commit()
    page = text_of(browser.get("/en/people"))
    assert "Nia Okafor" in page
    assert "Accepted" in text_of(own.get("/en/people"))


def test_an_invited_person_with_an_account_signs_in_and_accepts(browser, app, chloe, institute, db):
    nia = make_person(db, "Nia Okafor", password_hash=hash_of("three plain words"))
    db.commit()
    link = send(browser.as_(chloe), app)
    page = browser.get(link)
    assert "The address has an account." in text_of(page)
    assert f"/en/sign-in?next={link}" in page.text

    own = browser.as_(nia)
    assert "Accept the invitation" in text_of(own.get(link))
    assert institutions_administered(db, nia.id, ADMINISTRATOR) == frozenset()
    db.commit()
    assert own.post(f"{link}/acceptance").headers["location"] == "/en/administration"
    assert institutions_administered(db, nia.id, ADMINISTRATOR) == {institute.id}
    db.commit()
    assert own.post(f"{link}/acceptance").status_code == 410


def test_an_invitation_is_for_its_address_alone(browser, app, chloe, institute, dara, db):
    link = send(browser.as_(chloe), app)
    own = browser.as_(dara)
    assert "You are signed in with another address" in text_of(own.get(link))
    answer = own.post(f"{link}/acceptance")
    assert answer.status_code == 403
    assert "another address" in text_of(answer)
    assert institutions_administered(db, dara.id, ADMINISTRATOR) == frozenset()


def test_a_known_address_makes_no_second_account(browser, app, chloe, institute, db):
    make_person(db, "Nia Okafor")
    db.commit()
    link = send(browser.as_(chloe), app)
    assert browser.post(f"{link}/account", ACCOUNT).status_code == 409


def test_the_form_of_an_invited_stranger_comes_back_with_words(browser, app, chloe, institute):
    link = send(browser.as_(chloe), app)
    answer = browser.post(f"{link}/account", {"name": "Nia", "password": OFFER["email"]})
    assert answer.status_code == 422
    assert "without your agreement" in text_of(answer)
    answer = browser.post(f"{link}/account", {**ACCOUNT, "password": OFFER["email"]})
    assert answer.status_code == 422
    assert "neither your name nor your address" in text_of(answer)
    assert browser.post(f"{link}/account", ACCOUNT).status_code == 303


def test_a_withdrawn_or_late_invitation_opens_nothing(browser, app, chloe, institute, db):
    own = browser.as_(chloe)
    withdrawn, late = send(own, app), send(own, app, email="late@example.org")
    key = db.scalars(select(Invitation.key).where(Invitation.email == OFFER["email"])).one()
    db.execute(
        update(Invitation)
        .where(Invitation.email == "late@example.org")
        .values(until=clock.now() - timedelta(seconds=1))
    )
    db.commit()
    page = own.follow(own.post(f"/en/people/invitations/{key}/withdrawal"))
    assert "The invitation is withdrawn" in text_of(page)
    assert "Withdrawn" in text_of(page)
    assert "Expired" in text_of(page)
    for link in (withdrawn, late):
        assert browser.get(link).status_code == 410
        assert browser.post(f"{link}/account", ACCOUNT).status_code == 410
    assert own.post(f"/en/people/invitations/{key}/withdrawal").status_code == 410


def test_nobody_gives_what_they_do_not_hold(browser, app, chloe, institute, db):
    health = make_institution(db, "health", "Ministry of Health", "ministry")
    only = make_person(db, "Omar Said", roles=(ADMINISTRATOR,), on=institute)
    db.commit()
    own = browser.as_(only)
    assert "registrar" not in re.findall(r'name="roles" value="(\w+)"', own.get("/en/people").text)
    for more in ({"institution": health.key}, {"institution": "ministry-of-the-interior"}, {}):
        answer = own.post("/en/people/invitations", {**OFFER, **more})
        assert answer.status_code == 403
    assert own.post("/en/people/invitations", {**OFFER, "roles": "owner"}).status_code == 422
    answer = own.post("/en/people/invitations", {**OFFER, "roles": "administrator"})
    assert answer.status_code == 303
    assert len(delivered(app)) == 1


def test_a_role_the_inviter_lost_meanwhile_is_not_given(browser, app, chloe, institute, db):
    omar = make_person(db, "Omar Said", roles=(ADMINISTRATOR, REGISTRAR), on=institute)
    db.commit()
    link = send(browser.as_(omar), app)
    ending = {"person": str(omar.subject), "role": "registrar", "institution": "institute"}
    assert browser.as_(chloe).post("/en/people/roles/ending", ending).status_code == 303

    browser.post(f"{link}/account", ACCOUNT)
    nia = user_called(db, OFFER["email"])
    assert institutions_administered(db, nia.id, ADMINISTRATOR) == {institute.id}
    assert institutions_administered(db, nia.id, REGISTRAR) == frozenset()


def test_a_role_ends_for_others_but_not_by_ones_own_hand(browser, chloe, institute, db):
    omar = make_person(db, "Omar Said", roles=(ADMINISTRATOR,), on=institute)
    db.commit()
    own = browser.as_(chloe)
    ending = {"person": str(omar.subject), "role": "administrator", "institution": "institute"}
    page = own.follow(own.post("/en/people/roles/ending", ending))
    assert "The role has ended" in text_of(page)
    assert institutions_administered(db, omar.id, ADMINISTRATOR) == frozenset()
    db.commit()
    assert own.post("/en/people/roles/ending", ending).status_code == 404

    mine = {**ending, "person": str(chloe.subject), "institution": "ministry-of-the-interior"}
    answer = own.post("/en/people/roles/ending", mine)
    assert answer.status_code == 403
    assert "You cannot take a role back from yourself." in text_of(answer)
    assert own.post("/en/people/roles/ending", {"person": "nobody"}).status_code == 404


def test_an_administrator_elsewhere_sees_and_ends_nothing_here(browser, app, chloe, institute, db):
    health = make_institution(db, "health", "Ministry of Health", "ministry")
    other = make_person(db, "Omar Said", roles=(ADMINISTRATOR, REGISTRAR), on=health)
    db.commit()
    send(browser.as_(chloe), app)
    key = db.scalars(select(Invitation.key)).one()
    db.commit()
    own = browser.as_(other)
    page = text_of(own.get("/en/people"))
    assert "Chloé Martin" not in page
    assert OFFER["email"] not in page
    assert own.post(f"/en/people/invitations/{key}/withdrawal").status_code == 404
    ending = {
        "person": str(chloe.subject),
        "role": "administrator",
        "institution": "ministry-of-the-interior",
    }
    assert own.post("/en/people/roles/ending", ending).status_code == 404


def test_a_registrar_alone_invites_nobody(browser, institute, db):
    registrar = make_person(db, "Omar Said", roles=(REGISTRAR,), on=institute)
    db.commit()
    own = browser.as_(registrar)
    assert own.get("/en/people").status_code == 403
    assert own.post("/en/people/invitations", OFFER).status_code == 403


def test_a_role_is_chosen_and_an_address_is_whole(browser, app, chloe, institute):
    own = browser.as_(chloe)
    fields = {"email": "nia.okafor@", "institution": "institute"}
    answer = own.post("/en/people/invitations", fields)
    assert answer.status_code == 422
    assert "Choose at least one role." in text_of(answer)
    assert "Write the whole address" in text_of(answer)
    assert 'value="nia.okafor@"' in answer.text
    assert delivered(app) == []


def test_every_role_that_was_ticked_comes_back_with_a_fault(browser, chloe, institute):
    own = browser.as_(chloe)
    for more in ({"email": "nia.okafor@"}, {"institution": ""}):
        answer = own.post("/en/people/invitations", {**OFFER, **more})
        assert answer.status_code == 422
        ticked = re.findall(r'name="roles" value="(\w+)"[^>]* checked', answer.text)
        assert ticked == OFFER["roles"]


def test_the_ledger_holds_no_name_and_no_address(browser, app, chloe, institute, db):
    link = send(browser.as_(chloe), app)
    browser.post(f"{link}/account", ACCOUNT)
    rows = db.execute(select(Event.kind, Event.payload)).all()
    kinds = [kind for kind, _payload in rows]
    assert kinds.count("invitation-sent") == 1
    assert kinds.count("invitation-accepted") == 1
    assert kinds.count("role-granted") == len(ROLES) + 2  # those chloe holds and gave
    assert "Nia" not in str(rows)
    assert "example.org" not in str(rows)


def test_twice_the_colleagues_take_no_more_queries(browser, chloe, institute, engines, db):
    own = browser.as_(chloe)

    def queries() -> int:
        seen = []
        listener = lambda *_args: seen.append(1)  # noqa: E731 - removed by the same name
        event.listen(engines.read, "before_cursor_execute", listener)
        assert own.get("/en/people").status_code == 200
        event.remove(engines.read, "before_cursor_execute", listener)
        return len(seen)

    before = queries()
    for number in range(6):
        make_person(db, f"Person {number}", roles=(ADMINISTRATOR,), on=make_interior(db))
    db.commit()
    assert queries() == before


def test_roles_come_by_pages_and_by_words(db, browser, chloe):
    below = [
        make_institution(db, f"part-{n}", f"Part {n % 2}", under=make_interior(db))
        for n in (1, 2, 3)
    ]
    for number in range(35):
        make_person(
            db, f"Holder {number % 9} {number}", roles=(ADMINISTRATOR, REGISTRAR, "reporter"),
            on=below[number % 3],
        )  # fmt: skip
    db.commit()
    scope = administered_by(chloe.id)
    every = colleagues_in(db, scope, most=500)
    passed: list[Colleague] = []
    while page := colleagues_in(
        db,
        scope,
        after=Place(passed[-1].institution_key, passed[-1].subject, passed[-1].role)
        if passed
        else None,
        most=7,
    ):
        passed += page
    assert passed == every
    assert len(every) > 105
    db.commit()
    at = browser.as_(chloe)
    first = at.get("/en/people")
    (onward,) = re.findall(r'href="(/en/people\?after=[^"]+)"', first.text)
    second = at.get(onward.replace("&amp;", "&"))
    assert first.text.count("End this role") <= 100
    assert "Back to the first page" in text_of(second)
    found = text_of(at.get("/en/people?words=holder+3"))
    assert "Holder 3" in found
    assert "Holder 4" not in found
    assert at.get("/en/people?after=nonsense").status_code == 200
