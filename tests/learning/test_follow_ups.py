"""Follow-ups: one letter three months after a completion, answered once, counted from five on."""

import hashlib
from datetime import timedelta

from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.erasures import erase
from app.learning.completions import Completion
from app.learning.follow_ups import FollowUp, due_follow_ups, follow_up, tell_use
from app.learning.reminders import choose
from app.learning.voices.jobs import FOLLOW_UP
from app.queue.jobs import later
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import make_institute, make_person

DAY = timedelta(days=1)


def completed(db, person, version, days: int = 0):
    place = make_enrolment(db, person, version)
    complete(db, place)
    then = clock.now() - days * DAY
    of_theirs = Completion.enrolment_id == place.id
    db.execute(update(Completion).where(of_theirs).values(completed_at=then))
    return place


def test_who_completed_it_three_months_ago_is_asked_once_and_answers_once(db, app, awa, eve):
    place = completed(db, awa, make_course(db, modules=1), 91)
    for time in ("first", "second"):
        later(db, FOLLOW_UP, {}, unique_key=time)
    db.commit()
    (letter,) = delivered(app)
    assert letter["Subject"] == "Did you use something of “First aid at work”?"
    words = text_of_letter(letter).split()
    (link,) = [each for each in words if "/follow-up/" in each]
    path = link.removeprefix(app.state.settings.public_url)
    assert "In your work, since you completed the course" in text_of(eve.get(path))
    assert eve.post(path, {"used": "5"}).status_code == 422
    assert "Your answer is saved" in text_of(eve.post(path, {"used": "3", "aims": "tell-urgent"}))
    assert eve.get(path).status_code == eve.post(path, {"used": "1"}).status_code == 404
    row = db.scalars(select(FollowUp)).one()
    assert (row.enrolment_id, row.used, row.token_hash) == (place.id, 3, None)
    assert row.aims == ["tell-urgent"]
    (told,) = db.scalars(select(Event).where(Event.kind == "use-told"))
    assert (told.actor_id, told.person_id, told.enrolment_id) == (None, None, None)


def test_nobody_is_asked_too_early_too_late_or_against_their_will(db, awa, bilal, chloe, dara):
    version = make_course(db, modules=1)
    for person, days in ((awa, 89), (bilal, 121), (chloe, 100), (dara, 100)):
        completed(db, person, version, days)
    choose(db, chloe.id, is_wanted=False)
    (due,) = due_follow_ups(db, clock.now())
    assert follow_up(db, due, clock.now())
    assert not follow_up(db, due, clock.now())
    assert due_follow_ups(db, clock.now()) == []
    erase(db, dara)
    assert db.scalars(select(FollowUp.token_hash)).one() is None


def test_answers_are_shown_by_course_and_recommendation_from_five_on(db, browser, chloe):
    version, institute = make_course(db, modules=1), make_institute(db)
    db.commit()
    at = browser.as_(chloe)
    for number in range(5):
        if number == 4:
            db.commit()
            said = text_of(at.get("/en/statistics/opinions"))
            assert "First aid at work 4 4 s not shown" in said
        place = completed(db, make_person(db, f"Kofi {number}", institute), version, 91)
        follow_up(db, place.id, clock.now())
        token = f"token-{number}"
        of_theirs = FollowUp.enrolment_id == place.id
        db.execute(
            update(FollowUp)
            .where(of_theirs)
            .values(token_hash=hashlib.sha256(token.encode()).digest())
        )
        tell_use(db, token, 4 if number else 1, "en")
    db.commit()
    said = text_of(at.get("/en/statistics/opinions"))
    assert "First aid at work 5 5 1 0 0 4" in said
    assert "HR1 5 5 1 0 0 4" in said
