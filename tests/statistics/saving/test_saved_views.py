"""Saved views: kept, shared and sent to who may see counts, and to nobody else."""

import re
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import select, update

from app.foundation import clock
from app.identity.grants import REPORTER, Grant, grant
from app.main import worker_of
from app.statistics.facts import Fact
from app.statistics.saving.jobs import send_view_letters
from app.statistics.saving.letters import board_due, send_letter
from app.statistics.saving.saved_views import MONTHLY, WEEKLY, SavedView, forget_views
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import HEALTH, make_institute, make_institution, make_person

VIEWS = "/en/statistics/views"
KEPT = {
    "name": "My people & mine",
    "page": "show_countries",
    "query": "?since=2020-01&until=2020-03&measure=enrolled&evil=https%3A%2F%2Fe.example",
    "moves": "true",
    "shared_at": "ministry-of-the-interior",
    "letters": MONTHLY,
}


@pytest.fixture
def kept(db, browser, chloe, dara) -> SavedView:
    """A view that chloe shares, and dara as a reporter of another ministry."""
    grant(db, dara.id, REPORTER, make_institution(db, *HEALTH).id)
    db.commit()
    answer = browser.as_(chloe).post(VIEWS, KEPT)
    assert answer.status_code == 303, text_of(answer)[:900]
    found = db.scalars(select(SavedView)).one()
    db.commit()
    return found


def test_a_view_keeps_what_a_page_asks_and_nothing_else(kept, db, browser, chloe):
    assert (kept.page, kept.query) == ("show_countries", "measure=enrolled")
    db.commit()
    page = browser.as_(chloe).get(VIEWS)
    links = html.fromstring(page.text).xpath("//h3/a")
    assert [each.get("href") for each in links] == ["/en/statistics/countries?measure=enrolled"]
    answer = browser.as_(chloe).post(VIEWS, KEPT | {"name": " "})
    assert answer.status_code == 422
    assert "Give the view a name." in text_of(answer)


def test_a_view_is_shared_with_who_may_see_counts_there_and_changed_by_its_keeper_alone(
    kept, db, browser, awa, dara
):
    assert browser.as_(awa).get(VIEWS).status_code == 403
    assert KEPT["name"] not in text_of(browser.as_(dara).get(VIEWS))
    db.rollback()
    grant(db, dara.id, REPORTER, kept.institution_id)
    db.commit()
    assert KEPT["name"] in text_of(browser.as_(dara).get(VIEWS))
    paths = [f"{VIEWS}/{kept.key}", f"{VIEWS}/{kept.key}/deletion", f"{VIEWS}/none"]
    db.commit()
    for path in paths:
        assert browser.as_(dara).post(path, {"name": "Mine"}).status_code == 404


def test_what_was_done_to_a_view_is_said_and_a_fault_stands_at_its_view(kept, db, browser, chloe):
    hers = browser.as_(chloe)
    second = hers.follow(hers.post(VIEWS, KEPT | {"name": "Another", "shared_at": ""}))
    assert "The view is saved" in text_of(second)
    at = f"view-{kept.key}"
    faulty = hers.post(f"{VIEWS}/{kept.key}", {"name": " ", "letters": WEEKLY})
    assert faulty.status_code == 422
    tree = html.fromstring(faulty.text)
    assert tree.xpath("//div[@role='alert']//a/@href")[0] == f"#{at}-name"
    (field,) = tree.xpath("//input[@aria-invalid]")
    assert (field.get("id"), field.get("aria-describedby")) == (f"{at}-name", f"{at}-name-error")
    chosen = tree.xpath(f"//select[@id='{at}-letters']/option[@selected]/@value")
    assert chosen == [WEEKLY]
    changed = hers.follow(hers.post(f"{VIEWS}/{kept.key}", {"name": "Mine", "letters": WEEKLY}))
    assert "Your changes are kept" in text_of(changed)
    asked = html.fromstring(changed.text).xpath("//details[form[contains(@action, '/deletion')]]")
    assert len(asked) == 2, "each view is deleted after a second press"
    gone = hers.follow(hers.post(f"{VIEWS}/{kept.key}/deletion"))
    assert "The view is deleted" in text_of(gone)


def test_a_view_without_a_name_is_named_where_it_is_sent_back(db, browser, chloe):
    hers = browser.as_(chloe)
    page = html.fromstring(hers.post(VIEWS, KEPT | {"name": ""}).text)
    (form,) = page.xpath("//form[@action='/en/statistics/views']")
    typed = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert (typed["page"], typed["query"]) == (KEPT["page"], KEPT["query"])
    assert form.xpath(".//input[@id='name']/@aria-describedby") == ["name-error"]
    assert hers.post(VIEWS, {**typed, "name": "Named now"}).status_code == 303
    assert db.scalars(select(SavedView.query)).all() == ["measure=enrolled"]


def test_nobody_shares_where_they_may_not_see_counts(kept, db, browser, chloe):
    form = {"name": "Other", "shared_at": HEALTH[0], "letters": "never"}
    path = f"{VIEWS}/{kept.key}"
    db.commit()
    assert browser.as_(chloe).post(path, form).status_code == 303
    db.refresh(kept)
    assert (kept.name, kept.institution_id, kept.letters) == ("Other", None, "never")
    db.commit()
    assert browser.as_(chloe).post(f"{path}/deletion").status_code == 303
    assert browser.as_(chloe).post(f"{path}/deletion").status_code == 404


def test_a_letter_comes_once_a_month_is_protected_and_ends_with_a_press(
    kept, db, app, browser, chloe
):
    course = make_course(db)
    for number in range(3):
        make_enrolment(db, make_person(db, f"Learner {number}", make_institute(db)), course)
    last_month = clock.day_everywhere(clock.now()).replace(day=1) - timedelta(days=1)
    db.execute(update(Fact).values(day=last_month))
    db.commit()
    for _twice in range(2):
        send_view_letters(worker_of(app).workshop, {})
    (letter,) = delivered(app)
    text = text_of_letter(letter)
    shown = re.search(r"Enrolled: (few|\d+)", text)
    assert shown
    assert shown[1] == "few" or int(shown[1]) >= 5
    link = next(word for word in text.split() if "/view-letters/" in word)
    path = link.removeprefix("http://capacita.test")
    assert browser.get(path).status_code == 200
    assert browser.post(path).status_code == 200
    db.refresh(kept)
    assert kept.letters == "never"
    db.commit()
    assert browser.get(path.replace("/view-letters/", "/view-letters/un")).status_code == 404


def test_letters_stop_when_the_right_ends_and_views_with_the_person(kept, db, chloe):
    moment = clock.now()
    db.execute(update(Grant).where(Grant.user_id == chloe.id).values(ended_at=moment))
    assert board_due(db, kept.id, moment) is None
    db.execute(update(Grant).where(Grant.user_id == chloe.id).values(ended_at=None))
    kept.letters = WEEKLY
    board = board_due(db, kept.id, moment)
    assert send_letter(db, kept.id, moment, board)
    assert not send_letter(db, kept.id, moment, board)
    assert send_letter(db, kept.id, moment - timedelta(days=7), board)
    db.execute(update(Grant).where(Grant.user_id == chloe.id).values(ended_at=moment))
    assert not send_letter(db, kept.id, moment - timedelta(days=14), board)
    forget_views(db, chloe.id)
    assert not db.scalars(select(SavedView.id)).all()
