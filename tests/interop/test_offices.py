"""What an office answers for, a program does by the same rules: data, terms, questions, bulletins."""

import json
from datetime import timedelta

import pytest

from app.custody.data_requests import ask as ask_about_data
from app.custody.retentions import KEEP
from app.foundation import clock
from app.identity.grants import ROLES
from app.identity.second_factors import SecondFactor
from app.identity.users import User
from app.learning.inquiries import About
from app.learning.inquiries import ask as ask_about_lesson
from app.main import worker_of
from app.queue.jobs import later
from tests.makers.courses import make_course
from tests.makers.interop import Program, make_api_token
from tests.makers.mails import delivered, text_of_letter
from tests.makers.people import (
    HEALTH,
    cast,
    confirm_place,
    make_institute,
    make_institution,
    make_interior,
)
from tests.statistics.test_tallies import fact

WHY = "The figures of March were wrong."
SOUND = {
    "name": "interior-2024-q1", "institution": "ministry-of-the-interior", "since": "2024-01",
    "until": "2024-03", "measures": ["enrolled"], "tables": ["all", "course.month"],
}  # fmt: skip


@pytest.fixture
def program(db, eve, chloe):
    """A program with all scopes on the ministry of the interior."""
    return Program(eve, make_api_token(db, chloe, make_interior(db)))


def test_what_people_ask_about_their_data_is_queued_and_answered(
    db, eve, program, awa, dara, chloe
):
    yesterday = clock.now().date() - timedelta(days=1)
    first = ask_about_data(db, awa, "rectification", "My name is old.", came_on=yesterday)
    for each in (dara, chloe):
        ask_about_data(db, each, "access", "All of it.")
    db.commit()
    entered = {"person": str(awa.subject), "kind": "erasure", "came": "2026-01-15"}
    assert program.post("/data-requests", entered).json()["code"] == "claim-unconfirmed"
    confirm_place(db, awa)
    made = program.post("/data-requests", entered)
    assert (made.status_code, made.json()["due"]) == (201, "2026-02-15")
    assert program.post("/data-requests", entered).json()["code"] == "request-stands"
    of_another = entered | {"person": str(dara.subject)}
    assert program.post("/data-requests", of_another).status_code == 404
    queue = program.get("/data-requests?limit=2")
    assert [each["kind"] for each in queue.json()["requests"]] == ["erasure", "rectification"]
    leads_on = queue.headers["link"].partition(">")[0].partition("/api/v1")[2]
    (own,) = program.get(leads_on).json()["requests"]
    answer = {"outcome": "granted", "answer": "It is done as you asked."}
    refused = program.post(f"/data-requests/{own['id']}/closing", answer)
    assert refused.json()["code"] == "own-request"

    way = f"/data-requests/{first.key}"
    longer = program.post(f"{way}/extension", {"reason": "We look for the papers."}).json()
    assert longer["due"] > program.get("/data-requests").json()["requests"][0]["due"]
    assert program.post(f"{way}/extension", {"reason": WHY}).json()["code"] == "extended-before"
    assert program.post(f"{way}/closing", answer).json()["outcome"] == "granted"
    assert program.post(f"{way}/closing", answer).json()["code"] == "request-over"
    erasure = made.headers["location"].removeprefix("/api/v1") + "/closing"
    assert program.post(erasure, answer).json()["code"] == "entered-by-you"
    unit = make_interior(db)
    omar = cast(db, "Omar Aziz", unit, roles=ROLES, on=unit)
    theirs = Program(eve, make_api_token(db, omar, unit))
    erasing = theirs.ask("POST", erasure, json=answer, headers={"Idempotency-Key": "erase"})
    assert erasing.status_code == 200
    assert awa.name not in erasing.text
    db.expire_all()
    assert db.get_one(User, awa.id).erased_at is not None


def test_the_schedule_is_set_read_and_says_when_it_was_carried_out(app, db, program):
    make_institution(db, *HEALTH)
    db.commit()
    rule = {
        "institution": "ministry-of-the-interior", "record_class": "idle-accounts", "months": 24,
        "ground": "Archives Act, 12",
    }  # fmt: skip
    told = program.post("/retention", rule).json()
    assert [(each["institution"], each["months"]) for each in told["rules"]] == [
        ("ministry-of-the-interior", 24)
    ]
    assert (told["carried_out"], told["is_due"]) == (None, False)
    short = program.post("/retention", rule | {"months": 3})
    assert short.json()["errors"][0]["where"] == "body.months"
    elsewhere = rule | {"institution": "ministry-of-health"}
    assert program.post("/retention", elsewhere).status_code == 404
    with app.state.engines.writing() as writing:
        later(writing, KEEP, {})
    assert program.get("/retention").json()["is_due"]
    worker_of(app).run_until_idle()
    run = program.get("/retention").json()
    assert (run["is_due"], run["fault"]) == (False, None)
    assert run["carried_out"] is not None


