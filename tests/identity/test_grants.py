"""Grants: a role opens an institution and all that stands under it, until it ends."""

from sqlalchemy import select

from app.activity.events import Event
from app.identity.grants import (
    ADMINISTRATOR,
    REGISTRAR,
    end_grant,
    grant,
    institutions_administered,
    standing_grant,
)
from tests.makers.people import make_institute, make_institution, make_interior, make_person


def kinds(db) -> list[str]:
    return list(db.scalars(select(Event.kind).order_by(Event.id)))


def test_a_role_opens_the_tree_under_its_institution(db):
    interior, institute = make_interior(db), make_institute(db)
    chloe = make_person(db, "Chloé Martin", roles=(ADMINISTRATOR,), on=interior)

    assert institutions_administered(db, chloe.id, ADMINISTRATOR) == {interior.id, institute.id}
    assert institutions_administered(db, chloe.id, REGISTRAR) == frozenset()


def test_a_role_on_the_whole_platform_opens_everything(db):
    interior, institute = make_interior(db), make_institute(db)
    health = make_institution(db, "health", "Ministry of Health", "ministry")
    chloe = make_person(db, "Chloé Martin", roles=(REGISTRAR,))

    everything = {interior.id, institute.id, health.id}
    assert institutions_administered(db, chloe.id, REGISTRAR) == everything


def test_a_role_granted_twice_is_one_grant_and_one_event(db):
    institute = make_institute(db)
    chloe = make_person(db, "Chloé Martin")

    assert grant(db, chloe.id, ADMINISTRATOR, institute.id)
    assert not grant(db, chloe.id, ADMINISTRATOR, institute.id)
    assert grant(db, chloe.id, ADMINISTRATOR, None)
    assert not grant(db, chloe.id, ADMINISTRATOR, None)
    assert kinds(db).count("role-granted") == 2


def test_an_ended_role_opens_nothing_and_may_be_granted_again(db):
    institute = make_institute(db)
    chloe = make_person(db, "Chloé Martin", roles=(ADMINISTRATOR,), on=institute)
    held = standing_grant(db, chloe.id, ADMINISTRATOR, institute.id)

    end_grant(db, held)
    end_grant(db, held)
    assert institutions_administered(db, chloe.id, ADMINISTRATOR) == frozenset()
    assert kinds(db).count("role-ended") == 1
    assert grant(db, chloe.id, ADMINISTRATOR, institute.id)
    assert institutions_administered(db, chloe.id, ADMINISTRATOR) == {institute.id}
