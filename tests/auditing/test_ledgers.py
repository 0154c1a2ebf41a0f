"""The ledger: an auditor reads what happened in their institutions, and leaves a trace."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text

from app.activity.events import Event, record
from app.auditing.ledgers import WINDOW, entries, happenings, statement_of
from app.auditing.questions import Asked, Question, asked_by, question_of
from app.auditing.sayings import SAYINGS
from app.foundation import clock
from app.foundation.database import table_of
from app.identity.grants import AUDITOR, REGISTRAR, RoleGranted, grant
from app.identity.placements import place
from app.identity.users import AccountChanged
from app.statistics.scopes import scope_of
from tests.browser import text_of
from tests.makers.people import HEALTH, cast, make_institute, make_institution, make_interior
from tests.plans import plan_of

LEDGER = "/en/ledger"


@pytest.fixture
def omar(db):
    """An auditor of the ministry of the interior, who sees no names."""
    ministry = make_interior(db)
    return cast(db, "Omar Aziz", ministry, roles=(AUDITOR,), on=ministry)


def kinds(db, reader, **asked) -> list[str]:
    return [
        each.kind for each in entries(db, scope_of(db, reader.id, (AUDITOR,)), Asked(**asked), 500)
    ]


def put(db, count: int, **columns) -> None:
    """Many events at once, one a second, the newest last."""
    start = clock.now() - timedelta(days=30)
    row = {"kind": "account-changed", "payload": {}} | columns
    moments = (start + timedelta(seconds=at) for at in range(count))
    rows = [row | {"key": uuid4(), "happened_at": each, "recorded_at": each} for each in moments]
    db.execute(insert(table_of(Event)), rows)


def test_each_kind_of_event_has_a_sentence_of_its_own():
    assert {each.kind for each in happenings() if each.__module__.startswith("app.")} == set(
        SAYINGS
    )
    assert len(set(SAYINGS.values())) == len(SAYINGS)


def test_an_event_is_of_its_institution_by_placement_by_person_or_by_name(db, omar, dara):
    inside = cast(db, "Awa Diop", make_institute(db))
    health = make_institution(db, *HEALTH)
    before = len(kinds(db, omar))
    record(db, AccountChanged(actor_id=dara.id, person_id=dara.id))  # stands elsewhere
    record(db, RoleGranted(person_id=dara.id, role="author", institution_id=health.id))
    assert len(kinds(db, omar)) == before

    record(db, AccountChanged(actor_id=inside.id, person_id=inside.id))
    record(db, RoleGranted(person_id=dara.id, role="author", institution_id=make_interior(db).id))
    assert len(kinds(db, omar)) == before + 2
    assert kinds(db, omar, person_id=inside.id, kind="account-changed") == ["account-changed"]
    assert kinds(db, omar, actor_id=dara.id) == []

    place(db, inside.id, health.id)  # what came before stays where it was
    record(db, AccountChanged(actor_id=inside.id, person_id=inside.id))
    assert kinds(db, omar, kind="account-changed") == ["account-changed"]


def test_what_is_rare_is_found_behind_many_others_page_by_page(db, omar, dara):
    inside = cast(db, "Awa Diop", make_institute(db))
    put(db, 3, actor_id=inside.id, person_id=inside.id)
    db.execute(
        text("UPDATE placements SET valid_from = :then"), {"then": clock.now() - timedelta(days=90)}
    )
    put(db, WINDOW + 10, actor_id=dara.id, person_id=dara.id)
    scope = scope_of(db, omar.id, (AUDITOR,))
    asked, seen = Asked(kind="account-changed"), []
    while found := entries(db, scope, asked, 2):
        seen += found
        asked = asked._replace(place=(found[-1].happened_at, found[-1].id))
    assert len(seen) == len({each.id for each in seen}) == 3
    assert [each.happened_at for each in seen] == sorted(
        (e.happened_at for e in seen), reverse=True
    )


def test_the_page_explains_hides_names_and_notes_the_look(db, browser, omar, awa):
    grant(db, awa.id, REGISTRAR, make_institute(db).id, granted_by=omar.id)
    db.commit()
    own = browser.as_(omar)
    shown = own.get(f"{LEDGER}?kind=role-granted")
    assert "A person was given a role" in text_of(shown)
    assert str(awa.subject) in shown.text
    assert "role: registrar" in shown.text
    assert awa.name not in shown.text
    assert (
        text_of(own.get(f"{LEDGER}?kind=role-granted&person={awa.subject}")).count(
            "role: registrar"
        )
        == 1
    )
    assert "Nothing found" in text_of(own.get(f"{LEDGER}?person={uuid4()}"))
    looks = select(Event.payload).where(Event.kind == "ledger-seen").order_by(Event.id)
    assert [each["asked"] for each in db.scalars(looks)] == [
        "role-granted",
        "role-granted person",
        "person",
    ]

    grant(db, omar.id, REGISTRAR, make_interior(db).id)
    db.commit()
    assert awa.name in own.get(f"{LEDGER}?kind=role-granted&since=2020-01-01").text


def test_the_file_holds_the_same_without_names(db, browser, omar, awa):
    answer = browser.as_(omar).get("/en/ledger.csv?kind=placed")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    people = {row["person"].replace("-", "") for row in rows}
    assert people == {awa.subject.hex, omar.subject.hex}
    assert {row["institution"] for row in rows} == {make_institute(db).key, make_interior(db).key}
    assert awa.name not in answer.text
    assert (
        db.scalars(select(Event).where(Event.kind == "ledger-exported")).one().actor_id == omar.id
    )


def test_an_index_carries_the_newest_events(db, omar):
    asked = statement_of(scope_of(db, omar.id, (AUDITOR,)), Asked()).limit(50)
    assert "ix_events_happened_at" in plan_of(db, asked)


def test_a_question_is_read_leniently(db):
    odd = {
        "kind": "no-such",
        "since": "2026-13-01",
        "until": "9999-99-99",
        "actor": "x" * 90,
        "after": "0",
    }
    question = question_of(odd)
    assert question == Question(actor="x" * 40, after="0")
    assert asked_by(db, question) == Asked(actor_id=0)
    assert asked_by(db, question_of({"until": "2026-02-03"})).until.day == 4
