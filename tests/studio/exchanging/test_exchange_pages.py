"""Pages of exchanging: a file is looked at before anything is taken, and taken only once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.catalogue.compiling.folders import file_hash
from app.catalogue.versions import Source
from app.foundation import clock
from app.identity.grants import TRANSLATOR, grant
from app.studio.drafts import Draft, text_in
from app.studio.exchanging.parcels import KEPT_FOR, Parcel, forget_parcels, store_parcel
from tests.browser import text_of
from tests.makers.drafts import make_draft
from tests.makers.people import make_institute
from tests.makers.sources import LESSON

HOME = "/en/studio/first-course/languages/fr/files"
TITLE, SAID = "What a course is made of", "De quoi un cours est fait"
ENTRY = 'msgctxt "lesson/first-lesson"\nmsgid "{}"\nmsgstr "{}"\n\n'
HEAD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\n'
CITED = "A course has modules, a module has lessons, and a quiz asks what stayed with you [@R1]."
BOUND = "a-boundary"


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal)


def send(own, content: bytes, address: str = HOME):
    head = f'--{BOUND}\r\nContent-Disposition: form-data; name="file"; filename="fr.po"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUND}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUND}"}
    return own.post(address, content=body, headers=kind)


def seen_on(page) -> str:
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def test_a_file_goes_out_is_looked_at_when_it_comes_in_and_is_taken_once(browser, db, bilal, draft):
    own = browser.as_(bilal)
    assert own.get(HOME).status_code == 200
    out = own.get(f"{HOME}/all.xlf")
    assert out.headers["content-disposition"].endswith('"first-course-fr.xlf"')
    source = f"<source>{TITLE}</source>"
    assert source in out.text
    mine = out.text.replace(source, f"{source}<target>{SAID}</target>")
    mine = mine.replace('<segment state="initial">', '<segment state="translated">')
    looked_at = send(own, mine.encode()).headers["location"]
    page = own.get(looked_at)
    assert "Take 1 block" in text_of(page)
    assert text_in(db, draft, "translations/fr.po") is None
    db.rollback()
    taken = own.post(looked_at, {"seen": seen_on(page)})
    assert "1 block was taken" in text_of(own.follow(taken))
    db.rollback()
    there = text_in(db, draft, "translations/fr.po")
    revision = there.revision
    assert SAID in there.text
    db.rollback()
    again = own.get(send(own, mine.encode()).headers["location"])
    assert "The file changes nothing" in text_of(again)
    db.rollback()
    assert text_in(db, draft, "translations/fr.po").revision == revision
    db.rollback()
    assert SAID in own.get(f"{HOME}/all.po").text


def test_what_is_not_taken_is_said_with_its_place_and_the_reason(browser, db, bilal, draft):
    own = browser.as_(bilal)
    file = (
        HEAD
        + ENTRY.format(TITLE, SAID)
        + ENTRY.format("Gone.", "Parti.")
        + ENTRY.format(CITED, "Un cours.")
    )
    looked_at = send(own, file.encode()).headers["location"]
    page = text_of(own.get(looked_at))
    assert "Line 14 · lesson/first-lesson" in page
    assert "The source @R1 is missing." in page
    assert "Not in this course 1" in page
    seen = seen_on(own.get(looked_at))
    other = send(own, (HEAD + ENTRY.format(TITLE, "Autre titre")).encode()).headers["location"]
    own.post(other, {"seen": seen_on(own.get(other))})
    late = own.post(looked_at, {"seen": seen})
    assert late.status_code == 409
    assert "Another text than the one that is finished here 1" in text_of(late)
    own.post(looked_at, {"seen": seen_on(late)})
    db.rollback()
    stands = text_in(db, draft, "translations/fr.po").text
    assert SAID in stands
    assert "Autre titre" not in stands
    assert "Parti." not in stands
    assert "Un cours." not in stands


def test_only_a_translator_of_the_language_may_bring_it_in(browser, db, awa, dara, draft):
    grant(db, dara.id, TRANSLATOR("ar"), make_institute(db).id)
    db.commit()
    file = (HEAD + ENTRY.format(TITLE, SAID)).encode()
    assert send(browser.as_(dara), file).status_code == 404
    assert browser.as_(dara).get(f"{HOME}/all.po").status_code == 404
    assert send(browser.as_(awa), file).status_code == 403
    mistaken = send(browser.as_(dara), file, HOME.replace("/fr/", "/ar/"))
    assert mistaken.status_code == 422
    assert "another language: fr" in text_of(mistaken)
    nothing = send(browser.as_(dara), b"", HOME.replace("/fr/", "/ar/"))
    assert (nothing.status_code, "No file was chosen" in nothing.text) == (422, True)
    for strange in ("0" * 64, "zz", "é" * 64):
        assert browser.as_(dara).get(f"{HOME.replace('/fr/', '/ar/')}/{strange}").status_code == 404


def test_a_parcel_goes_after_thirty_days_but_for_what_a_draft_holds(browser, db, bilal, draft):
    own = browser.as_(bilal)
    lost, taken = (HEAD + ENTRY.format(TITLE, said) for said in ("Un brouillon", SAID))
    at = send(own, lost.encode()).headers["location"]
    parcel = at.rpartition("/")[2]
    draft_file = text_in(db, draft, LESSON)
    db.rollback()
    store_parcel(db, draft_file.content)
    assert forget_parcels(db) == 0
    db.execute(update(Parcel).values(sent_at=clock.now() - KEPT_FOR - timedelta(minutes=1)))
    db.commit()
    assert own.get(send(own, taken.encode()).headers["location"]).status_code == 200
    assert forget_parcels(db) == 2
    db.commit()
    assert db.get(Source, bytes.fromhex(parcel)) is None
    assert text_in(db, draft, LESSON).content == draft_file.content
    assert db.scalars(select(Parcel.hash)).all() == [file_hash(taken.encode())]
