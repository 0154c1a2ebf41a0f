"""What is kept about a person: taken as one archive, seen to be looked at, and deleted."""

import io
import json
import zipfile

import pytest
from sqlalchemy import Table, select
from sqlalchemy.sql.visitors import iterate

from app.activity.events import Event
from app.credentials.certificates import Certificate
from app.custody.retentions import HOLDER_NAMES, set_rule
from app.dossiers.dossiers import SECTIONS
from app.dossiers.routes import TOLD
from app.foundation import clock
from app.identity.grants import grant
from app.identity.institutions import Institution, institution_called
from app.identity.passwords import hash_of
from app.identity.placements import place
from app.identity.reforms import merge_institutions
from app.identity.users import User
from app.statistics.facts import Fact
from app.studio.comments import Comment
from app.studio.drafts import Draft, DraftState
from app.tables import metadata
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.drafts import make_author, make_draft
from tests.makers.learning import complete, make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import (
    HEALTH,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

PASSWORD = "three plain words"
HASH = hash_of(PASSWORD)
DATA, DELETION, ONLOOKERS = "/en/account/data", "/en/account/deletion", "/en/account/onlookers"
LIST = "/en/statistics/completions/list"


@pytest.fixture
def learned(db, awa) -> User:
    """Awa, with a password and a completed course."""
    awa.password_hash = HASH
    complete(db, make_enrolment(db, awa, make_course(db, "First aid at work")))
    db.commit()
    return awa


def test_the_archive_holds_everything_and_says_what(browser, learned, bilal, db):
    own = browser.as_(learned)
    assert own.post(DATA, {"present": "some other words"}).status_code == 422
    answer = own.post(DATA, {"present": PASSWORD})
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert set(archive.namelist()) == {"README.txt", *(f"{each}.json" for each in SECTIONS)}
    files = {each: json.loads(archive.read(f"{each}.json")) for each in SECTIONS}

    assert [row["email"] for row in files["account"]] == [learned.email]
    assert files["placements"][0]["institution"] == "Institute of Public Administration"
    assert files["certificates"][0]["holder_name"] == "Awa Diop"
    for name in ("enrolments", "results", "completions", "certificates"):
        assert {row["course"] for row in files[name]} == {"first-aid-at-work"}, name
    text = archive.read("README.txt").decode()
    assert f"acts.json ({len(files['acts'])})" in text
    everything = b"".join(archive.read(each) for each in archive.namelist()).decode()
    assert bilal.name not in everything
    assert HASH not in everything
    assert db.scalars(select(Event.kind).order_by(Event.id)).all()[-1] == "dossier-taken"


# Tables that name a person who acted for an office: their acts stand in the ledger, and what they
# made is the office's.
OFFICIAL = {
    "api_tokens", "bulletins", "course_versions", "demands", "draft_files", "draft_templates",
    "guests", "invitations", "loads", "merges", "origins", "owner_proposals", "releases",
    "requirement_terms", "retentions", "webhooks",
}  # fmt: skip
PROOFS = {"one_time_links"}  # a hash that opens one page, for an hour


def test_every_table_that_knows_people_is_in_the_archive_or_not_about_them():
    """A new table of people must say which it is."""
    referring = {
        table.name
        for table in metadata.tables.values()
        if any(each.column.table.name == "users" for each in table.foreign_keys)
    }
    told = {
        part.name
        for statement in SECTIONS.values()
        for part in iterate(statement)
        if isinstance(part, Table)
    }
    assert referring - told == OFFICIAL | PROOFS


def test_the_archive_of_an_author_holds_what_they_wrote(browser, db, awa, bilal):
    draft = make_draft(db, make_author(db, bilal))
    awa.password_hash = HASH
    row = {"draft_id": draft.id, "path": "course.yaml", "saved_at": clock.now()}
    db.add_all(
        [
            DraftState(**row, revision=70, hash=None, saved_by=awa.id),
            DraftState(**row, revision=71, hash=None, saved_by=bilal.id),
            comment_by(awa, draft, "Too long"),
            comment_by(bilal, draft, "Too short"),
        ]
    )
    db.commit()
    answer = browser.as_(awa).post(DATA, {"present": PASSWORD})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    changes, comments = (
        json.loads(archive.read(f"{name}.json")) for name in ("changes", "comments")
    )
    assert [(each["draft"], each["revision"]) for each in changes] == [(draft.slug, 70)]
    assert [(each["draft"], each["words"]) for each in comments] == [(draft.slug, "Too long")]


def comment_by(person: User, draft: Draft, words: str) -> Comment:
    return Comment(
        draft_id=draft.id, revision=1, path="course.yaml", passage="title", quote="", words=words,
        made_at=clock.now(), made_by=person.id,
    )  # fmt: skip


def test_each_file_of_the_archive_is_told_on_the_page(browser, awa):
    assert set(TOLD) == set(SECTIONS)
    page = text_of(browser.as_(awa).get(DATA))
    assert all(words in page for words in TOLD.values())


def test_a_look_in_the_register_is_said_as_one(browser, learned, chloe):
    browser.as_(chloe).get("/en/people/register?words=Awa")
    page = text_of(browser.as_(learned).get(ONLOOKERS))
    assert "saw your account in the register" in page


def test_a_look_at_a_list_that_holds_me_is_shown_to_me_alone(browser, learned, chloe, dara):
    own = browser.as_(learned)
    assert "Nobody yet" in text_of(own.get(ONLOOKERS))
    at = browser.as_(chloe)
    at.get(f"{LIST}?measure=completed")
    at.get(f"{LIST}?measure=completed&since=2001-01&until=2001-12")
    at.get(f"{LIST}?measure=completed&course=another")
    at.get(f"{LIST}.csv?measure=enrolled")
    page = text_of(own.get(ONLOOKERS))
    assert page.count("Chloé Martin") == 2
    assert page.count("took a list as a file") == page.count("looked at a list") == 1
    assert "Nobody yet" in text_of(browser.as_(dara).get(ONLOOKERS))


@pytest.fixture
def academy(db, chloe) -> Institution:
    """An institution of another ministry, into which awa's merged; chloe is registrar of both."""
    health = make_institution(db, *HEALTH)
    made = make_institution(db, "academy", "Academy", under=health)
    merge_institutions(db, [make_institute(db)], made)
    grant(db, chloe.id, "registrar", health.id)
    return made


@pytest.mark.parametrize(
    ("query", "is_told"),
    [
        ("under=ministry-of-the-interior", True),
        ("under=ministry-of-health", True),
        ("under=academy", True),
        ("institution=academy&view=now", True),
        ("institution=academy&view=then", False),
        ("institution=institute&view=now", False),
        ("institution=institute", True),
        ("institution=ministry-of-the-interior", False),
        ("under=institute&institution=academy&view=now", True),
    ],
)
def test_a_look_is_told_to_just_those_whom_its_list_held(
    browser, learned, chloe, academy, db, query, is_told
):
    db.commit()
    shown = browser.as_(chloe).get(f"{LIST}?{query}")
    assert ("Awa Diop" in shown.text) is is_told
    assert ("Chloé Martin" in text_of(browser.as_(learned).get(ONLOOKERS))) is is_told


def test_who_takes_over_an_institution_is_told_of_as_one_who_looks(
    browser, learned, dara, academy, db
):
    grant(db, dara.id, "registrar", institution_called(db, HEALTH[0]).id)
    db.commit()
    assert "Awa Diop" in browser.as_(dara).get(LIST).text
    assert "Dara Sok" in text_of(browser.as_(learned).get(ONLOOKERS))


def test_who_stands_nowhere_is_told_of_looks_too(browser, chloe, db):
    kofi = make_person(db, "Kofi Asante")
    grant(db, chloe.id, "registrar", None)
    version = make_course(db, "First aid at work")
    db.commit()
    own, registrar = browser.as_(kofi), browser.as_(chloe)
    registrar.get(f"{LIST}?measure=enrolled")
    make_enrolment(db, kofi, version)
    db.commit()
    assert "Nobody yet" in text_of(own.get(ONLOOKERS))
    assert "Kofi Asante" in registrar.get(f"{LIST}?measure=enrolled").text
    assert "Chloé Martin" in text_of(own.get(ONLOOKERS))


def test_what_i_did_elsewhere_is_not_in_a_list_of_that_tree(browser, learned, chloe, dara, db):
    place(db, dara.id, make_interior(db).id)
    db.commit()
    browser.as_(chloe).get(f"{LIST}?measure=completed")
    assert "Nobody yet" in text_of(browser.as_(dara).get(ONLOOKERS))


def test_who_deletes_an_account_reads_how_long_the_name_stays(browser, app, learned, chloe, db):
    own = browser.as_(learned)
    assert "your name on every certificate." in text_of(own.get(DELETION))
    set_rule(db, chloe.id, make_interior(db).id, HOLDER_NAMES, 24, "Archives Act, article 9")
    db.commit()
    said = text_of(own.get(DELETION))
    assert "your name on every certificate, 24 months later: Ministry of the Interior" in said
    assert "Archives Act, article 9" in said
    assert own.post(DELETION, {"present": PASSWORD, "understood": "yes"}).status_code == 303
    (until,) = db.scalars(select(Certificate.name_until)).all()
    db.commit()
    assert until is not None
    (letter,) = delivered(app)
    assert f"until {until.day} {until:%B} {until.year}" in " ".join(text_of_letter(letter).split())


def test_a_deleted_account_leaves_counts_and_codes_without_a_name(browser, app, learned, db):
    own, address, number = browser.as_(learned), learned.email, learned.id
    wrong = own.post(DELETION, {"present": PASSWORD})
    assert wrong.status_code == 422
    assert "cannot be brought back" in text_of(wrong)
    fields = {"present": PASSWORD, "understood": "yes"}
    assert own.post(DELETION, {**fields, "present": "some other words"}).status_code == 422
    answer = own.post(DELETION, fields)
    assert answer.headers["location"] == "/en/"
    assert "clear-site-data" in answer.headers
    assert own.get("/en/account").status_code == 303

    row = db.execute(select(User.name, User.email, User.password_hash).where(User.id == number))
    assert row.one() == ("", None, None)
    code, holder = db.execute(select(Certificate.code, Certificate.holder_name)).one()
    assert holder is None
    assert len(db.scalars(select(Fact.measure)).all()) == 5
    db.commit()
    assert browser.get(f"/verify/{code}").status_code == 200
    letters = delivered(app)
    assert [letter["To"] for letter in letters] == [address]
    assert letters[0]["Subject"] == "Your account with Capacita is deleted"
