"""The whole way of a learner: without scripts on a phone, with scripts at a desk, each database."""

import csv
import io
import re

import pytest

from tests.journeys.answers import right, wrong
from tests.journeys.sites import Person, Site
from tests.journeys.steps import (
    COURSE,
    answer_all,
    answer_each,
    begin,
    hand_in,
    read_lessons,
    register,
    sign_in,
)
from tests.journeys.windows import PHONE, USUAL, Look, Window
from tests.screens import counts_shown, list_shown

pytestmark = pytest.mark.journey

WAYS = {"sqlite": Look(PHONE, scripts=False), "postgresql": USUAL}


@pytest.mark.parametrize(("site", "look"), WAYS.items(), ids=WAYS.keys(), indirect=["site"])
def test_a_learner_goes_from_registering_to_a_verified_certificate(site, window, look):
    nia = site.somebody("Nia")
    hers = window(look)
    read_without_account(hers)
    register(hers, site, nia)
    start(hers)
    assert read_lessons(hers) == 2
    fail_then_pass(hers, site, nia)
    for lessons in (1, 2):
        hers.press(hers.link("Go on:"))
        assert read_lessons(hers) == lessons
        begin(hers)
        answer_all(hers, site, nia)
        assert "Passed with 6 of 6" in hers.heading()
    hers.press(hers.link("Go on:"))
    pass_final(hers, site, nia)
    code = take_certificate(hers, nia)
    verify(window(look), nia, code)
    count(window(look), site, nia, code)


def read_without_account(window: Window) -> None:
    """Everything of a lesson can be read and tried by somebody the site does not know."""
    window.open("/en/")
    window.press(window.link(COURSE))
    window.press(window.link("Read the first lesson without an account"))
    assert window.heading() == "What a new building cannot do"
    recall = window.page.locator(".recall details").first
    assert not recall.locator("p").first.is_visible()
    recall.locator("summary").click()
    assert recall.locator("strong").inner_text() in {"Right answer", "Not right"}
    model = window.page.locator(".box--try details").first
    model.locator("summary").click()
    assert "Who decides which markets are visited" in model.inner_text()
    window.press(window.page.locator("a.pager__link--next"))
    assert window.heading() == "When training is not the answer"
    window.press(window.page.locator("a.pager__link--next"))
    assert "It counts towards a certificate" in window.text()


def start(window: Window) -> None:
    """My learning is empty; the catalogue leads to the course, whose button opens its first lesson."""
    window.press(window.link("Find a course"))
    window.press(window.link(COURSE))
    window.press(window.button("Start this course"))
    assert window.heading() == "What a new building cannot do"


def fail_then_pass(window: Window, site: Site, who: Person) -> None:
    """An empty answer is sent back, a failed attempt tells what was wrong, and the next one passes."""
    begin(window)
    window.press(window.button("Save and go on"), 422)
    assert window.page.title().startswith("Error:")
    assert window.focused() == "div.notice.notice--fault"
    answer_each(window, site, who, wrong)
    hand_in(window)
    assert window.heading() == "Not passed yet: 0 of 6"
    given = window.page.get_by_text("Your answer · Not right")
    assert given.count() >= 3
    assert "What is still open is taught in these lessons" in window.text()
    begin(window)
    answer_all(
        window, site, who, lambda asked: right(asked) if asked.position > 1 else wrong(asked)
    )
    assert re.fullmatch(r"Passed with 5(\.\d+)? of 6", window.heading())


def pass_final(window: Window, site: Site, who: Person) -> None:
    begin(window)
    answer_all(window, site, who)
    assert window.heading() == "Passed with 10 of 10"
    assert "The course is complete." in window.text()


def take_certificate(window: Window, who: Person) -> str:
    """The certificate's page and its file; gives the code that anybody can verify."""
    window.press(window.link("Your certificate"))
    assert COURSE in window.text()
    assert who.name in window.text()
    saved = window.download(window.link("Download the PDF"))
    assert saved.path().read_bytes().startswith(b"%PDF-")
    assert re.fullmatch(r"certificate-human-factor-[0-9A-Z]{16}\.pdf", saved.suggested_filename)
    return saved.suggested_filename[-20:-4]


def verify(window: Window, who: Person, code: str) -> None:
    """A stranger types the code, mistakes a letter first, and learns what stands on the paper."""
    window.open("/en/verify")
    window.page.get_by_label("Check a certificate").fill(code[::-1])
    window.press(window.button("Check"), 404)
    assert "No certificate has this code" in window.text()
    window.page.get_by_label("Check a certificate").fill("-".join(re.findall("....", code)).lower())
    window.press(window.button("Check"))
    assert window.heading() == "This certificate is valid"
    assert who.name in window.text()
    assert who.email not in window.page.content()


def count(window: Window, site: Site, who: Person, code: str) -> None:
    """The administrator sees the completion counted, and takes both files, equal to the screen."""
    sign_in(window, site.administrator())
    window.press(window.link("Statistics"))
    window.press(window.link("Completions"))
    mine = [COURSE, "Institute of Public Administration"]
    (counted,) = [row for row in table_of(window) if row[:2] == mine]
    assert min(map(int, counted[3:])) >= 1
    saved = window.download(window.link("Counts as CSV"))
    told = [row for row in rows_of(saved.path().read_bytes()) if row[:2] == mine]
    assert counts_shown(told) == [counted]
    window.press(window.link("The list behind them"))
    (listed,) = [row for row in table_of(window) if row[0] == who.name]
    assert code in listed[-1].replace("-", "")
    saved = window.download(window.link("The whole list as CSV"))
    told = [row for row in rows_of(saved.path().read_bytes()) if row[0] == who.name]
    assert list_shown(told) == [listed]


def table_of(window: Window) -> list[list[str]]:
    rows = window.page.locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
