"""Letters of required courses: through a real mail server, one a person, muted at will, once."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import delete, select, update

from app.duties.digests import administrators, send_digest
from app.duties.jobs import DIGESTS, DUTIES, REMIND_OF_DUTIES
from app.duties.letters import people_to_remind, remind
from app.duties.listings import requirements_in
from app.duties.mutes import mute, muted_kinds
from app.duties.petitions import EXTENSION, Plea, ask
from app.duties.standing import duty_of
from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, end_grant, grant, standing_grant
from app.identity.placements import Placement
from app.learning.reminders import token_of
from app.main import create_app, worker_of
from app.queue.jobs import Job, later
from app.statistics.scopes import scope_of
from tests.browser import text_of
from tests.makers.courses import make_course
from tests.makers.duties import make_requirement, noon, roll
from tests.makers.mails import delivered
from tests.makers.people import make_institute, make_interior, make_person
from tests.queue.conftest import Postbox, served

__all__ = ["served"]
DAY = timedelta(days=1)


@pytest.fixture
def required(db, awa, chloe):
    """Two courses required of awa and chloe in thirty and in forty days, as of today."""
    ministry = make_interior(db)
    made = [
        make_requirement(db, chloe, ministry, make_course(db, title), due_days=days)
        for title, days in (("Payroll", 30), ("Fire safety", 40))
    ]
    for each in made:
        roll(db, each)
    db.commit()
    return made


def require_since(db, chloe, days: int) -> None:
    """Two courses required for so many days of all who stood there before, in thirty days."""
    begins = clock.now().date() - days * DAY
    db.execute(update(Placement).values(valid_from=noon(begins - DAY)))
    for title in ("Payroll", "Fire safety"):
        make_requirement(db, chloe, make_interior(db), make_course(db, title), begins)


def test_one_letter_tells_of_all_that_is_near(db, app, required, awa):
    today = clock.now().date()
    sent = [
        day
        for day in (1, 15, 16, 17, 26, 27, 28, 30, 36, 37, 40, 44)
        if remind(db, awa.id, noon(today + day * DAY))
    ]  # the first due on day 30, the second on day 40
    assert sent == [16, 26, 27, 30, 37, 40, 44]
    db.commit()
    letters = delivered(app)
    assert len(letters) == len(sent)
    third = letters[2].get_body(("plain",)).get_content()
    assert "- Payroll: by " in third
    assert "- Fire safety: by " in third
    assert letters[4]["Subject"] == "1 required course is overdue"
    assert (
        "- Payroll: 7 days late (Ministry of the Interior)"
        in letters[4].get_body(("plain",)).get_content()
    )


def test_a_letter_missed_by_the_worker_comes_late_and_once(db, required, awa):
    today = clock.now().date()
    assert [day for day in (20, 20, 21, 22) if remind(db, awa.id, noon(today + day * DAY))] == [20]


def test_who_muted_is_not_written_to_and_still_required(db, required, awa, chloe):
    mute(db, awa.id, "duties")
    moment = noon(clock.now().date() + 30 * DAY)
    assert not remind(db, awa.id, moment)
    assert awa.id not in people_to_remind(db, moment, 0, 10)
    assert remind(db, chloe.id, moment)


def test_reminders_and_digests_leave_through_a_mail_server_once(
    db, settings, served, awa, chloe, dara, eve
):
    require_since(db, chloe, 38)
    for kind in (REMIND_OF_DUTIES, DIGESTS):
        for twice in ("first", "second"):
            later(db, kind, {"after": 0}, unique_key=f"{kind}{twice}")
    db.commit()
    post = Postbox()
    app = create_app(settings.model_copy(update={"mail": f"smtp://127.0.0.1:{served(post)}"}))
    worker_of(app).run_until_idle()
    app.state.engines.close()
    letters = [message_from_bytes(each.content, policy=default) for each in post.letters]
    told = sorted((letter["To"], letter["Subject"]) for letter in letters)
    overdue = "2 required courses are overdue"
    assert told == sorted(
        [(awa.email, overdue), (chloe.email, overdue), (chloe.email, "Required courses this week")]
    )
    (digest,) = [each for each in letters if each["Subject"] == "Required courses this week"]
    assert "2 overdue, 0 due soon" in digest.get_body(("plain",)).get_content()
    assert awa.name not in digest.get_body(("plain",)).get_content()
    path = digest["List-Unsubscribe"].strip("<>").removeprefix(settings.public_url)
    assert "No more digests?" in text_of(eve.get(path))
    db.rollback()
    pressed = eve.post(
        path,
        content=b"List-Unsubscribe=One-Click",
        headers={"Content-Type": "text/plain", "Sec-Fetch-Site": "cross-site"},
    )
    assert pressed.status_code == 200
    assert muted_kinds(db, chloe.id) == {"digests"}
    assert chloe.id not in administrators(db)
    assert not send_digest(db, chloe.id, clock.now() + 7 * DAY)


def test_a_digest_counts_the_people_to_whom_nobody_stands_nearer(db, awa, bilal, chloe, required):
    operator = make_person(db, "Noor Haddad", roles=(ADMINISTRATOR,))
    today = clock.now().date()

    def told(person):
        scope = scope_of(db, person.id, (ADMINISTRATOR,)).nearest()
        return [each.required for each in requirements_in(db, scope, today, today)]

    assert (told(chloe), told(operator)) == ([3, 3], [])
    grant(db, bilal.id, ADMINISTRATOR, make_institute(db).id)
    assert (told(chloe), told(bilal), told(operator)) == ([1, 1], [2, 2], [])
    end_grant(db, standing_grant(db, chloe.id, ADMINISTRATOR, make_interior(db).id))
    assert (told(chloe), told(bilal), told(operator)) == ([], [2, 2], [1, 1])
    bilal.email = None
    db.flush()
    assert told(operator) == [3, 3]


def test_a_request_is_in_the_digest_of_who_decides_it_and_of_nobody_else(
    db, awa, bilal, chloe, required
):
    grant(db, bilal.id, ADMINISTRATOR, make_institute(db).id)
    today = clock.now().date()
    duty = duty_of(db, required[0].id, awa.id)
    ask(db, duty, awa.id, Plea(EXTENSION, today + 60 * DAY, "I come back in spring."), today)
    assert not send_digest(db, bilal.id, clock.now())
    assert send_digest(db, chloe.id, clock.now())
    told = db.scalars(select(Job.payload).order_by(Job.id.desc())).first()["values"]
    assert told["waiting"] == len(told["rows"]) == 1


def test_the_day_calls_each_roll_and_then_writes_the_letters(db, app, awa, chloe):
    require_since(db, chloe, 28)
    db.execute(delete(Job))
    for _twice in range(2):
        later(db, DUTIES, {})
    db.commit()
    told = sorted((letter["To"], letter["Subject"]) for letter in delivered(app))
    due = "2 required courses are due"
    assert told == sorted(
        [(awa.email, due), (chloe.email, due), (chloe.email, "Required courses this week")]
    )


def test_a_token_of_nobody_or_a_kind_that_is_none_mutes_nothing(db, awa, eve):
    token = token_of(db, awa.id)
    db.commit()
    assert eve.get(f"/en/reminders/{token}/everything").status_code == 404
    assert eve.post(f"/en/reminders/{token}x/duties").status_code == 404
    assert muted_kinds(db, awa.id) == frozenset()


def test_the_switches_of_the_account(db, awa, browser):
    awas = browser.as_(awa)
    awas.post("/en/account/reminders", {"wanted": "1"})
    assert muted_kinds(db, awa.id) == {"duties"}
    db.rollback()
    awas.post("/en/account/reminders", {"wanted": "1", "letters": "duties"})
    assert muted_kinds(db, awa.id) == frozenset()
