"""Open data: an administrator comes from a question to a signed bulletin, a stranger verifies it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.catalogue.courses import Course
from app.identity.grants import grant
from app.identity.institutions import Institution
from app.identity.users import User
from tests.journeys.accessibility import faults_of
from tests.journeys.sites import user_id_of
from tests.journeys.windows import PHONE, Look, fields
from tests.statistics.test_tallies import fact

pytestmark = [
    pytest.mark.journey,
    # The rules behind these pages are tested on both databases.
    pytest.mark.parametrize("site", ["sqlite"], indirect=True),
]
MEASURED = (
    "Started", "Certified", "Missed", "Hours", "Days to complete", "Passed at first try, %",
    "Gain, points",
)  # fmt: skip
SHEET = {"width": 673, "height": 971}  # A4 within its margins
WIDER = """() => [...document.querySelectorAll(".table-box")].filter(each =>
    each.querySelector("table").offsetWidth > each.clientWidth + 1).map(each => each.textContent)"""
# A foot that stands on each sheet reads as that sheet's own sum.
REPEATED = """() => [...document.querySelectorAll("tfoot")].filter(each =>
    getComputedStyle(each).display === "table-footer-group").length"""
FIRST = 9_000_000  # enrolments that no other journey has


def counted(site, boss) -> None:
    """Three months of figures at the institution that the administrator looks after."""
    with site.engines.writing() as db:
        course = db.scalars(select(Course).where(Course.slug == "human-factor")).one()
        person = db.get_one(User, user_id_of(db, boss))
        grant(db, person.id, "administrator", course.institution_id)
        institution = db.get_one(Institution, course.institution_id)
        for number in range(FIRST, FIRST + 60):
            measure = ("enrolled", "completed")[number % 2]
            db.add(fact(db, person, course.id, institution, measure, number))


def test_from_a_question_to_a_bulletin_that_a_stranger_verifies(site, window, tmp_path: Path):
    boss = site.learner()
    counted(site, boss)
    theirs = window(Look(), boss)
    theirs.open("/en/statistics?since=2024-01&until=2024-03")
    assert "How far people came" in theirs.text()
    assert faults_of(theirs) == []
    theirs.open("/en/statistics/tables?since=2024-01&until=2024-03&measure=enrolled&by=month")
    theirs.press(theirs.link("Put it into a bulletin"))
    assert faults_of(theirs) == []
    fields(theirs, {"Name in the address": "A bad name"})
    theirs.press(theirs.button("Freeze the figures"), 422)
    assert theirs.focused() == "div.notice.notice--fault"
    months = {"From month": "2024-01", "To month": "2024-03"}
    fields(
        theirs, {"Name in the address": "first-quarter", **months}, ticked=("By gender", *MEASURED)
    )
    theirs.press(theirs.button("Freeze the figures"))
    assert "Nobody outside sees them yet." in theirs.text()
    assert faults_of(theirs) == []
    theirs.button("Sign and release to everybody").focus()
    theirs.type_enter()
    assert "signed and open to everybody" in theirs.text()

    stranger = window(Look(size=PHONE, scheme="dark", scripts=False))
    stranger.open("/en/open-data")
    stranger.press(stranger.page.locator("main h2 a").first)
    assert "How persons are protected" in stranger.text()
    saved = stranger.download(stranger.link("All files, signed"))
    saved.save_as(tmp_path / saved.suggested_filename)
    report = stranger.download(stranger.link("Français"))
    assert report.suggested_filename == "first-quarter-1-report.fr.pdf"
    key = stranger.page.locator("pre code").inner_text().split()[-1]
    script = stranger.page.request.get("/data/verify.py").body()
    (tmp_path / "verify.py").write_bytes(script)
    told = subprocess.run(
        [sys.executable, "verify.py", "first-quarter-1.zip", key],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout) == (0, "Every file is what was signed.\n"), told.stderr

    reader = window()
    for path in ("/en/open-data", "/ar/open-data/first-quarter/1", "/fr/open-data/first-quarter/1"):
        reader.open(path)
        assert faults_of(reader) == []

    for each, path in (
        (theirs, "/en/statistics/completions?since=2024-01&until=2024-03"),
        (theirs, "/en/statistics/coverage"),
        (reader, "/fr/open-data/first-quarter/1"),
    ):
        each.page.emulate_media(media="print")
        each.page.set_viewport_size(SHEET)
        each.open(path)
        assert each.page.locator(".table-box").count(), path
        assert each.page.evaluate(WIDER) == [], path
        assert each.page.evaluate(REPEATED) == 0
        assert not each.page.locator(".trail").first.is_visible()
