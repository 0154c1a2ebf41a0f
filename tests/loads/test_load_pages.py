"""Loads in the browser: who may bring a file, what the page tells row by row, and the way in by code."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.identity.placements import standing_placement
from app.identity.users import User, user_called
from app.loads.jobs import tidy_loads
from app.loads.loads import SHOWN, Brought, Load, LoadPiece, agree, bring, confirm
from app.loads.rows import LoadRow
from app.main import worker_of
from app.queue.processes import own_environment
from app.queue.worker import Workshop
from app.settings import from_environment
from tests.browser import OWN_PAGE, may_turn, text_of
from tests.loads.test_works import ANA, BEN
from tests.makers.loads import PEOPLE, looked_at, sheet, worked
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

AT = "/en/institutions/ministry-of-the-interior/loads"
PASSWORD = "a quiet river at noon"


def brought(browser, content: bytes, name: str = "people.csv", at: str = AT, **fields: str):
    """The answer to a form with a file, as a browser sends it."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {"kind": "people", **fields}.items()
    ]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--x--\r\n")
    headers = {**OWN_PAGE, "Content-Type": "multipart/form-data; boundary=x"}
    return browser.post(at, content=b"".join(parts), headers=headers)


def test_a_file_is_brought_looked_at_mended_applied_and_undone(app, db, browser, chloe):
    make_institute(db)
    db.commit()
    faulty = ("no address", "", "Eva <b>", "institute", "", "")
    with browser.as_(chloe) as at:
        answer = brought(at, sheet(PEOPLE, [ANA, faulty, BEN]))
        page = answer.headers["location"]
        assert "The work goes on" in text_of(at.get(page))
        worker_of(app).run_until_idle()
        told = at.get(page)
        assert "Nothing is changed yet" in text_of(told)
        assert "2 rows would change something. 1 row is refused" in text_of(told)
        assert "Line 3 E-mail: “no address” is no address of mail." in text_of(told)
        assert "Eva &lt;b&gt;" in told.text
        assert "Ana Lima" in text_of(at.get(f"{page}?fate=new"))
        file = at.get(f"{page.replace('/en/', '/fr/')}/faulty.csv").content.decode("utf-8-sig")
        head, row = csv.reader(io.StringIO(file))
        assert row[:4] == list(faulty[:4])
        assert head[-1] != ""
        assert "no address" in row[-1]
        for step, words in (
            ("application", "Applied for trial"), ("undoing", "Everything is as it was before"),
        ):  # fmt: skip
            at.post(f"{page}/{step}")
            worker_of(app).run_until_idle()
            assert words in text_of(at.get(page))
        assert at.post(f"{page}/confirmation").status_code == 409
        assert at.post(f"{page}/nonsense").status_code == 404
        mended = brought(at, file.replace("no address", "eva@office.example").encode())
        worker_of(app).run_until_idle()
        assert "1 row would change something" in text_of(at.follow(mended))
    assert user_called(db, ANA[0]) is None


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (b"", {}, "Choose a file"),
        (b"x", {"kind": "gold"}, "Choose what the file holds"),
        (b"x" * 32_000_001, {}, "larger than 32 MB"),
    ],
)
def test_a_form_that_will_not_do_is_shown_again(browser, chloe, db, content, fields, words):
    with browser.as_(chloe) as at:
        refused = brought(at, content, **fields)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert db.scalars(select(Load)).all() == []


def test_a_file_of_no_table_says_why_in_the_readers_language(app, browser, chloe):
    with browser.as_(chloe) as at:
        answer = brought(at, "mail;name;unit\nMüller".encode("latin-1"))
        worker_of(app).run_until_idle()
        told = text_of(at.follow(answer))
        assert "Line 2 holds a character that is not UTF-8." in told
        assert "No row of this file could be read" in told
        again = brought(at, "mail;name;unit\nx;Müller;y".encode("latin-1"), encoding="windows-1252")
        worker_of(app).run_until_idle()
        assert "Line 2" in text_of(at.follow(again))


def test_nobody_brings_or_sees_files_of_others(app, db, engines, browser, chloe, dara):
    health = make_institution(db, *HEALTH)
    load = looked_at(db, engines, "people", health, chloe, sheet(PEOPLE, [ANA]))
    with browser.as_(chloe) as at:
        assert brought(at, b"x", at=AT.replace("the-interior", "health")).status_code == 404
        for path in ("", "/faulty.csv", "?fate=new"):
            assert at.get(f"/en/loads/{load.key}{path}").status_code == 404
        for step in ("application", "codes"):
            assert at.post(f"/en/loads/{load.key}/{step}").status_code == 404
        assert at.get(f"{AT}/gold.csv").status_code == 404
    with browser.as_(dara) as at:
        assert at.get(AT).status_code == 403


@pytest.mark.parametrize("kind", ["units", "people", "enrolments"])
def test_an_example_file_is_one_that_can_be_brought(app, db, browser, chloe, kind):
    with browser.as_(chloe) as at:
        example = at.get(f"{AT.replace('/en/', '/ar/')}/{kind}.csv")
        answer = brought(at, example.content, kind=kind)
        worker_of(app).run_until_idle()
        assert "All 1" in text_of(at.follow(answer))


