"""Pages of required courses: set with a preview, shown to whom it concerns, asked about, decided."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.duties.duties import Duty
from app.duties.petitions import Petition
from app.duties.requirements import Requirement
from app.foundation import clock
from app.identity.grants import ADMINISTRATOR, end_grant, grant, standing_grant
from app.identity.placements import Placement, place
from app.learning.enrolments import enrol
from tests.browser import text_of
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.duties import BASIS, duties_of, make_requirement, noon, roll
from tests.makers.learning import complete, make_enrolment
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior, make_person

DAY = timedelta(days=1)
NEW = "/en/required/new"
FIELDS = {
    "course": "first-aid-at-work", "institution": "ministry-of-the-interior", "due_days": "30",
    "legal_basis": BASIS,
}  # fmt: skip


@pytest.fixture
def today():
    return clock.now().date()


@pytest.fixture
def late(db, awa, chloe, today):
    """First aid, required for 38 days of those who were there before, due within 30."""
    db.execute(update(Placement).values(valid_from=noon(today - 60 * DAY)))
    requirement = make_requirement(db, chloe, make_interior(db), make_course(db), today - 38 * DAY)
    roll(db, requirement)
    db.commit()
    return requirement


def test_nothing_is_set_before_its_preview_was_agreed_to(db, app, browser, awa, bilal, chloe):
    make_course(db)
    db.commit()
    at = browser.as_(chloe)
    assert "Nothing is required yet" in text_of(at.get("/en/required"))
    seen = text_of(at.post(NEW, FIELDS))
    assert "It concerns 3 people now" in seen
    assert "Course First aid at work Who requires it Ministry of the Interior" in seen
    assert db.scalars(select(Requirement)).all() == []
    db.commit()
    answer = at.follow(at.post(NEW, FIELDS | {"agreed": "yes"}))
    assert "The course is required" in text_of(answer)
    delivered(app)
    listed = text_of(at.get("/en/required"))
    assert (
        "First aid at work Ministry of the Interior within 30 days of coming under it 3 0" in listed
    )


WRONG = [
    ({"due_days": ""}, "Write either a day for all or a number of days, not both."),
    ({"due_on": "2027-01-01"}, "Write either a day for all or a number of days, not both."),
    ({"due_days": "", "due_on": "2001-01-01"}, "Choose a day behind the one on which"),
    ({"begins_on": "2001-01-01"}, "Choose today or a later day"),
    ({"every_months": "2", "window_days": "60"}, "the window has to be shorter"),
    ({"due_days": "soon"}, "Write a number of days from 1 to 1500."),
    ({"legal_basis": ""}, "Name the law, decree or decision"),
    ({"course": "nothing"}, "Fill in this field."),
    ({"institution": "ministry-of-health"}, "Fill in this field."),
    ({"audience": "ministry-of-health"}, "Fill in this field."),
]


def test_what_does_not_fit_comes_back_with_what_was_typed(db, browser, chloe, dara):
    make_course(db)
    db.commit()
    at = browser.as_(chloe)
    for fields, words in WRONG:
        answer = at.post(NEW, FIELDS | {"grades": "A2, B7"} | fields)
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert 'value="A2, B7"' in answer.text


def test_the_learner_reads_who_requires_it_by_when_and_why(db, browser, engines, awa, late, today):
    make_enrolment(db, awa, make_course(db, "Of her own"))
    db.commit()
    awas = browser.as_(awa)
    said = text_of(awas.get("/en/my-learning"))
    assert "Required of you First aid at work Required by Ministry of the Interior by" in said
    assert f"because: {BASIS} 8 days late" in said
    assert "Of her own Your own choice" in said
    awas.get("/en/courses/first-aid-at-work")
    with statements(engines) as sent:
        course = text_of(awas.get("/en/courses/first-aid-at-work"))
    assert len(sent) == 2
    assert f"because: {BASIS}" in course
    assert "Nobody requires this course of you" in text_of(awas.get("/en/courses/of-her-own"))
    with statements(engines) as sent:
        awas.get("/en/my-learning")
    assert len(sent) == 2


def test_completing_it_is_seen_at_once_and_counts_where_it_was_done(
    db, browser, awa, chloe, late, today
):
    place(db, awa.id, make_institute(db).id, grade="A2")
    version = db.get_one(Requirement, late.id)
    complete(db, enrol_in(db, awa, version.course_id))
    place(db, awa.id, make_institution(db, *HEALTH).id)
    db.commit()
    awas = browser.as_(awa)
    assert "First aid at work" in text_of(awas.get("/en/my-learning"))
    (duty,) = duties_of(db, awa)
    assert duty.done_on == today
    course = text_of(awas.get("/en/courses/first-aid-at-work"))
    assert f"because: {BASIS} Details You completed this course" in course
    told = select(Event.kind).where(Event.person_id == awa.id)
    kinds = db.scalars(told.order_by(Event.id)).all()
    assert [each for each in kinds if each.startswith("duty")] == [
        "duty-began", "duty-missed", "duty-met",
    ]  # fmt: skip
    roll(db, late)
    db.commit()
    page = text_of(browser.as_(chloe).get(f"/en/required/{late.key}"))
    assert "Institution Done Missed Institute of Public Administration 1 1" in page


def enrol_in(db, person, course_id):
    return enrol(db, person.id, course_id, "en")


def test_asking_for_time_deciding_it_and_the_mail_that_tells(
    db, app, browser, awa, chloe, late, today
):
    awas, at = browser.as_(awa), browser.as_(chloe)
    own = f"/en/my-learning/required/{late.key}"
    assert "Choose more time or an exemption." in text_of(awas.post(own, {"reason": "Field work"}))
    early = {"kind": "extension", "until": str(today - 9 * DAY), "reason": "Field work"}
    assert "is not later than the one that stands" in text_of(awas.post(own, early))
    until = today + 20 * DAY
    asked = {"kind": "extension", "until": str(until), "reason": "Field work"}
    assert "Your request is sent" in text_of(awas.follow(awas.post(own, asked)))
    assert awas.post(own, asked).status_code == 409
    waiting = text_of(at.get("/en/required/requests"))
    assert "Awa Diop More time until" in waiting
    assert "Field work" in waiting
    key = db.scalars(select(Petition.key)).one()
    db.commit()
    path = f"/en/required/requests/{key}"
    assert at.post(path, {"verdict": "maybe"}).status_code == 422
    assert "It is granted" in text_of(
        at.follow(at.post(path, {"verdict": "granted", "answer": "Safe travels"}))
    )
    assert at.post(path, {"verdict": "refused"}).status_code == 404
    (letter,) = [each for each in delivered(app) if each["To"] == awa.email]
    assert letter["Subject"] == "Your request about “First aid at work” is granted"
    assert "Safe travels" in text_of_letter(letter)
    (duty,) = duties_of(db, awa)
    assert duty.due_on == until
    db.commit()
    assert "To do" in text_of(awas.get(own))


def test_an_exemption_without_asking_and_who_may_not(db, browser, awa, chloe, dara, late):
    at = browser.as_(chloe)
    own = f"/en/required/{late.key}/people/{awa.subject}"
    granted = {"kind": "exemption", "reason": "Retires in March"}
    page = text_of(at.get(own))
    assert "Say no more of their health" in page, "an administrator does not speak of themselves"
    assert "It is granted" in text_of(at.follow(at.post(own, granted)))
    assert at.get(f"/en/required/{late.key}/people/{chloe.subject}").status_code == 404
    assert browser.as_(dara).get(f"/en/my-learning/required/{late.key}").status_code == 404
    assert "Nobody is overdue" not in text_of(at.get("/en/required/overdue"))  # chloe herself
    assert "Awa Diop" not in text_of(at.get("/en/required/overdue"))
    assert "Exempt" in text_of(browser.as_(awa).get("/en/my-learning"))


def test_a_persons_duty_is_for_who_may_see_their_name(db, browser, awa, late):
    """Omar administers who requires it, and is registrar of another institution than awa's."""
    ministry, health = make_interior(db), make_institution(db, *HEALTH)
    omar = make_person(db, "Omar Aziz", health, roles=("registrar",), on=health)
    grant(db, omar.id, ADMINISTRATOR, ministry.id)
    db.commit()
    his, own = browser.as_(omar), f"/en/required/{late.key}/people/{awa.subject}"
    granted = {"kind": "exemption", "reason": "Retires in March"}
    assert his.get(own).status_code == his.post(own, granted).status_code == 404
    assert [each.exempt_until for each in duties_of(db, awa)] == [None]
    grant(db, omar.id, "registrar", make_institute(db).id)
    db.commit()
    assert his.get(own).status_code == 200