def test_a_second_step_is_asked_by_who_has_one(db, eve, program, chloe):
    told = {"institution": "ministry-of-the-interior", "demanded": True}
    assert program.post("/second-steps", told).json()["code"] == "own-step-missing"
    now = clock.now()
    db.add(
        SecondFactor(
            user_id=chloe.id, secret="JBSWY3DPEHPK3PXP", made_at=now, confirmed_at=now, last_step=0
        )
    )
    db.commit()
    program = Program(eve, make_api_token(db, chloe, make_interior(db)))
    (demand,) = program.post("/second-steps", told).json()["demands"]
    assert demand["institution"] == told["institution"]
    assert program.get("/second-steps").json()["demands"] == [demand]
    assert program.post("/second-steps", told | {"demanded": False}).json()["demands"] == []


def test_what_readers_ask_is_answered_by_who_owns_the_course(app, db, program, awa):
    version = make_course(db, owner=make_institute(db))
    strange = make_course(db, "Nursing at night", owner=make_institution(db, *HEALTH))
    for each in (version, version, strange):
        about = About(each.course_id, each.id, "welcome", "")
        ask_about_lesson(db, awa.id, about, "unclear", "What is a unit?", "en")
    db.commit()
    first = program.get("/inquiries?limit=1")
    leads_on = first.headers["link"].partition(">")[0].partition("/api/v1")[2]
    (one,), (other,) = first.json()["inquiries"], program.get(leads_on).json()["inquiries"]
    way = f"/inquiries/{one['id']}/answer"
    assert program.post(way, {"answer": "A part of a ministry."}).json()["closed"] is not None
    assert program.post(way, {"answer": "Again."}).json()["code"] == "inquiry-over"
    assert [each["id"] for each in program.get("/inquiries").json()["inquiries"]] == [other["id"]]
    closed = program.get("/inquiries?state=closed").json()["inquiries"]
    assert [each["answer"] for each in closed] == ["A part of a ministry."]
    letters = [text_of_letter(each) for each in delivered(app)]
    assert any("A part of a ministry." in each for each in letters)


def test_a_bulletin_is_prepared_released_revised_and_withdrawn(db, program, bilal, eve):
    course = make_course(db).course_id
    for number in range(12):
        db.add(fact(db, bilal, course, make_interior(db), "enrolled", number))
    make_institution(db, *HEALTH)
    db.commit()
    wrong = program.post("/bulletins", SOUND | {"until": "2023-01", "measures": ["smiles"]})
    assert {each["where"] for each in wrong.json()["errors"]} == {"body.until", "body.measures"}
    elsewhere = SOUND | {"institution": "ministry-of-health"}
    assert program.post("/bulletins", elsewhere).status_code == 404
    made = program.post("/bulletins", SOUND, headers={"Idempotency-Key": "q1"})
    assert (made.status_code, made.json()["state"]) == (201, "prepared")
    assert program.post("/bulletins", SOUND, headers={"Idempotency-Key": "q1"}).status_code == 201
    assert program.post("/bulletins", SOUND).json()["code"] == "name-taken"
    way = made.headers["location"].removeprefix("/api/v1")
    released = program.post(f"{way}/release", {}).json()
    assert released["state"] == "released"
    assert {each.rpartition(".")[2] for each in released["files"]} >= {"zip", "pdf", "csv"}
    assert all(eve.get(each).status_code == 200 for each in released["files"][:2])
    assert program.post(f"{way}/release", {}).json()["code"] == "not-prepared"
    revised = program.post(f"{way}/revision", {"why": WHY})
    assert (revised.status_code, revised.json()["revision"]) == (201, 2)
    second = revised.headers["location"].removeprefix("/api/v1")
    assert program.ask("DELETE", second).status_code == 204
    assert program.ask("DELETE", way).json()["code"] == "not-prepared"
    gone = program.post(f"{way}/withdrawal", {"why": WHY}).json()
    assert (gone["state"], gone["why"]) == ("withdrawn", WHY)
    listed = program.get("/bulletins").json()["bulletins"]
    assert json.dumps(listed) == json.dumps([gone])


def test_who_may_not_see_people_gets_no_scope_that_shows_them(db, eve, chloe):
    few = ("loads:read", "inquiries:write", "bulletins:write")
    program = Program(eve, make_api_token(db, chloe, make_interior(db), few))
    assert program.get("/loads").status_code == 200
    for path in ("/data-requests", "/retention", "/second-steps"):
        assert program.get(path).json()["code"] == "scope-missing"
