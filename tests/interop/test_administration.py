"""What administrators do by hand, a program does by the same rules: claims, merges, roles, duties."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.duties.petitions import Plea, ask
from app.duties.standing import duty_of
from app.foundation import clock
from app.identity.grants import grant
from app.identity.invitations import invite
from app.identity.placements import standing_placement
from app.merges.merges import Merge
from app.queue.jobs import Job
from tests.makers.courses import make_course, slug_in
from tests.makers.duties import make_requirement, roll
from tests.makers.interop import Program, make_api_token
from tests.makers.people import make_institute, make_institution, make_interior, make_person

TODAY = clock.now().date()
LATER = TODAY + timedelta(days=90)


@pytest.fixture
def program(db, eve, chloe, awa, dara):
    """A program with all scopes on the ministry of the interior."""
    return Program(eve, make_api_token(db, chloe, make_interior(db)))


def test_claims_are_decided_in_bulk_and_what_is_none_is_told(db, program, awa, bilal, dara, chloe):
    names = {each["name"] for each in program.get("/claims").json()["claims"]}
    assert {awa.name, bilal.name} <= names
    assert not names & {dara.name, chloe.name}
    meant = [
        {"person": str(who.subject), "institution": "institute"} for who in (awa, bilal, dara, awa)
    ]
    told = {"verdict": "confirmed", "claims": meant}
    key = {"Idempotency-Key": "claims-1"}
    answer = program.post("/claims/decisions", told, headers=key).json()
    assert answer == {"decided": 2, "unknown": [meant[2]]}
    assert program.post("/claims/decisions", told, headers=key).json() == answer
    assert program.post("/claims/decisions", told).json()["code"] == "claim-unknown"
    db.expire_all()
    assert standing_placement(db, awa.id).confirmed_by == chloe.id


def test_accounts_are_compared_merged_once_and_parted(db, program, awa, bilal, dara, chloe):
    again = make_person(db, "Awa Diop Again", make_institute(db))
    db.commit()
    pair = f"/people/{awa.subject}/merges"
    assert program.get(f"{pair}/{again.subject}").json()["gone"]["placements"] == 1
    assert program.get(f"{pair}/{awa.subject}").json()["code"] == "same-account"
    assert program.get(f"{pair}/{dara.subject}").status_code == 404
    told = {"stays": str(awa.subject), "gone": str(again.subject), "reason": "One number."}
    first, second = (
        program.post("/merges", told, headers={"Idempotency-Key": "merge"}) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (201, second.json())
    assert len(db.scalars(select(Merge)).all()) == 1
    db.commit()
    place_of_it = first.headers["location"].removeprefix("/api/v1")
    assert program.get(place_of_it).json()["is_open"]
    assert program.post("/merges", told).json()["code"] == "account-unknown"
    undone = program.post(f"{place_of_it}/undoing", {}).json()
    assert undone["undone"] is not None
    assert program.post(f"{place_of_it}/undoing", {}).json()["code"] == "undone-already"
    own = told | {"gone": str(chloe.subject)}
    assert program.post("/merges", own).json()["code"] == "own-account"


def test_roles_are_listed_and_ended_and_invitations_withdrawn(db, program, awa, dara, chloe):
    clinic = make_institution(db, "clinic", "Clinic")
    grant(db, awa.id, "reporter", make_institute(db).id, chloe.id)
    grant(db, dara.id, "reporter", clinic.id)
    invite(db, chloe, "new@example.org", ["auditor"], make_institute(db).id)
    db.commit()
    held = program.get("/roles").json()["roles"]
    assert (awa.name, "reporter") in {(each["name"], each["role"]) for each in held}
    assert dara.name not in {each["name"] for each in held}
    ending = {"person": str(awa.subject), "role": "reporter", "institution": "institute"}
    assert program.post("/roles/endings", ending).status_code == 204
    assert program.post("/roles/endings", ending).json()["code"] == "role-unknown"
    elsewhere = ending | {"person": str(dara.subject), "institution": "clinic"}
    assert program.post("/roles/endings", elsewhere).status_code == 404
    (sent,) = program.get("/invitations").json()["invitations"]
    way = f"/invitations/{sent['id']}/withdrawal"
    assert program.post(way, {}).status_code == 204
    assert program.post(way, {}).status_code == 410


def test_a_course_is_required_changed_and_ended(db, program, awa, chloe):
    told = {
        "course": slug_in(db, make_course(db)), "institution": "ministry-of-the-interior",
        "audience": "institute", "due_days": 30, "legal_basis": "Civil Service Act",
    }  # fmt: skip
    db.commit()
    both = program.post("/requirements", told | {"due_on": "2030-01-01"})
    assert [each["where"] for each in both.json()["errors"]] == ["body.due_days"]
    made = program.post("/requirements", told)
    assert made.status_code == 201
    way = made.headers["location"].removeprefix("/api/v1")
    assert db.scalars(select(Job).where(Job.kind == "call-roll")).all()
    db.commit()
    terms = {"due_days": 60, "grades": ["A1", "A2"], "legal_basis": "Decree 7"}
    assert program.post(f"{way}/terms", terms).json()["due_days"] == 60
    assert [each["id"] for each in program.get("/requirements").json()["requirements"]] == [
        made.json()["id"]
    ]
    assert program.post(f"{way}/ending", {}).json()["has_ended"]
    assert program.post(f"{way}/terms", terms).json()["code"] == "requirement-over"


def test_requests_are_decided_and_people_exempted(db, program, awa, bilal, chloe):
    required = make_requirement(db, chloe, make_interior(db), make_course(db))
    roll(db, required)
    db.commit()
    way = f"/requirements/{required.key}/grants"
    plea = {"person": str(awa.subject), "what": "exemption", "reason": "On leave."}
    made = program.post(way, plea)
    assert (made.status_code, made.json()["exempt"], made.json()["exempt_until"]) == (
        201, True, None,
    )  # fmt: skip
    asked = ask(
        db, duty_of(db, required.id, bilal.id), bilal.id, Plea("extension", LATER, "Ill."), TODAY
    )
    db.commit()
    (waiting,) = program.get("/requests").json()["requests"]
    assert (waiting["id"], waiting["person"]) == (str(asked.key), str(bilal.subject))
    way_of_it = f"/requests/{asked.key}/decision"
    granted = program.post(way_of_it, {"verdict": "granted"}).json()
    assert granted["due"] == LATER.isoformat()
    assert program.post(way_of_it, {"verdict": "refused"}).json()["code"] == "petition-unknown"
    own = plea | {"person": str(chloe.subject)}
    assert program.post(way, own).json()["code"] == "petition-unknown"