def test_nobody_decides_their_own(db, browser, chloe, late):
    at = browser.as_(chloe)
    own = f"/en/my-learning/required/{late.key}"
    at.post(own, {"kind": "exemption", "reason": "I know it"})
    assert "Nothing to decide" in text_of(at.get("/en/required/requests"))
    key = db.scalars(select(Petition.key)).one()
    db.commit()
    answer = at.post(f"/en/required/requests/{key}", {"verdict": "granted"})
    assert answer.status_code == 404


def test_the_overdue_are_listed_by_page_and_as_a_file_and_each_look_leaves_a_trace(
    db, browser, chloe, late, today
):
    people = [make_person(db, f"Kofi {number}", make_institute(db)) for number in range(101)]
    db.execute(update(Placement).values(valid_from=noon(today - 60 * DAY)))
    roll(db, late)
    db.commit()
    at = browser.as_(chloe)
    first = at.get("/en/required/overdue")
    assert "8</td>" in first.text
    assert text_of(first).count("Institute of Public Administration") == 99
    rest = first.text.split('href="')
    (following,) = [each.split('"')[0] for each in rest if "after=" in each.split('"')[0]]
    second = text_of(at.get(following.replace("&amp;", "&")))
    assert second.count("Kofi") == 3
    table = at.get(f"/en/required/overdue.csv?requirement={late.key}").text.splitlines()
    assert table[0].lstrip("\ufeff") == "person,institution,grade,course,required_by,due,round"
    assert len(table) == 1 + 103
    assert len(people) == 101
    kinds = db.scalars(select(Event.kind).where(Event.actor_id == chloe.id)).all()
    assert kinds.count("record-seen") == 102  # each of them once, and herself never
    assert kinds.count("overdue-exported") == 1
    db.commit()
    kofis = text_of(browser.as_(people[0]).get("/en/account/onlookers"))
    assert "Chloé Martin looked at what is required of you" in kofis
    assert "Chloé Martin took a list as a file first-aid-at-work" in kofis


