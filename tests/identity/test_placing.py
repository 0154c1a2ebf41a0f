"""The register of people and a transfer: who may, since which day, and what stays as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.activity.events import Event
from app.foundation import clock
from app.foundation.database import table_of
from app.identity.grants import ADMINISTRATOR, REGISTRAR
from app.identity.looks import RecordSeen
from app.identity.placements import (
    OwnTransfer,
    Placement,
    TransferAhead,
    TransferTooEarly,
    standing_placement,
    transfer,
)
from app.identity.placing import registers
from tests.browser import text_of
from tests.makers.interop import Program, make_api_token
from tests.makers.people import (
    HEALTH,
    cast,
    make_institute,
    make_institution,
    make_interior,
    make_person,
)

REGISTER = "/en/people/register"
TODAY = clock.now().date()
LONG_AGO, LATELY = clock.now() - timedelta(days=400), TODAY - timedelta(days=10)


@pytest.fixture
def police(db, awa, chloe):
    """A second part of chloe's ministry; awa has stood at the institute for a year."""
    police = make_institution(db, "police", "Police Academy", under=make_interior(db))
    table = table_of(Placement)
    mine = table.c.user_id == awa.id
    db.execute(update(table).where(mine).values(valid_from=LONG_AGO, grade="B2", gender="woman"))
    db.commit()
    return police


def test_a_transfer_keeps_what_is_not_told_and_ends_the_former_place(db, awa, chloe, police):
    former = standing_placement(db, awa.id)
    made = transfer(db, awa.id, police, chloe.id, LATELY, grade="B3")
    assert (made.institution_id, made.grade, made.gender) == (police.id, "B3", "woman")
    assert (made.valid_from.date(), made.confirmed_by) == (LATELY, chloe.id)
    assert former is not None
    assert former.ended_at is not None
    assert transfer(db, awa.id, police, chloe.id).grade == "B3"


def test_a_day_is_neither_to_come_nor_before_the_last_one(db, awa, chloe, police):
    with pytest.raises(TransferAhead):
        transfer(db, awa.id, police, chloe.id, TODAY + timedelta(days=2))
    with pytest.raises(TransferTooEarly):
        transfer(db, awa.id, police, chloe.id, LONG_AGO.date() - timedelta(days=1))
    with pytest.raises(OwnTransfer):
        transfer(db, chloe.id, police, chloe.id)


def test_a_registrar_finds_a_person_and_transfers_them(db, browser, awa, dara, chloe, police):
    at = browser.as_(chloe)
    listed = text_of(at.get(REGISTER))
    assert awa.name in listed
    assert dara.name not in listed
    assert "Nobody is found" in text_of(at.get(f"{REGISTER}?words=zzz"))
    his = f"{REGISTER}/{awa.subject}"
    assert "What is kept, and what changes" in text_of(at.get(his))
    told = {"institution": "police", "since": LATELY.isoformat(), "grade": "B3"}
    early = at.post(f"{his}/transfer", told | {"since": "2001-01-01"})
    assert early.status_code == 409
    assert "Write a later day." in text_of(early)
    wrong = at.post(f"{his}/transfer", told | {"since": "soon", "institution": ""})
    assert wrong.status_code == 422
    assert 'value="B3"' in wrong.text
    done = at.follow(at.post(f"{his}/transfer", told))
    assert "The person is transferred" in text_of(done)
    assert "Police Academy" in text_of(done)
    looks = select(Event).where(Event.kind == RecordSeen.kind, Event.person_id == awa.id)
    assert len(db.scalars(looks).all()) == 1


def test_who_may_not_see_names_sees_no_register(db, browser, awa, dara, police):
    own = make_institute(db)
    only = cast(db, "Ada Bold", own, roles=(ADMINISTRATOR,), on=own)
    health = make_institution(db, *HEALTH)
    other = cast(db, "Otto Berg", health, roles=(ADMINISTRATOR, REGISTRAR), on=health)
    his, told = f"{REGISTER}/{awa.subject}", {"institution": "police", "since": TODAY.isoformat()}
    for who, status in ((awa, 403), (only, 403), (other, 404)):
        at = browser.as_(who)
        assert at.get(his).status_code == status
        assert at.post(f"{his}/transfer", told).status_code == status
    theirs = f"{REGISTER}/{dara.subject}/transfer"
    assert browser.as_(other).post(theirs, told).status_code == 422  # the police are not theirs


def test_the_register_goes_on_behind_the_last_name(db, chloe):
    at = make_institute(db)
    for name in ("Same Name B", "Same Name A", "Another", "Same Name C"):
        make_person(db, name, at)
    within = select(Placement.institution_id).where(Placement.institution_id == at.id)
    names, after = [], ""
    while page := registers.people_in(db, within, "same", after, 1):
        names.append(page[0].name)
        after = str(page[0].subject)
    assert names == ["Same Name A", "Same Name B", "Same Name C"]


def test_a_program_transfers_as_of_a_day(db, eve, awa, chloe, police):
    program = Program(eve, make_api_token(db, chloe, make_interior(db)))
    way = f"/people/{awa.subject}/placements"
    told = {"institution": "police", "since": LATELY.isoformat()}
    ahead = program.post(way, told | {"since": "2099-01-01"})
    assert (ahead.status_code, ahead.json()["code"]) == (409, "transfer-ahead")
    answer = program.post(way, told).json()
    assert (answer["institution"], answer["grade"]) == ("police", "B2")
    assert answer["since"].startswith(LATELY.isoformat())
    own = program.post(f"/people/{chloe.subject}/placements", told)
    assert own.json()["code"] == "own-transfer"
