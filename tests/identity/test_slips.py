"""Slips: a printed code lets somebody without a mailbox back in, and nobody else into their account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.activity.events import Event
from app.foundation import clock
from app.identity.agreements import agree
from app.identity.arrivals import token_in, who_arrives
from app.identity.grants import ADMINISTRATOR, REGISTRAR, REPORTER, grant
from app.identity.one_time_links import ADDRESS, LinkOver, OneTimeLink, make_link
from app.identity.passwords import fits, hash_of
from app.identity.placements import place
from app.identity.resets import ask_for_reset
from app.identity.second_factors import SecondFactor
from app.identity.security.addresses import change_address
from app.identity.security.passwords import change_password
from app.identity.slips import HasMailbox, HasNoSignInName, OwnSlip, RolesNotYours, print_slip
from app.identity.throttles import SLIPS, TriedTooOften, note_try
from app.identity.users import User, sign_up
from tests.browser import Browser, text_of
from tests.makers.mails import delivered
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior

OLD, NEW = "three plain words", "four other plain words"
HASH = hash_of(OLD)
NUMBER = "4711@ministry-of-the-interior"
KINDS = select(Event.kind).order_by(Event.id)


def make_numbered(db: Session, number: str | None = NUMBER) -> User:
    """A person of the institute without a mailbox, who came in before."""
    user = sign_up(db, name="Ben Okri", email=None, language="en", password_hash=HASH)
    user.number = number
    place(db, user.id, make_institute(db).id)
    agree(db, user.id)
    return user


@pytest.fixture
def ben(db) -> User:
    user = make_numbered(db)
    db.commit()
    return user


def page_of(who: User) -> str:
    return f"/en/people/register/{who.subject}"


def slip_from(at: Browser, who: User) -> str:
    """The code on a slip that is printed for this person."""
    answer = at.post(f"{page_of(who)}/slip")
    assert answer.status_code == 200
    return re.search(r"(\w{4}-){3}\w{4}", text_of(answer)).group()


def arrival_with(eve: Browser, code: str) -> str:
    """The page to which a code leads that is open."""
    answer = eve.post("/en/arrivals", {"code": code})
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_slip_lets_back_in_who_forgot_their_password_and_ends_the_old_one(
    browser, eve, found, chloe, ben
):
    elsewhere, at = browser.as_(ben), browser.as_(chloe)
    assert "Print a slip with a code" in text_of(at.get(page_of(ben)))
    code = slip_from(at, ben)
    assert elsewhere.get("/en/account").status_code == 200
    arrival = arrival_with(eve, code)
    assert "Choose a new password" in text_of(eve.get(arrival))
    assert eve.post(arrival, {"password": "short"}).status_code == 422
    answer = eve.post(arrival, {"password": NEW})

    assert answer.headers["location"] == "/en/my-learning"
    assert "Ben Okri" in text_of(eve.get("/en/account"))
    assert elsewhere.get("/en/account").status_code == 303
    (stored,) = found(select(User.password_hash).where(User.id == ben.id))
    assert fits(NEW, stored)
    assert not fits(OLD, stored)
    assert {"code-made", "password-reset", "signed-out-elsewhere"} <= {*found(KINDS)}
    assert "person-arrived" not in found(KINDS)
    printed = Event.kind == "code-made", Event.person_id == ben.id
    assert found(select(Event.actor_id).where(*printed)) == [chloe.id]
    eve.post("/en/sign-out")
    for password, status in ((OLD, 422), (NEW, 303)):
        fields = {"email": NUMBER, "password": password}
        assert eve.post("/en/sign-in", fields).status_code == status
    eve.post("/en/sign-out")
    arabic = NUMBER.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    answer = eve.post("/en/sign-in", {"email": arabic, "password": NEW})
    assert answer.headers["location"] == "/en/my-learning"


def test_a_slip_says_whose_it_is_and_is_kept_nowhere(browser, found, chloe, ben):
    answer = browser.as_(chloe).post(f"{page_of(ben)}/slip")
    code = re.search(r"(\w{4}-){3}\w{4}", text_of(answer)).group()
    for words in ("Ben Okri", "Institute of Public Administration", NUMBER, "/arrivals"):
        assert words in text_of(answer)
    assert "no-store" in answer.headers["cache-control"]
    assert token_in(code).encode() not in b"".join(found(select(OneTimeLink.hash)))
    assert "code-made" in found(KINDS)
    assert code not in str(found(select(Event.payload)))


def test_a_code_works_once_and_a_later_slip_voids_it(browser, eve, chloe, ben):
    at = browser.as_(chloe)
    first, second = slip_from(at, ben), slip_from(at, ben)
    assert eve.post("/en/arrivals", {"code": first}).status_code == 422
    arrival = arrival_with(eve, second)
    assert eve.post(arrival, {"password": NEW}).status_code == 303
    assert eve.post(arrival, {"password": OLD}).status_code == 410
    assert eve.post("/en/arrivals", {"code": second}).status_code == 422


def test_a_room_full_of_slips_is_not_paused_and_wrong_codes_are(browser, eve, chloe, ben):
    code = slip_from(browser.as_(chloe), ben)
    for _person in range(7):
        arrival_with(eve, code)
    typed = ["AAAA-AAAA-AAAA-AAAA", code] * 5 + ["AAAA-AAAA-AAAA-AAAA"]
    statuses = [eve.post("/en/arrivals", {"code": each}).status_code for each in typed]
    assert statuses == [422, 303] * 4 + [422, 429, 429]


def test_a_code_ends_by_itself(db, browser, eve, found, chloe, ben):
    arrival = arrival_with(eve, slip_from(browser.as_(chloe), ben))
    (until,) = found(select(OneTimeLink.until))
    assert timedelta(days=59) < until - clock.now() <= timedelta(days=60)
    db.execute(update(OneTimeLink).values(until=clock.now()))
    db.commit()
    assert eve.post(arrival, {"password": NEW}).status_code == 410


def test_a_code_does_not_pass_the_second_step(db, browser, eve, chloe, ben):
    moment = clock.now()
    device = {"secret": "JBSWY3DPEHPK3PXP", "made_at": moment, "confirmed_at": moment}
    db.add(SecondFactor(user_id=ben.id, last_step=0, **device))
    db.commit()
    arrival = arrival_with(eve, slip_from(browser.as_(chloe), ben))
    answer = eve.post(arrival, {"password": NEW})
    assert answer.headers["location"].startswith("/en/sign-in/code/")
    assert eve.get("/en/account").status_code == 303


def test_a_slip_also_lets_in_who_never_came(db, browser, eve, found, chloe, ben):
    ben.password_hash = ben.confirmed_at = None
    db.commit()
    arrival = arrival_with(eve, slip_from(browser.as_(chloe), ben))
    assert "made an account for you" in text_of(eve.get(arrival))
    assert eve.post(arrival, {"password": NEW}).status_code == 303
    assert "person-arrived" in found(KINDS)
    assert "password-reset" not in found(KINDS)


def test_nobody_prints_a_slip_for_people_who_are_not_theirs(
    db, browser, eve, found, awa, dara, ben
):
    institute, health = make_institute(db), make_institution(db, *HEALTH)
    only = cast(db, "Ada Bold", institute, roles=(ADMINISTRATOR,), on=institute)
    other = cast(db, "Otto Berg", health, roles=(ADMINISTRATOR, REGISTRAR), on=health)
    for who, status in ((awa, 403), (dara, 403), (ben, 403), (only, 403), (other, 404)):
        assert browser.as_(who).post(f"{page_of(ben)}/slip").status_code == status
    assert eve.post(f"{page_of(ben)}/slip").headers["location"].startswith("/en/sign-in")
    assert found(select(OneTimeLink.hash)) == []


def test_who_has_a_mailbox_is_sent_to_it(db, browser, app, found, chloe, awa):
    at = browser.as_(chloe)
    shown = text_of(at.get(page_of(awa)))
    assert "sends them a link by mail" in shown
    assert "Print a slip" not in shown
    answer = at.post(f"{page_of(awa)}/slip")
    assert answer.status_code == 409
    assert "“I forgot my password”" in text_of(answer)
    assert found(select(OneTimeLink.hash)) == []
    assert "Print a slip" not in text_of(at.get(page_of(chloe)))
    assert at.post(f"{page_of(chloe)}/slip").status_code == 403
    ask_for_reset(db, awa.email, "en")
    db.commit()
    assert [letter["To"] for letter in delivered(app)] == [awa.email]


def test_a_slip_is_for_who_can_sign_in_by_a_number_and_not_for_oneself(db, chloe, ben):
    nobody = make_numbered(db, None)
    with pytest.raises(HasNoSignInName):
        print_slip(db, nobody.id, chloe.id)
    with pytest.raises(OwnSlip):
        print_slip(db, ben.id, ben.id)
    ben.email = "ben@example.org"
    with pytest.raises(HasMailbox):
        print_slip(db, ben.id, chloe.id)


def test_nobody_takes_on_a_role_by_a_slip_that_they_may_not_give(db, chloe, ben):
    interior, health = make_interior(db), make_institution(db, *HEALTH)
    registrar = cast(db, "Rita Blum", interior, roles=(REGISTRAR,), on=interior)
    assert print_slip(db, ben.id, registrar.id).code
    grant(db, ben.id, REPORTER, make_institute(db).id)
    with pytest.raises(RolesNotYours):
        print_slip(db, ben.id, registrar.id)
    assert print_slip(db, ben.id, chloe.id).code
    grant(db, ben.id, REPORTER, health.id)
    with pytest.raises(RolesNotYours):
        print_slip(db, ben.id, chloe.id)


def with_password(db: Session, user: User) -> None:
    change_password(db, user, HASH, None)


def with_address(db: Session, user: User) -> None:
    token = make_link(db, ADDRESS, user_id=user.id, details={"email": "ben@example.org"})
    change_address(db, token)


@pytest.mark.parametrize("change", [with_password, with_address])
def test_a_code_is_void_once_the_person_signs_in_by_something_new(db, chloe, ben, change):
    token = token_in(print_slip(db, ben.id, chloe.id).code)
    assert who_arrives(db, token).id == ben.id
    change(db, ben)
    with pytest.raises(LinkOver):
        who_arrives(db, token)


def test_a_registrar_prints_so_many_slips_an_hour(db, chloe, ben):
    for _each in range(SLIPS.most):
        note_try(db, SLIPS, str(chloe.id))
    with pytest.raises(TriedTooOften):
        print_slip(db, ben.id, chloe.id)


def test_who_has_no_mailbox_is_told_where_a_new_slip_comes_from(eve):
    page = eve.get("/en/reset")
    assert "No mailbox? Ask your administrator for a new slip." in text_of(page)
    assert 'href="/en/arrivals"' in page.text
