"""Reminders: after 3 and 10 days of silence, each once, through a real mail server, and muted at will."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import func, select, update

from app.activity.events import Event
from app.foundation import clock
from app.foundation.database import MomentType
from app.identity.jobs import TIDY
from app.learning.enrolments import Enrolment, withdraw
from app.learning.progress import Progress
from app.learning.reminders import Reminder, choose, is_muted, remind, silent_rounds
from app.learning.voices.jobs import REMIND, REMIND_ROUNDS
from app.main import create_app, worker_of
from app.queue.jobs import Job, later
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.mails import delivered
from tests.queue.conftest import Postbox

DAY = timedelta(days=1)


@pytest.fixture
def place(db, awa):
    place = make_enrolment(db, awa, make_course(db))
    db.commit()
    return place


def after(db, place, days: int) -> bool:
    """Whether the round gets a letter on the day so many days from now."""
    moment = clock.now() + days * DAY + timedelta(minutes=1)
    is_found = place.id in silent_rounds(db, moment)
    is_sent = remind(db, place.id, moment)
    assert is_found or not is_sent
    return is_sent


def test_two_letters_at_most_each_after_its_silence(db, place):
    sent = {days: after(db, place, days) for days in (2, 3, 4, 9, 10, 11, 29)}
    assert [days for days, is_sent in sent.items() if is_sent] == [3, 10]


def test_who_was_found_late_gets_one_letter_and_after_a_month_none(db, place):
    assert not after(db, place, 31)
    assert [after(db, place, days) for days in (12, 13)] == [True, False]
    assert sorted(db.scalars(select(Reminder.days))) == [3, 10]


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("silence", "is_due"),
    [(3 * DAY - SECOND, False), (3 * DAY, True), (31 * DAY - SECOND, True), (31 * DAY, False)],
)
@pytest.mark.parametrize("last", ["opened", "done", "read"])
def test_a_round_is_found_while_its_letter_may_be_due(db, awa, last, silence, is_due):
    place = opened(db, awa, 0 if last == "opened" else 60)
    if last == "done":
        do(db, place, "lesson-1-1")
        db.execute(update(Progress).values(updated_at=place.opened_at))
    elif last == "read":
        row = {"enrolment_id": place.id, "activity_key": "lesson-1-1", "updated_at": clock.now()}
        db.add(Progress(**row))
    moment = last_sign_of(db) + silence
    assert (place.id in silent_rounds(db, moment)) is is_due


def opened(db, person, days: int) -> Enrolment:
    """A round that was opened so many days ago, in which nothing happened since."""
    version, moment = make_course(db), clock.now() - days * DAY
    place = Enrolment(
        learner_id=person.id, course_id=version.course_id, version_id=version.id, round=1,
        opened_at=moment, opened_day=moment.date(),
    )  # fmt: skip
    db.add(place)
    db.flush()
    return place


def last_sign_of(db):
    signs = (Enrolment.opened_at, Event.happened_at, Progress.updated_at)
    moments = (db.scalar(select(func.max(each, type_=MomentType()))) for each in signs)
    return max(moment for moment in moments if moment is not None)


def test_reminders_keep_nobody_waiting_who_needs_a_letter_now(db, app, awa):
    worker = worker_of(app)
    opened(db, awa, 4)
    later(db, REMIND, {}, unique_key="today")
    db.commit()
    assert worker.run_once()
    later(db, TIDY, {}, unique_key="needed now")
    db.commit()
    assert worker.run_once()
    waiting = select(Job.kind, Job.gives_way).where(Job.done_at.is_(None))
    assert db.execute(waiting).all() == [(REMIND_ROUNDS, True)]
    assert db.scalars(select(Reminder)).all() == []
    db.rollback()
    worker.run_until_idle()
    assert [row.days for row in db.scalars(select(Reminder))] == [3]


def come_back(db, place) -> None:
    do(db, place, "lesson-1-1")


def leave(db, place) -> None:
    withdraw(db, place.id, "en")


def mute(db, place) -> None:
    choose(db, place.learner_id, is_wanted=False)


@pytest.mark.parametrize("end", [complete, leave, mute])
def test_who_completed_left_or_muted_gets_no_letter(db, place, end):
    end(db, place)
    assert not after(db, place, 3)
    assert not after(db, place, 10)


def test_the_silence_is_counted_from_what_was_done_last(db, place):
    assert after(db, place, 3)
    come_back(db, place)
    assert not after(db, place, 2)
    assert after(db, place, 10)


def test_the_worker_sends_it_once_and_its_link_mutes_without_sign_in(
    db, settings, served, awa, eve
):
    opened(db, awa, 4)
    for day in ("first", "second"):
        later(db, REMIND, {}, unique_key=day)
    db.commit()
    post = Postbox()
    app = create_app(settings.model_copy(update={"mail": f"smtp://127.0.0.1:{served(post)}"}))
    worker_of(app).run_until_idle()
    app.state.engines.close()
    (envelope,) = post.letters
    letter = message_from_bytes(envelope.content, policy=default)
    assert letter["To"] == awa.email
    assert letter["Subject"] == "“First aid at work” waits where you left it"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip("<>")
    assert address in letter.get_body(("plain",)).get_content()
    path = address.removeprefix(settings.public_url)
    assert "Mute reminders" in text_of(eve.get(path))
    assert not is_muted(db, awa.id)
    db.rollback()
    # A mail program presses it from elsewhere, and sends a body that no form of ours has.
    pressed = eve.post(
        path,
        content=b"--x\r\n\r\nList-Unsubscribe=One-Click\r\n--x--",
        headers={"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "cross-site"},
    )
    assert pressed.status_code == 200
    assert is_muted(db, awa.id)
    db.rollback()
    assert eve.post(f"{path}x").status_code == 404


def test_the_switch_of_the_account_mutes_and_lets_come_again(db, app, awa, browser):
    awas = browser.as_(awa)
    for wanted, muted in (("", True), ("1", False)):
        answer = awas.follow(awas.post("/en/account/reminders", {"wanted": wanted}))
        assert "Your choice is saved" in text_of(answer)
        assert '<legend class="field__label">When a course falls silent</legend>' in answer.text
        assert is_muted(db, awa.id) is muted
        db.rollback()
    assert delivered(app) == []
