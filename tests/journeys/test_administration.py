"""An administrator's work in a browser: a ministry's tree and people, a required course, two accounts.

The tree has 300 units and the file 400 people, 40 of whose rows are faulty. With WHOLE_MINISTRY=1 in
the environment there are 6,000 and 10,000, on both databases, and what each step took is printed.
"""

import csv
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from app.duties.duties import Duty
from app.duties.jobs import DIGESTS
from app.duties.requirements import Requirement
from app.duties.terms import RequirementTerms
from app.foundation import clock
from app.identity.grants import ROLES, grant
from app.identity.institutions import institution_called
from app.identity.placements import Placement, place, place_of
from app.identity.users import User, sign_up
from app.main import worker_of
from app.queue.jobs import later
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import PASSWORD, user_id_of
from tests.journeys.windows import Look, fields
from tests.makers.duties import roll
from tests.makers.loads import PEOPLE, UNITS, sheet
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import make_institution

IS_WHOLE = bool(os.environ.get("WHOLE_MINISTRY"))
pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize(
        "site", ["sqlite", "postgresql"] if IS_WHOLE else ["sqlite"], indirect=True
    ),
]
MINISTRY = ("ministry-of-works", "Ministry of Works", "ministry")
TREE, CROWD = (6_000, 10_000) if IS_WHOLE else (300, 400)
PAST = timedelta(days=40)
PATIENCE = 600_000 if IS_WHOLE else 20_000  # ms that a step of a load may take
COLUMN = {name: place for place, name in enumerate(PEOPLE)}
FAULTS = (
    ("name", ""), ("unit", "road-999999"), ("from", "44 BC"), ("grade", "=A1+1"), ("number", ""),
)  # fmt: skip
EVERY, MANY = 10, 40
# The first office of those under which none stands is the TREE / 20th.
OFFICE, ELSEWHERE = TREE // 20 + 55, TREE // 20 + 65


def units() -> bytes:
    """Twenty departments, and three storeys of offices below them."""
    rows = [
        (f"road-{n}", f"road-{n // 20}" if n > 19 else "", "office", f"Road office {n}", "")
        for n in range(TREE)
    ]
    return sheet(UNITS, rows)


def crowd(*, mended: bool) -> list[list[str]]:
    """People of offices without mailboxes, by their personal numbers; every tenth has a fault."""
    rows = [["", f"{n}", f"Person {n}", f"road-{n % TREE}", "A1", ""] for n in range(CROWD)]
    if not mended:
        for at in range(MANY):
            column, cell = FAULTS[at % len(FAULTS)]
            rows[at * EVERY][COLUMN[column]] = cell
    return rows


