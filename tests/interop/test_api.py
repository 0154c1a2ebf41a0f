"""The API does what the pages do, for who shows a token with the scope, and for nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.identity.erasures import erase
from app.identity.grants import REGISTRAR, end_grant, standing_grant
from app.identity.placements import standing_placement
from app.identity.users import user_called
from app.interop.api.repeats import ApiAnswer
from app.interop.buckets import Buckets
from app.interop.tokens import ApiToken, ScopeNotYours, revoke_token, tokens_of
from tests.counting import statements
from tests.makers.courses import make_course, slug_in
from tests.makers.interop import Program, make_api_token
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import make_institute, make_institution, make_interior, make_person


@pytest.fixture
def program(db, eve, chloe, awa, dara):
    """A program with all scopes on the ministry of the interior."""
    return Program(eve, make_api_token(db, chloe, make_interior(db)))


def test_a_token_is_kept_as_its_hash_and_says_what_it_is_for(db, chloe):
    unit = make_interior(db)
    token = make_api_token(db, chloe, unit, ("units:read",))
    kept = db.scalars(select(ApiToken)).one()
    assert token.startswith("cap_")
    assert token.encode() not in kept.token_hash
    assert token.startswith(kept.starts_with)
    assert len(kept.starts_with) < len(token) / 3
    assert [each.state for each in tokens_of(db, unit.id)] == ["standing"]


def test_without_a_token_that_stands_nobody_gets_in(db, eve, chloe, program):
    unit = make_interior(db)
    token = make_api_token(db, chloe, unit)
    answers = [Program(eve).get("/units"), Program(eve, "cap_wrong").get("/units")]
    answers.append(Program(eve.as_(chloe)).get("/units"))  # a cookie is no token
    revoke_token(db, chloe.id, unit.id, tokens_of(db, unit.id)[0].key)
    db.commit()
    answers.append(Program(eve, token).get("/units"))
    over = db.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).one()
    over.until = clock.now() - timedelta(seconds=1)
    db.commit()
    answers.append(program.get("/units"))
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert all("Bearer" in answer.headers["www-authenticate"] for answer in answers)


def test_a_token_opens_no_page(db, eve, chloe):
    token = make_api_token(db, chloe, make_interior(db))
    answer = eve.get("/en/people", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["/people?email=%00", "/people/%00", "/%00"])
def test_no_address_holds_a_nul_and_a_program_is_told_so_as_a_problem(program, path):
    answer = program.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_scope_opens_itself_alone_and_falls_with_its_makers_role(db, eve, chloe):
    unit = make_interior(db)
    few = Program(eve, make_api_token(db, chloe, unit, ("units:read", "people:read")))
    assert few.get("/units").status_code == few.get("/people").status_code == 200
    refused = few.post("/units", {"key": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    end_grant(db, standing_grant(db, chloe.id, REGISTRAR, unit.id))
    db.commit()
    assert few.get("/units").status_code == 200
    assert few.get("/people").status_code == 403
    with pytest.raises(ScopeNotYours):
        make_api_token(db, chloe, unit, ("completions:read",))


def test_what_stands_elsewhere_is_not_there(db, program, dara):
    make_institution(db, "clinic", "Clinic")
    db.commit()
    asked = [
        program.get("/units/clinic"),
        program.get(f"/people/{dara.subject}"),
        program.ask("PATCH", "/units/institute", json={"parent": "clinic"}),
        program.post(f"/people/{dara.subject}/placements", {"institution": "institute"}),
        program.post("/enrolments", {"person": str(dara.subject), "course": "x"}),
        program.get("/units?under=clinic"),
    ]
    assert {answer.status_code for answer in asked} == {404}
    shown = {each["id"] for each in program.get("/people").json()["people"]}
    assert str(dara.subject) not in shown


def test_institutions_are_listed_by_key_a_page_at_a_time(db, program):
    for number in range(5):
        make_institution(db, f"office-{number}", f"Office {number}", under=make_institute(db))
    db.commit()
    keys, path = [], "/units?limit=3"
    while path:
        answer = program.get(path)
        keys += [each["key"] for each in answer.json()["units"]]
        link = answer.headers.get("link", "")
        path = link.partition("/api/v1")[2].partition(">")[0]
    assert keys == sorted(keys)
    assert len(keys) == 7
    under = program.get("/units?under=institute").json()["units"]
    assert {each["parent"] for each in under} == {"institute"}
    bad = program.get("/units?cursor=bm9uc2Vuc2U")
    assert (bad.status_code, bad.json()["errors"][0]["where"]) == (422, "query.cursor")


def test_an_institution_is_added_renamed_moved_and_closed(db, program, chloe):
    make_institution(db, "roads", "Roads", under=make_interior(db))
    db.commit()
    made = program.post(
        "/units", {"key": "bridges", "name": "Bridges", "kind": "office", "parent": "institute"}
    )
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/units/bridges")
    tag = made.headers["etag"]
    for known in (tag, f"W/{tag}", f'"older", {tag}'):
        answer = program.get("/units/bridges", headers={"If-None-Match": known})
        assert answer.status_code == 304
    change = {"name": "Bridges and tunnels", "parent": "roads"}
    moved = program.ask("PATCH", "/units/bridges", json=change, headers={"If-Match": tag})
    assert (moved.json()["name"], moved.json()["parent"]) == ("Bridges and tunnels", "roads")
    late = program.ask("PATCH", "/units/bridges", json=change, headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    full = program.post("/units/roads/closing", {})
    assert (full.status_code, full.json()["code"]) == (409, "parts-remain")
    assert program.post("/units/bridges/closing", {}).json()["ending"] == "closed"
    actors = set(db.scalars(select(Event.actor_id).where(Event.kind == "institution-closed")))
    assert actors == {chloe.id}


def test_an_institution_is_split_and_merged(db, program, chloe):
    roads = make_institution(db, "roads", "Roads", under=make_interior(db))
    make_institution(db, "bridges", "Bridges", under=roads)
    db.commit()
    parts = [{"key": "roads-north", "name": "Roads North"}, {"key": "roads-south", "name": "South"}]
    lonely = program.post("/units/roads/split", {"parts": parts})
    assert (lonely.status_code, lonely.json()["code"]) == (409, "parts-remain")
    split = program.post("/units/roads/split", {"parts": parts, "heir": "roads-north"})
    assert [each["key"] for each in split.json()["units"]] == ["roads-north", "roads-south"]
    assert program.get("/units/bridges").json()["parent"] == "roads-north"
    merged = program.post("/units/roads-south/merger", {"into": "roads-north"})
    assert (merged.status_code, merged.json()["ending"]) == (200, "merged")
    again = program.post("/units/roads-south/merger", {"into": "roads-north"})
    assert (again.status_code, again.json()["code"]) == (409, "institution-over")
    outside = program.post("/units/roads-north/merger", {"into": "nowhere"})
    assert outside.status_code == 404


def test_a_person_is_registered_read_and_transferred_and_sees_who_read(db, eve, program, awa):
    told = {"name": "Fatou Sarr", "email": "fatou@example.org", "institution": "institute"}
    made = program.post("/people", told | {"grade": "A2"})
    assert made.status_code == 201
    assert made.json()["confirmed"] is True
    assert made.json()["has_come_in"] is False
    path = made.headers["location"].removeprefix("/api/v1")
    moved = program.post(f"{path}/placements", {"institution": "ministry-of-the-interior"})
    assert (moved.json()["institution"], moved.json()["grade"]) == (
        "ministry-of-the-interior", "A2",
    )  # fmt: skip
    assert program.post("/people", told).json()["code"] == "person-not-in-reach"
    found = program.get("/people?email=Fatou@example.org").json()["people"]
    assert [each["name"] for each in found] == ["Fatou Sarr"]
    assert program.get(f"/people/{awa.subject}").json()["name"] == "Awa Diop"
    assert "read your record with a program" in eve.as_(awa).get("/en/account/onlookers").text


def test_names_are_kept_in_one_line(program):
    lines = "Fatou\r\nBcc:  Sarr\u2028\t"
    person = {"name": lines, "email": "fatou@example.org", "institution": "institute"}
    unit = {"key": "bridges", "name": lines, "kind": "office", "parent": "institute"}
    made = [program.post("/people", person), program.post("/units", unit)]
    assert [each.json()["name"] for each in made] == ["Fatou Bcc: Sarr"] * 2


def test_a_colleague_is_invited_as_far_as_the_maker_may(program):
    told = {"email": "new@example.org", "institution": "institute", "roles": ["registrar"]}
    assert program.post("/invitations", told).json()["roles"] == ["registrar"]
    wrong = program.post("/invitations", told | {"roles": ["emperor"]})
    assert [each["where"] for each in wrong.json()["errors"]] == ["body.roles.0"]


def test_a_person_is_enrolled_and_withdrawn_by_the_administrator(db, program, awa, chloe):
    course = slug_in(db, make_course(db))
    db.commit()
    made = program.post("/enrolments", {"person": str(awa.subject), "course": course})
    assert (made.status_code, made.json()["round"]) == (201, 1)
    listed = program.get(f"/enrolments?person={awa.subject}").json()["enrolments"]
    assert [each["course"] for each in listed] == [course]
    path = f"/people/{awa.subject}/enrolments/{course}/withdrawal"
    assert program.post(path, {}).json()["has_ended"] is True
    assert program.post(path, {}).status_code == 404
    assert program.get("/enrolments").json()["enrolments"] == []
    kinds = select(Event.actor_id).where(Event.kind.in_(("enrolled", "withdrew")))
    assert set(db.scalars(kinds)) == {chloe.id}


def test_completions_and_counts_say_what_the_pages_say(db, program, awa, chloe, dara):
    version = make_course(db)
    for person in (awa, dara):
        complete(db, make_enrolment(db, person, version))
    db.commit()
    listed = program.get("/completions").json()["completions"]
    assert [(each["name"], each["institution"]) for each in listed] == [("Awa Diop", "institute")]
    assert len(listed[0]["certificate"]) == 16
    assert program.get("/completions?since=2900-01-01").json()["completions"] == []
    counted = program.get("/counts").json()["counts"]
    assert [(c["institution"], c["enrolled"], c["completed"], c["certified"]) for c in counted] == [
        ("institute", 1, 1, 1)
    ]
    kinds = set(db.scalars(select(Event.kind).where(Event.actor_id == chloe.id)))
    assert "list-exported" in kinds


def test_counts_are_protected_once_the_maker_may_see_names_no_longer(db, program, awa, chloe):
    complete(db, make_enrolment(db, awa, make_course(db)))
    db.commit()
    assert [each["completed"] for each in program.get("/counts").json()["counts"]] == [1]
    end_grant(db, standing_grant(db, chloe.id, REGISTRAR, make_interior(db).id))
    db.commit()
    assert program.get("/counts").json()["counts"] == []  # the month is not over


def test_a_list_asks_no_more_for_more_rows(db, engines, program):
    def queries() -> int:
        with statements(engines) as sent:
            assert program.get("/people?limit=200").status_code == 200
            assert program.get("/units?limit=200").status_code == 200
        return len(sent)

    unit = make_institute(db)
    make_person(db, "First Person", unit)
    db.execute(update(ApiToken).values(used_at=clock.now()))  # its use is noted already
    db.commit()
    program.get("/people")
    few = queries()
    for number in range(4):
        make_person(db, f"Number {number}", unit)
        make_institution(db, f"unit-{number}", f"Unit {number}", under=unit)
    db.commit()
    program.get("/people")  # the trace of the new ones is left once
    assert queries() == few


def test_a_retry_is_done_once_and_another_request_with_its_key_is_refused(db, engines, program):
    told = {"name": "Fatou Sarr", "email": "fatou@example.org", "institution": "institute"}
    key = {"Idempotency-Key": "run-7/row-1"}
    first, again = (program.post("/people", told, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = program.post("/people", told | {"name": "Another"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-used-otherwise")
    refused = {"Idempotency-Key": "run-7/row-2"}
    unknown = told | {"institution": "nowhere", "email": "x@example.org"}
    assert program.post("/people", unknown, headers=refused).status_code == 404
    assert len(db.scalars(select(ApiAnswer)).all()) == 1  # a refusal leaves no answer
    db.commit()
    beside = told | {"name": "Noor Rahman", "email": "noor@example.org"}
    assert program.post("/people", beside, headers={"Idempotency-Key": "n"}).status_code == 201
    with statements(engines) as sent:
        erase(db, user_called(db, "fatou@example.org"))
    assert db.scalars(select(ApiAnswer.key)).all() == ["n"]
    assert not [
        each for each in sent if "SELECT api_answers" in each
    ]  # all of a day, to look through


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"[]", {"Content-Type": "application/json"}, 400),
        (b"{", {"Content-Type": "application/json"}, 400),
        (b'{"name": "\\ud800"}', {"Content-Type": "application/json"}, 400),
        (b'{"name": "a\\u0000"}', {"Content-Type": "application/json"}, 400),
        (b'{"name": 5}', {"Content-Type": "application/json"}, 422),
        (b"name=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b'{"name": "' + b"a" * 300_000 + b'"}', {"Content-Type": "application/json"}, 413),
        (b"{}", {"Content-Type": "application/json", "Idempotency-Key": "a b"}, 422),
    ],
)
def test_a_body_that_will_not_do_is_refused_with_where(program, content, headers, status):
    answer = program.ask("POST", "/people", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_problem_speaks_the_language_of_the_program(program):
    answer = program.get("/units?limit=0", headers={"Accept-Language": "fr"})
    assert answer.headers["content-language"] == "fr"
    assert answer.json()["errors"][0]["where"] == "query.limit"
    assert "/api#problems" in answer.json()["type"]
    lost = program.get("/nothing")
    assert (lost.status_code, lost.json()["code"]) == (404, "page-unknown")
    wrong = program.ask("DELETE", "/units")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "operation-unknown")


def test_a_bucket_is_emptied_and_fills_again(app, program):
    now = [0.0]
    app.state.api_buckets = Buckets(2, clock=lambda: now[0])
    answers = [program.get("/units") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit"] == '"token";r=1;t=30'
    assert answers[0].headers["ratelimit-policy"] == '"token";q=2;w=60'
    assert answers[2].headers["retry-after"] == "30"
    now[0] = 30
    assert program.get("/units").status_code == 200


def test_the_description_names_a_scope_for_each_operation(eve):
    document = eve.get("/api/v1/openapi.json").json()
    told = [each for methods in document["paths"].values() for each in methods.values()]
    assert document["openapi"] == "3.1.0"
    assert len(told) > 15
    assert all(each["x-scope"] in each["description"] for each in told)
    page = eve.get("/en/api").text
    assert all(each["operationId"] in page for each in told)


def test_a_placement_by_a_program_is_confirmed_by_the_tokens_maker(db, program, awa, chloe):
    program.post(f"/people/{awa.subject}/placements", {"institution": "institute"})
    db.expire_all()
    assert standing_placement(db, awa.id).confirmed_by == chloe.id
