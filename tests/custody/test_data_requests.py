"""What people ask about their data: queued with its day, answered once, told by mail."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.credentials.certificates import Certificate
from app.custody.data_requests import DataRequest, recall_due
from app.custody.listings import PAGE
from app.custody.periods import months_after
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.users import User
from app.queue.jobs import Job
from app.statistics.facts import Fact
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import make_person

OWN, QUEUE = "/en/account/data-requests", "/en/data-requests"
WORDS = "My old office is still named in a list & I <want> it corrected."


@pytest.fixture
def asked(db, awa, chloe, browser) -> DataRequest:
    """Awa asks for a correction; chloe administers her ministry."""
    sent = browser.as_(awa).post(OWN, {"kind": "rectification", "said": WORDS})
    assert sent.headers["location"] == f"{OWN}?sent=1"
    request = db.scalars(select(DataRequest)).one()
    db.commit()
    return request


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_month_ends_on_its_own_day_or_its_last(day, months, end):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(end)


def test_a_request_is_due_in_a_month_and_both_sides_are_told(app, browser, asked, awa, chloe):
    assert asked.due_on == months_after(asked.came_on, 1)
    letters = {each["To"]: text_of_letter(each) for each in delivered(app)}
    assert "you ask for a correction of your data" in letters[awa.email]
    assert f"/en/data-requests/{asked.key}" in letters[chloe.email]
    assert WORDS not in letters[chloe.email]
    assert "the answer is owed by" in text_of(browser.as_(awa).get(OWN))


def test_the_same_is_asked_once_until_it_is_answered(browser, asked, awa):
    again = browser.as_(awa).post(OWN, {"kind": "rectification"})
    assert again.status_code == 409
    assert "the answer is still to come" in text_of(again)
    assert browser.as_(awa).post(OWN, {"kind": "access"}).status_code == 303
    nothing = browser.as_(awa).post(OWN, {"kind": "gold"})
    assert nothing.status_code == 422
    assert "Choose what is asked for." in text_of(nothing)


def test_only_who_answers_for_the_person_sees_it_and_leaves_a_trace(
    browser, asked, awa, dara, chloe, found
):
    assert browser.as_(dara).get(QUEUE).status_code == 403
    assert browser.as_(dara).get(f"{QUEUE}/{asked.key}").status_code == 403
    page = browser.as_(chloe).get(f"{QUEUE}/{asked.key}")
    assert "I &lt;want&gt; it corrected" in page.text
    assert '<blockquote class="quoted"><p><bdi>My old office' in page.text
    browser.as_(chloe).get(f"{QUEUE}/{asked.key}")
    (seen,) = found(select(Event).where(Event.kind == "record-seen"))
    assert (seen.actor_id, seen.person_id) == (chloe.id, awa.id)
    looked = text_of(browser.as_(awa).get("/en/account/onlookers"))
    assert "opened your request about your data" in looked


def test_an_administrator_of_another_tree_does_not_find_it(browser, db, asked, health):
    other = make_person(db, "Otto Berg", health, roles=("administrator",), on=health)
    db.commit()
    assert "Nobody asks anything" in text_of(browser.as_(other).get(QUEUE))
    assert browser.as_(other).get(f"{QUEUE}/{asked.key}").status_code == 404
    closing = {"outcome": "granted", "answer": "It is corrected now."}
    assert browser.as_(other).post(f"{QUEUE}/{asked.key}/closing", closing).status_code == 404


def test_it_takes_longer_once_and_with_a_reason(app, browser, asked, chloe, awa, db):
    hers = browser.as_(chloe)
    short = hers.post(f"{QUEUE}/{asked.key}/extension", {"reason": "Busy"})
    assert short.status_code == 422
    reason = {"reason": "The old list lies in an archive elsewhere."}
    assert hers.post(f"{QUEUE}/{asked.key}/extension", reason).status_code == 303
    db.refresh(asked)
    db.commit()
    assert asked.due_on == months_after(asked.came_on, 3)
    assert hers.post(f"{QUEUE}/{asked.key}/extension", reason).status_code == 409
    letters = [text_of_letter(each) for each in delivered(app) if each["To"] == awa.email]
    assert any("The old list lies in an archive" in each for each in letters)


def test_an_erasure_empties_what_was_asked_and_why_it_took_longer(db, browser, asked, chloe, awa):
    reason = {"reason": "Awa Diop's file lies in an archive elsewhere."}
    browser.as_(chloe).post(f"{QUEUE}/{asked.key}/extension", reason)
    db.refresh(asked)
    assert (asked.words, asked.extension) == (WORDS, reason["reason"])
    erase(db, awa)
    db.flush()
    assert (asked.words, asked.answer, asked.extension) == ("", "", "…")
    assert asked.outcome == "granted"
    assert asked.closed_at is not None


def test_it_is_closed_once_and_the_answer_reaches_the_person(app, browser, asked, chloe, awa):
    hers = browser.as_(chloe)
    unsaid = hers.post(f"{QUEUE}/{asked.key}/closing", {"outcome": "refused", "answer": ""})
    assert unsaid.status_code == 422
    answer = {"outcome": "refused", "answer": "The list is a public record by law 12."}
    assert hers.post(f"{QUEUE}/{asked.key}/closing", answer).status_code == 303
    assert hers.post(f"{QUEUE}/{asked.key}/closing", answer).status_code == 409
    own = browser.as_(awa).get(OWN)
    assert '<p dir="auto">My old office' in own.text
    for page in (own, hers.get(f"{QUEUE}/{asked.key}")):
        assert '<span dir="auto">The list is a public record by law 12.' in page.text
    last = text_of_letter(delivered(app)[-1])
    assert "your request is refused" in last
    assert "complain to the data protection authority" in last


def test_a_granted_erasure_is_carried_out_and_counts_stay(app, browser, db, awa, chloe, found):
    complete(db, make_enrolment(db, awa, make_course(db)))
    db.commit()
    facts = found(select(Fact.measure))
    browser.as_(awa).post(OWN, {"kind": "erasure", "said": WORDS})
    key = found(select(DataRequest.key))[0]
    answer = {"outcome": "granted", "answer": "You are erased as you asked.", "understood": "yes"}
    assert browser.as_(chloe).post(f"{QUEUE}/{key}/closing", answer).status_code == 303
    assert found(select(User.name).where(User.id == awa.id)) == [""]
    assert found(select(Certificate.holder_name)) == [None]
    assert found(select(Fact.measure)) == facts
    assert found(select(DataRequest.words)) == [""]
    assert "You are erased as you asked." in text_of_letter(delivered(app)[-1])
    assert "A person who was erased" in text_of(browser.as_(chloe).get(QUEUE))


def test_nobody_is_erased_before_the_box_that_says_what_it_means_is_ticked(
    browser, awa, chloe, found
):
    browser.as_(awa).post(OWN, {"kind": "erasure", "said": WORDS})
    key = found(select(DataRequest.key))[0]
    hers, at = browser.as_(chloe), f"{QUEUE}/{key}/closing"
    assert "Erase this person and close" in text_of(hers.get(f"{QUEUE}/{key}"))
    answer = {"outcome": "granted", "answer": "You are erased as you asked."}
    unread = hers.post(at, answer)
    assert unread.status_code == 422
    assert "Tick the box: a person who is erased cannot be brought back." in text_of(unread)
    assert "You are erased as you asked." in unread.text
    short = text_of(hers.post(at, {"outcome": "granted", "answer": "Yes"}))
    assert "2 things need your attention" in short
    assert found(select(User.name).where(User.id == awa.id)) == [awa.name]
    refusal = {"outcome": "refused", "answer": "A law asks us to keep it for ten years."}
    assert hers.post(at, refusal).status_code == 303
    assert hers.post(at, answer).status_code == 409, "what is closed is said before the box"
    assert found(select(User.name).where(User.id == awa.id)) == [awa.name]


def test_only_an_erasure_asks_for_the_box(browser, asked, chloe):
    page = text_of(browser.as_(chloe).get(f"{QUEUE}/{asked.key}"))
    assert "Grant and close" in page
    assert "cannot be brought back" not in page


def test_nobody_decides_their_own(browser, chloe, found):
    hers = browser.as_(chloe)
    hers.post(OWN, {"kind": "erasure"})
    key = found(select(DataRequest.key))[0]
    assert "Ask another administrator" in text_of(hers.get(f"{QUEUE}/{key}"))
    answer = {"outcome": "granted", "answer": "I erase myself today.", "understood": "yes"}
    assert hers.post(f"{QUEUE}/{key}/closing", answer).status_code == 409


def test_a_letter_is_entered_from_the_day_it_came(browser, chloe, awa, dara, found):
    came = clock.now().date() - timedelta(days=5)
    typed = {"email": awa.email.upper(), "kind": "access", "came_on": came.isoformat()}
    assert browser.as_(chloe).post(QUEUE, typed).status_code == 303
    assert found(select(DataRequest.due_on)) == [months_after(came, 1)]
    lost = browser.as_(chloe).post(QUEUE, typed | {"email": dara.email})
    assert lost.status_code == 404
    assert "Nobody of your institutions has the address" in text_of(lost)


def test_who_answers_is_reminded_a_week_before_and_once_when_late(db, asked, chloe):
    def letters() -> list[str]:
        jobs = db.scalars(select(Job).where(Job.unique_key.like("data-request:%")))
        return [each.payload["to"] for each in jobs]

    recall_due(db, asked.due_on - timedelta(days=8))
    assert letters() == []
    for days in (-7, -6, 1, 2):
        recall_due(db, asked.due_on + timedelta(days=days))
    assert letters() == [chloe.email] * 2


def test_what_is_asked_is_listed_by_pages_to_the_last(db, browser, asked, awa, chloe):
    came, moment = date(2026, 1, 1), clock.now()
    db.add_all(
        DataRequest(
            key=uuid4(), person_id=awa.id, institution_id=asked.institution_id, kind="access",
            words="", came_on=came, due_on=came, extension="", closed_at=moment,
            closed_by=chloe.id, outcome="granted", answer="",
        )
        for _each in range(PAGE)
    )  # fmt: skip
    db.commit()
    pages = browser.as_(chloe)
    first, second = (pages.get(f"{QUEUE}{each}") for each in ("", "?page=2"))
    assert first.text.count("ledger__row") == PAGE
    assert str(asked.key) in first.text
    assert "Next 100 rows" in text_of(first)
    assert second.text.count("ledger__row") == 1
    assert "Next 100 rows" not in text_of(second)