def bring(site, window, kind: str, content: bytes) -> None:
    """Bring a file and wait until its rows were looked at."""
    window.open(f"/en/institutions/{MINISTRY[0]}/loads")
    window.page.get_by_label(kind, exact=True).check()
    file = {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": content}
    window.page.get_by_label("File", exact=True).set_input_files(file)
    window.press(window.button("Look at the rows"))
    comes(site, window, "Nothing is changed yet")


def step(site, window, *steps: tuple[str, str]) -> None:
    """Press one button after the other, each time until the page says what came of it."""
    for press, words in steps:
        window.press(window.button(press))
        comes(site, window, words)


def comes(site, window, words: str) -> None:
    """Let the worker do what is due; the page shows it by itself, or when looked at again."""
    with taking(words):
        worker_of(site.app).run_until_idle()
    if not window.look.scripts:
        window.press(window.link("See how far it is"))
    head = window.page.get_by_role("heading", name=words, exact=True)
    expect(head).to_be_visible(timeout=PATIENCE)


def pick_by_keyboard(window, label: str, name: str) -> None:
    """Write a name into a field of institutions and take what is found."""
    field = window.page.get_by_label(label).first
    field.fill(name)
    found = window.page.locator("[role=option]", has_text=name).first
    expect(found).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(name)


def let_days_pass(site, boss) -> None:
    """The requirement began forty days ago, and its people were there before."""
    with site.engines.writing() as db:
        asked = select(Requirement).where(Requirement.made_by == user_id_of(db, boss))
        requirement = db.scalars(asked).one()
        requirement.begins_on -= PAST
        own = RequirementTerms.requirement_id == requirement.id
        unit = select(RequirementTerms.audience_id).where(own).scalar_subquery()
        begun = clock.now() - PAST - timedelta(days=1)
        there = update(Placement).where(Placement.institution_id == unit)
        db.execute(there.values(valid_from=begun))
        db.execute(update(RequirementTerms).where(own).values(since=requirement.begins_on))
        theirs = Duty.requirement_id == requirement.id
        db.execute(update(Duty).where(theirs).values(started_on=requirement.begins_on))
        roll(db, requirement)


@pytest.fixture
def boss(site):
    """Somebody who holds each role on a ministry of which nothing but the name is known."""
    who = site.learner()
    with site.engines.writing() as db:
        ministry = make_institution(db, *MINISTRY)
        for role in ROLES:
            grant(db, user_id_of(db, who), role, ministry.id)
    return who


def test_a_ministry_is_loaded_its_course_required_and_its_people_looked_after(site, window, boss):
    awa = site.learner()
    theirs = window(Look(scripts=False), boss)
    with_scripts = window(Look(), boss)
    with site.engines.writing() as db:
        place(db, user_id_of(db, awa), None)  # she has an account, and said nothing of her work
    with taking("the tree and the people"):
        load_tree_and_people(site, theirs, with_scripts, awa)
    with taking("the slips"):
        let_in_by_slip(with_scripts, window(Look(scripts=False)))
    with taking("the requirement"):
        require_course(with_scripts)
    delivered(site.app)
    with taking("forty days"):
        let_days_pass(site, boss)
    hers = window(Look(scripts=False), awa)
    with taking("the list of the overdue, the letter and the exemption"):
        exempt(site, theirs, hers, awa, boss)
    with taking("the transfers"):
        transfer(site, with_scripts, hers, awa)
    with taking("the merge"):
        merge_and_part(site, theirs, awa)


@contextmanager
def taking(words: str) -> Iterator[None]:
    """Say what a step took: seconds, and the CPU seconds of this process, the server included."""
    began, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, worked = time.perf_counter() - began, time.process_time() - cpu
    click.echo(f"{words}: {seconds:.1f} s, {worked:.1f} s of CPU")


def load_tree_and_people(site, theirs, with_scripts, awa) -> None:
    """The tree, then the crowd; its faulty rows are taken as a file, mended there and brought again."""
    bring(site, theirs, "Institutions", units())
    assert f"{TREE:,} rows would change something." in theirs.text()
    step(site, theirs, ("Apply for trial", "Applied for trial"), ("Confirm it", "Confirmed"))
    came = [awa.email, "", awa.name, f"road-{OFFICE}", "A2", ""]
    bring(site, theirs, "People", sheet(PEOPLE, [*crowd(mended=False), came]))
    assert (
        f"{CROWD - MANY + 1:,} rows would change something. {MANY} rows are refused"
        in theirs.text()
    )
    lines = theirs.page.get_by_role("heading", name="Line ").all_text_contents()
    assert [int(text.split()[1]) for text in lines] == [n * EVERY + 2 for n in range(MANY)]
    with_scripts.page.goto(theirs.page.url)
    assert faults_of(with_scripts) == []
    faulty = theirs.download(theirs.link("Faulty rows as CSV")).path().read_text("utf-8-sig")
    step(site, theirs, ("Apply for trial", "Applied for trial"), ("Confirm it", "Confirmed"))
    head, *rows = csv.reader(io.StringIO(faulty))
    right = crowd(mended=True)[: MANY * EVERY : EVERY]
    mended = [[*cells, *row[len(PEOPLE) :]] for cells, row in zip(right, rows, strict=True)]
    written = io.StringIO()
    csv.writer(written).writerows([head, *mended])
    bring(site, theirs, "People", written.getvalue().encode())
    assert f"{MANY} rows would change something." in theirs.text()
    tried, undone = ("Apply for trial", "Applied for trial"), ("Undo all of it", "Undone")
    again = ("Look again", "Nothing is changed yet")
    step(site, theirs, tried, undone, again, tried, ("Confirm it", "Confirmed"))
    with site.engines.reading() as db:
        own = User.number.like(f"%@{MINISTRY[0]}")
        assert db.scalar(select(func.count()).where(own)) == CROWD


def let_in_by_slip(theirs, his) -> None:
    """Nobody can write to him: a slip lets him in, and back in when he forgot his password."""
    name = f"Person {OFFICE}"
    for words, password in (
        ("made an account for you", PASSWORD), ("Choose a new password", PASSWORD[::-1]),
    ):  # fmt: skip
        theirs.open("/en/people/register")
        fields(theirs, {"Name, address or personal number": name})
        theirs.press(theirs.button("Search"))
        theirs.press(theirs.link(name))
        assert faults_of(theirs) == []
        theirs.press(theirs.button("Print a slip with a code"))
        assert faults_of(theirs) == []
        code = theirs.page.locator(".slip__code").inner_text()
        his.open("/en/reset")
        his.press(his.link("Come in with a code"))
        fields(his, {"Code": code})
        his.press(his.button("Go on"))
        assert words in his.text()
        fields(his, {"Password": password})
        his.press(his.button("Set this password"))
        if "/agreements/" in his.page.url:
            his.page.get_by_label("I have read").check()
            his.press(his.button("Agree and go on"))
        assert "/my-learning" in his.page.url
        his.context.clear_cookies()


def require_course(theirs) -> None:
    """One office of hundreds, found by a part of its name."""
    theirs.open("/en/required/new")
    theirs.press(theirs.button("See whom it concerns"), 422)
    assert faults_of(theirs) == []
    theirs.page.get_by_label("Course", exact=True).select_option(label="The human factor")
    pick_by_keyboard(theirs, "Who requires it", MINISTRY[1])
    pick_by_keyboard(theirs, "Of whose people", f"Road office {OFFICE}")
    days, basis = "Days from coming under it", "On what legal basis"
    fields(theirs, {days: "30", basis: "Civil Service Act, article 12"})
    theirs.press(theirs.button("See whom it concerns"))
    assert "It concerns 3 people now Nothing is set yet." in theirs.text()
    theirs.press(theirs.button("Require it"))
    assert "The course is required" in theirs.text()


def exempt(site, theirs, hers, awa, boss) -> None:
    """She is late, asks to be exempt, and her administrator reads of it in the week's letter."""
    theirs.open("/en/required/overdue")
    late = theirs.page.get_by_role("rowheader").all_text_contents()
    assert sorted(late) == sorted([awa.name, f"Person {OFFICE}", f"Person {TREE + OFFICE}"])
    hers.open("/en/my-learning")
    assert "because: Civil Service Act, article 12" in hers.text()
    assert "10 days late" in hers.text()
    hers.press(hers.link("More time, or an exemption?"))
    hers.page.get_by_role("radio", name="An exemption").check()
    fields(hers, {"Why": "I teach this course."})
    hers.press(hers.button("Send your request"))
    assert "Not decided yet" in hers.text()
    with site.engines.writing() as db:
        later(db, DIGESTS, {}, unique_key=f"test-{user_id_of(db, boss)}")
    told = boss.email, "Required courses this week"
    (digest,) = [each for each in delivered(site.app) if (each["To"], each["Subject"]) == told]
    assert "1 request to decide" in text_of_letter(digest)
    theirs.open("/en/required")
    theirs.press(theirs.link("1 request to decide"))
    theirs.press(theirs.button(f"Grant it {awa.name}"))
    assert "It is granted" in theirs.text()
    theirs.open("/en/required/overdue")
    assert f"Person {TREE + OFFICE}" in theirs.text()
    assert awa.name not in theirs.text()
    hers.open("/en/my-learning")
    assert "Exempt" in hers.text()


def transfer(site, theirs, hers, awa) -> None:
    """She goes to another office, where nothing is required, and comes back as exempt as she left."""
    for number, words in ((ELSEWHERE, "No course yet"), (OFFICE, "Exempt")):
        unit = f"road-{number}"
        bring(site, theirs, "People", sheet(PEOPLE, [(awa.email, "", awa.name, unit, "", "")]))
        assert "Line 2 · Transferred" in theirs.text()
        step(site, theirs, ("Apply for trial", "Applied for trial"), ("Confirm it", "Confirmed"))
        hers.open("/en/my-learning")
        assert words in hers.text()
    with site.engines.reading() as db:
        assert place_of(db, user_id_of(db, awa)).key == f"road-{OFFICE}"


def merge_and_part(site, theirs, awa) -> None:
    """She had signed up anew at the other office; two become one, and part again."""
    again = site.somebody("Awa")
    with site.engines.writing() as db:
        made = sign_up(db, name=again.name, email=again.email, language="en", password_hash=None)
        place(db, made.id, institution_called(db, f"road-{ELSEWHERE}").id)
    theirs.open("/en/people/merges")
    for email, press in ((awa.email, "This one stays"), (again.email, "Compare")):
        fields(theirs, {"Name, address or personal number": email})
        theirs.press(theirs.button("Look"))
        theirs.press(theirs.link(press))
    fields(theirs, {"Reason": "Asked by telephone."}, ticked=["I have compared both accounts"])
    theirs.press(theirs.button("Merge these accounts"))
    assert "The accounts are merged" in theirs.text()
    theirs.press(theirs.button("Undo the merge"))
    assert "The merge is undone" in theirs.text()
    letters = [each["Subject"] for each in delivered(site.app) if each["To"] == again.email]
    assert len(letters) == 2
