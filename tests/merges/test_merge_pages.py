"""Pages of merges: found, compared, merged with a reason, told, and undone."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.activity.events import Event
from app.foundation import clock
from app.identity.grants import AUTHOR, REGISTRAR, grant
from app.identity.passwords import hash_of
from app.identity.placements import Placement
from app.identity.users import User
from app.merges.candidates import PAIRS, pairs_in
from app.merges.listings import SHOWN
from app.merges.merges import Merge
from app.statistics.scopes import NAMES, Scope
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import HEALTH, make_institution, make_interior, make_person

PASSWORD = "correct horse battery"


@pytest.fixture
def old(db):
    person = make_person(db, "Awa Old", make_interior(db), password_hash=hash_of(PASSWORD))
    person.name, person.email, person.email_folded = "Awa Diop", *["awa@old.example"] * 2
    db.commit()
    return person


def merge_by(pages, stays: User, gone: User, **changes):
    fields = {"stays": stays.subject, "gone": gone.subject, "reason": "Asked her"}
    return pages.post("/en/people/merges", fields | {"understood": "yes"} | changes)


def test_lists_are_joined_as_the_language_of_the_page_does(browser, db, chloe, awa, old):
    grant(db, old.id, AUTHOR, make_interior(db).id)
    for title in ("Night shifts", "Day shifts"):
        version = make_course(db, title)
        for who in (awa, old):
            make_enrolment(db, who, version)
    db.commit()
    pair = f"stays={awa.subject}&gone={old.subject}"
    page = browser.as_(chloe).get(f"/ar/people/merges/new?{pair}")
    assert "Night shifts، Day shifts" in text_of(page)
    assert "، <bdi>Ministry of the Interior" in page.text


def test_a_registrar_finds_compares_merges_and_undoes(browser, eve, app, db, chloe, awa, old):
    pages = browser.as_(chloe)
    theirs = browser.as_(old)
    found = text_of(pages.get("/en/people/merges"))
    assert "No merges yet" in found
    # Who asks for a comparison without the two is led to where they are looked for.
    early = pages.get("/en/people/merges/new")
    assert early.headers["location"] == "/en/people/merges"
    assert "/en/people/merges" in pages.get("/en/administration").text
    found = text_of(pages.get("/en/people/merges?words=old.exam"))
    assert "awa@old.example" in found
    chosen = text_of(pages.get(f"/en/people/merges?stays={awa.subject}&words=diop"))
    assert "This one stays: Awa Diop · awa.diop@example.org" in chosen
    assert "Compare Awa Diop, awa@old.example" in chosen
    compared = pages.get(f"/en/people/merges/new?stays={awa.subject}&gone={old.subject}")
    assert "Goes" in text_of(compared)
    untold = merge_by(pages, awa, old, reason="", understood="")
    assert untold.status_code == 422
    assert "Tick the box" in text_of(untold)

    merged = pages.follow(merge_by(pages, awa, old))
    assert "The accounts are merged" in text_of(merged)
    assert merge_by(pages, awa, old).status_code == 404
    assert theirs.get("/en/account").status_code == 303
    letters = delivered(app)
    assert {letter["To"] for letter in letters} == {awa.email, old.email}
    assert all("a…@example.org" in text_of_letter(letter) for letter in letters)
    elsewhere = eve.post("/en/sign-in", {"email": old.email, "password": PASSWORD})
    assert elsewhere.status_code == 409
    assert "Sign in with the other address, a…@example.org" in text_of(elsewhere)
    eve.post("/en/reset", {"email": old.email})
    (letter,) = delivered(app)
    assert "merged with another one of yours" in text_of_letter(letter)
    seen = db.scalars(select(Event.payload).where(Event.person_id == old.id)).all()
    assert {"what": "account"} in seen
    db.commit()

    address = str(merged.url.path)
    undone = pages.follow(pages.post(f"{address}/undoing"))
    assert "The merge is undone" in text_of(undone)
    assert pages.post(f"{address}/undoing").status_code == 409
    assert eve.post("/en/sign-in", {"email": old.email, "password": PASSWORD}).is_redirect
    assert "Your accounts are two again" in {letter["Subject"] for letter in delivered(app)}


def test_pairs_are_suggested_and_strangers_are_not_found(browser, db, chloe, awa, old, dara):
    make_person(db, "Nia Okafor", make_interior(db))
    nia = make_person(db, "Nia Two", make_interior(db))
    nia.name = "nia okafor"
    grant(db, dara.id, REGISTRAR, make_institution(db, *HEALTH).id)
    db.commit()
    pages = browser.as_(chloe)
    assert "These look alike" in text_of(pages.get("/en/people/merges"))
    assert "Nobody found" in text_of(pages.get("/en/people/merges?words=dara"))
    assert "at least two letters" in text_of(pages.get("/en/people/merges?words=d"))
    assert merge_by(pages, awa, dara).status_code == 404
    assert (
        pages.get(f"/en/people/merges/new?stays={awa.subject}&gone={dara.subject}").status_code
        == 404
    )
    assert merge_by(browser.as_(dara), awa, old).status_code == 404
    own = pages.get(f"/en/people/merges/new?stays={awa.subject}&gone={chloe.subject}")
    assert own.status_code == 403
    assert "your own" in text_of(own)


def test_pairs_are_of_one_institution_and_the_newest_come_first(db):
    one, other = make_interior(db), make_institution(db, *HEALTH)
    named = [
        make_person(db, f"Nia {at}", where) for at, where in enumerate((one, other, other, one))
    ]
    for each in named:
        each.name = "Nia Okafor"
    for at in range(2 * PAIRS):
        for name in (f"Person {at}", f"PERSON {at}"):
            make_person(db, f"{name} {uuid4().hex}", one).name = name
    db.flush()
    scope = Scope(0, NAMES, is_everywhere=True, is_empty=False)
    pairs = pairs_in(db, scope)
    assert [each.stays.name for each in pairs] == [
        f"PERSON {2 * PAIRS - 1 - at}" for at in range(PAIRS)
    ]
    db.execute(delete(Placement).where(Placement.user_id.not_in([each.id for each in named])))
    a, b, c, d = (each.id for each in named)
    assert [(each.stays.id, each.gone.id) for each in pairs_in(db, scope)] == [(d, a), (c, b)]
    under = pairs_in(db, scope.under(other.id))
    assert [(each.stays.id, each.gone.id) for each in under] == [(c, b)]


def test_finding_takes_as_many_statements_for_many_as_for_few(browser, db, engines, chloe):
    pages = browser.as_(chloe)
    sent = []
    for count in (2, 9):
        for each in range(count):
            make_person(db, f"Person {count} {each}", make_interior(db))
        db.commit()
        pages.get("/en/people/merges?words=person")
        with statements(engines) as found:
            assert "Person 2 1" in text_of(pages.get("/en/people/merges?words=person"))
        sent.append(len(found))
    assert sent[0] == sent[1]


def test_merges_are_listed_by_pages_to_the_last(browser, db, chloe, awa, old):
    moment = clock.now()
    db.add_all(
        Merge(
            key=uuid4(), stays_id=awa.id, gone_id=old.id, reason="Asked her", marker=1,
            merged_by=chloe.id, merged_at=moment, undone_by=chloe.id, undone_at=moment,
        )
        for _each in range(SHOWN + 1)
    )  # fmt: skip
    db.commit()
    pages = browser.as_(chloe)
    first, second = (pages.get(f"/en/people/merges{each}") for each in ("", "?page=2"))
    undone = '<span class="plate">undone</span>'
    assert [each.text.count(undone) for each in (first, second)] == [SHOWN, 1]
    assert ["Older ones" in text_of(each) for each in (first, second)] == [True, False]
