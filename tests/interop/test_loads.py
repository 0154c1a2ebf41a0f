"""A program brings a file of rows, reads each row's fate and takes the steps an administrator takes."""

from typing import Any

import pytest
from sqlalchemy import select

from app.identity.users import user_called
from app.interop.scopes import LOADS_READ, SCOPES
from app.loads.files import MOST_BYTES
from app.loads.loads import Load
from app.loads.works import work_on
from tests.makers.interop import Program, make_api_token
from tests.makers.loads import PEOPLE, make_load, sheet
from tests.makers.people import HEALTH, make_institute, make_institution, make_interior

AT = "/units/ministry-of-the-interior/loads?kind=people&name=people.csv"
CSV = {"Content-Type": "text/csv"}
ROWS = sheet(
    PEOPLE,
    [
        ("ana@example.org", "", "Ana Lima", "institute", "B2", ""),
        ("no address", "", "Eva Roth", "institute", "", ""),
        ("ben@example.org", "", "Ben Okoro", "institute", "B1", ""),
        ("cem@example.org", "", "Cem Kaya", "nowhere", "", ""),
    ],
)


@pytest.fixture
def program(db, eve, chloe):
    make_institute(db)
    return Program(eve, make_api_token(db, chloe, make_interior(db)))


def brought(program: Program, content: bytes, at: str = AT, **headers: str) -> Any:
    return program.ask("POST", at, content=content, headers=CSV | headers)


def test_a_file_is_brought_looked_at_applied_and_undone(app, db, program):
    made = brought(program, ROWS, **{"Idempotency-Key": "k1"})
    again = brought(program, ROWS, **{"Idempotency-Key": "k1"})
    assert (made.status_code, made.json()["state"]) == (201, "looking")
    assert again.json() == made.json()
    other = brought(program, ROWS.replace(b"B2", b"B3"), **{"Idempotency-Key": "k1"})
    assert other.json()["code"] == "key-used-otherwise"
    otherwise = AT.replace("people&", "units&")
    assert brought(program, ROWS, otherwise, **{"Idempotency-Key": "k1"}).status_code == 422
    way = made.headers["location"].removeprefix("/api/v1")
    load_id = db.scalars(select(Load.id)).one()
    db.commit()

    def worked(step: str = "") -> dict[str, Any]:
        if step:
            assert program.post(f"{way}/steps", {"step": step}).status_code == 200
        work_on(app.state.engines, load_id)
        told: dict[str, Any] = program.get(way).json()
        return told

    assert worked()["counts"] == {
        "refused": 2, "new": 2, "changed": 0, "transferred": 0, "unchanged": 0,
    }  # fmt: skip
    assert user_called(db, "ana@example.org") is None
    db.commit()
    assert program.post(f"{way}/steps", {"step": "undoing"}).json()["code"] == "load-not-ready"
    assert worked("application")["state"] == "applied"
    assert user_called(db, "ana@example.org") is not None
    db.commit()
    assert worked("undoing")["state"] == "undone"
    db.expire_all()
    assert user_called(db, "ana@example.org") is None


def test_rows_come_by_pages_with_their_reasons_in_words(app, db, program, chloe):
    load = make_load(db, "people", make_interior(db), chloe, ROWS)
    work_on(app.state.engines, load.id)
    way = f"/loads/{load.key}/rows"
    first = program.get(f"{way}?limit=3").json()
    assert (first["head"], [each["line"] for each in first["rows"]]) == ([*PEOPLE], [2, 3, 4])
    answer = program.get(f"{way}?fate=refused&limit=1", headers={"Accept-Language": "fr"})
    (row,) = answer.json()["rows"]
    assert (row["line"], row["cells"][0], len(row["faults"])) == (3, "no address", 1)
    assert "adresse" in row["faults"][0]["says"].lower()
    leads_on = answer.headers["link"].partition(">")[0].partition("/api/v1")[2]
    assert [each["line"] for each in program.get(leads_on).json()["rows"]] == [5]


def test_a_file_is_refused_before_or_while_it_is_read(db, eve, program, chloe):
    assert brought(program, b"").json()["errors"][0]["where"] == "body"
    large = brought(program, b"x" * (MOST_BYTES + 1))
    assert (large.status_code, large.json()["code"]) == (413, "stream-too-large")
    odd = program.ask("POST", AT, content=ROWS, headers={"Content-Type": "text/html"})
    assert odd.status_code == 415
    assert brought(program, ROWS, AT.replace("people&", "cats&")).status_code == 422
    assert brought(program, ROWS, AT.replace("ministry-of-the-interior", "x")).status_code == 404
    assert Program(eve).ask("POST", AT, content=ROWS, headers=CSV).status_code == 401
    reading = Program(eve, make_api_token(db, chloe, make_interior(db), (LOADS_READ,)))
    assert brought(reading, ROWS).json()["code"] == "scope-missing"
    assert not db.scalars(select(Load)).all()


def test_a_token_of_a_part_sees_no_file_of_another_part(db, eve, program, chloe, bilal):
    health = make_institution(db, *HEALTH)
    load = make_load(db, "people", make_interior(db), chloe, ROWS)
    elsewhere = make_load(db, "people", health, bilal, ROWS)
    part = Program(eve, make_api_token(db, chloe, make_institute(db), tuple(SCOPES)))
    assert [each["id"] for each in program.get("/loads").json()["loads"]] == [str(load.key)]
    assert part.get("/loads").json()["loads"] == []
    for each in (load, elsewhere):
        assert part.get(f"/loads/{each.key}").status_code == 404
        assert part.post(f"/loads/{each.key}/steps", {"step": "dropping"}).status_code == 404
    assert program.get(f"/loads/{elsewhere.key}").status_code == 404