def test_a_change_shows_its_count_and_keeps_what_was(db, app, browser, awa, chloe, late):
    at = browser.as_(chloe)
    path = f"/en/required/{late.key}/terms"
    assert f'value="{BASIS}"' in at.get(path).text
    fields = {"audience": "institute", "due_days": "90", "legal_basis": "Decree 7"}
    assert "It concerns 1 person now" in text_of(at.post(path, fields))
    assert "The terms are changed" in text_of(at.follow(at.post(path, fields | {"agreed": "yes"})))
    delivered(app)
    (duty,) = duties_of(db, awa)
    assert (duty.due_on - duty.started_on).days == 90
    assert duty.missed_on is not None
    assert [each.ended_on is None for each in duties_of(db, chloe)] == [False]
    db.commit()
    assert f"Terms before within 30 days of coming under it {BASIS}" in text_of(
        at.get(f"/en/required/{late.key}")
    )
    assert "What was done and missed stays" in text_of(at.get(f"/en/required/{late.key}/end"))
    assert "has ended" in text_of(at.follow(at.post(f"/en/required/{late.key}/end")))
    delivered(app)
    assert not any(db.scalars(select(Duty.stands)))
    db.commit()
    assert at.post(path, fields | {"agreed": "yes"}).status_code == 409


def test_what_a_ministry_requires_is_seen_below_and_changed_by_nobody_there(
    db, browser, bilal, chloe, late
):
    grant(db, bilal.id, ADMINISTRATOR, make_institute(db).id)
    roll(db, late)
    db.commit()
    bilals = browser.as_(bilal)
    assert "required by Ministry of the Interior 2 0 0" in text_of(bilals.get("/en/required"))
    assert "It is set and changed by" in text_of(bilals.get(f"/en/required/{late.key}"))
    assert bilals.get(f"/en/required/{late.key}/terms").status_code == 404
    assert bilals.get("/en/required/overdue").status_code == 403
    held = standing_grant(db, bilal.id, ADMINISTRATOR, make_institute(db).id)
    assert held is not None
    end_grant(db, held)
    db.commit()
    assert bilals.get("/en/required").status_code == 403