def test_a_person_without_a_mailbox_comes_in_by_a_printed_code(
    app, db, engines, browser, eve, chloe
):
    institute = make_institute(db)
    load = looked_at(db, engines, "people", institute, chloe, sheet(PEOPLE, [ANA, BEN]))
    worked(db, engines, load, agree)
    worked(db, engines, load, confirm)
    with browser.as_(chloe) as at:
        assert "1 person without a mailbox waits" in text_of(at.get(f"/en/loads/{load.key}"))
        void = at.post(f"/en/loads/{load.key}/codes")
        slips = at.post(f"/en/loads/{load.key}/codes")
        assert (may_turn(slips), may_turn(at.get(f"/en/loads/{load.key}"))) == (False, True)
    first, code = (re.search(r"(\w{4}-){3}\w{4}", text_of(page)).group() for page in (void, slips))
    assert "Ben Okri" in text_of(slips)
    assert "4711@ministry-of-the-interior" in text_of(slips)
    for wrong in (first, "AAAA-AAAA-AAAA-AAAA", ""):
        assert eve.post("/en/arrivals", {"code": wrong}).status_code == 422
    answer = eve.post("/en/arrivals", {"code": f" {code.lower().replace('-', ' ')} "})
    arrival = answer.headers["location"]
    assert "Institute of Public Administration made an account for you" in text_of(eve.get(arrival))
    assert eve.post(arrival, {"password": "short"}).status_code == 422
    agreement = eve.post(arrival, {"password": PASSWORD}).headers["location"]
    assert "/agreements/" in agreement
    eve.post(agreement, {"agreed": "yes"})
    assert "Ben Okri" in text_of(eve.get("/en/my-learning"))
    assert eve.get(arrival).status_code == 410
    eve.post("/en/sign-out")
    name = "4711@Ministry-of-the-Interior"
    assert eve.post("/en/sign-in", {"email": name, "password": PASSWORD}).status_code == 303
    db.expire_all()
    assert user_called(db, name).confirmed_at is not None


def test_a_person_with_a_mailbox_comes_in_by_a_letter(app, db, engines, eve, chloe):
    load = looked_at(db, engines, "people", make_institute(db), chloe, sheet(PEOPLE, [ANA]))
    worked(db, engines, load, agree)
    worked(db, engines, load, confirm)
    (letter,) = delivered(app)
    link = re.search(r"http://capacita.test(/en/arrivals/\S+)", text_of_letter(letter)).group(1)
    assert eve.post(link, {"password": PASSWORD}).status_code == 303
    db.expire_all()
    ana = user_called(db, ANA[0])
    assert ana.confirmed_at is not None
    assert standing_placement(db, ana.id).grade == "A1"


def test_who_is_erased_is_emptied_in_the_rows_and_old_files_are_forgotten(
    app, db, engines, chloe, awa
):
    from app.identity.erasures import erase

    rows = [(awa.email, "", "Awa Diop", "institute", "A7", "")]
    load = looked_at(db, engines, "people", make_institute(db), chloe, sheet(PEOPLE, rows))
    erase(db, db.get(User, awa.id))
    db.commit()
    assert db.scalars(select(LoadRow.cells)).all() == [[]]
    assert len(db.scalars(select(LoadPiece.number)).all()) == 2
    load.brought_at = load.brought_at.replace(year=2020)
    db.commit()
    state = app.state
    tidy_loads(Workshop(state.engines, state.settings, state.pages), {})
    assert [len(db.scalars(select(each)).all()) for each in (Load, LoadPiece, LoadRow)] == [0, 0, 0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_large_file_is_worked_on_by_a_process_of_its_own(app, db, engines, chloe):
    interior = make_interior(db)
    rows = [("", str(number), "x" * 150, "nowhere", "", "") for number in range(1300)]
    load = looked_at(db, engines, "people", interior, chloe, sheet(PEOPLE, rows[:1]))
    from tests.makers.loads import make_load

    load = make_load(db, "people", interior, chloe, sheet(PEOPLE, rows))
    assert load.size > 200_000
    worker_of(app).run_until_idle()
    db.expire_all()
    assert (load.state, load.counts["refused"]) == ("looked", 1300)


def test_that_process_is_told_every_setting(app):
    own = own_environment(app.state.settings)
    assert from_environment(own) == app.state.settings


def test_files_are_listed_by_pages_latest_first(db, browser, chloe):
    at = make_interior(db)
    for number in range(SHOWN + 2):
        bring(db, "people", at.id, at.id, chloe.id, Brought(f"file-{number}.csv", [b"name"], ""))
    db.commit()
    pages = browser.as_(chloe)
    first, second = (text_of(pages.get(f"{AT}{each}")) for each in ("", "?page=2"))
    assert f"file-{SHOWN + 1}.csv" in first
    assert "Older ones" in first
    assert all(f"file-{number}.csv" in second for number in (0, 1))
    assert "file-2.csv" not in second
    assert "Older ones" not in second
