"""Loads in a browser, without scripts and with them: a tree, people with faults, mended, undone, applied."""

import re

import pytest
from playwright.sync_api import expect

from app.identity.grants import ROLES, grant
from app.identity.users import user_called
from app.main import worker_of
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import Look
from tests.makers.loads import PEOPLE, UNITS, sheet
from tests.makers.people import make_interior

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
TREE = [(f"unit-{n}", f"unit-{n // 10}" if n > 9 else "", "office", f"Unit {n}", "")
        for n in range(300)]  # fmt: skip
ROWS = [(f"p{n}@office.example", "", f"Person {n}", f"unit-{n}", "A1", "") for n in range(100)]
FAULTY = {7: (0, "no address"), 20: (2, ""), 41: (3, "unit-999"), 99: (5, "44 BC")}


def people(*, mended: bool) -> bytes:
    """A hundred people, four of them with a fault unless it is mended."""
    rows = [list(row) for row in ROWS]
    for number, (place, cell) in ({} if mended else FAULTY).items():
        rows[number][place] = cell
    return sheet(PEOPLE, rows)


def bring(site, window, kind: str, content: bytes, *, scripts: bool = False) -> None:
    """Bring a file and wait until its rows were looked at."""
    window.open("/en/institutions/ministry-of-the-interior/loads")
    window.page.get_by_label(kind, exact=True).check()
    file = {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": content}
    window.page.get_by_label("File", exact=True).set_input_files(file)
    window.press(window.button("Look at the rows"))
    comes(site, window, "Nothing is changed yet", scripts=scripts)


def comes(site, window, words: str, *, scripts: bool = False) -> None:
    """Let the worker do what is due; the page then shows it by itself, or when looked at again."""
    worker_of(site.app).run_until_idle()
    if not scripts:
        window.press(window.link("See how far it is"))
    head = window.page.get_by_role("heading", name=words, exact=True)
    expect(head).to_be_visible(timeout=20_000)


def test_a_tree_and_its_people_are_brought_mended_undone_and_applied(site, window):
    who = site.learner()
    with site.engines.writing() as db:
        for role in ROLES:
            grant(db, user_id_of(db, who), role, make_interior(db).id)
    hers = window(Look(scripts=False), who)
    bring(site, hers, "Institutions", sheet(UNITS, TREE))
    assert "300 rows would change something." in hers.text()
    hers.press(hers.button("Apply for trial"))
    comes(site, hers, "Applied for trial")
    hers.press(hers.button("Confirm it"))
    comes(site, hers, "Confirmed")

    with_scripts = window(Look(), who)
    bring(site, with_scripts, "People", people(mended=False), scripts=True)
    assert "96 rows would change something. 4 rows are refused" in with_scripts.text()
    assert faults_of(with_scripts) == []
    lines = with_scripts.page.get_by_role("heading", name=re.compile(r"^Line \d+ · Refused$"))
    assert [text.split()[1] for text in lines.all_text_contents()] == ["9", "22", "43", "101"]
    with with_scripts.page.expect_download() as taken:
        with_scripts.page.get_by_role("link", name="Faulty rows as CSV").click()
    assert len(taken.value.path().read_text().splitlines()) == 5

    bring(site, hers, "People", people(mended=True))
    assert "100 rows would change something." in hers.text()
    for press, words in (
        ("Apply for trial", "Applied for trial"), ("Undo all of it", "Undone"),
        ("Look again", "Nothing is changed yet"), ("Apply for trial", "Applied for trial"),
        ("Confirm it", "Confirmed"),
    ):  # fmt: skip
        hers.press(hers.button(press))
        comes(site, hers, words)
    with site.engines.reading() as db:
        assert user_called(db, "p99@office.example") is not None
