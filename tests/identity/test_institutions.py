"""Institutions: their names and parents in time, and what stands under them."""

import pytest
from sqlalchemy import select

from app.identity.institutions import (
    InstitutionKnown,
    InstitutionState,
    found_institution,
    institution_called,
    institution_tree_of,
    institutions_named,
    name_of_institution,
)
from app.identity.obstacles import InstitutionUnderItself
from app.identity.reforms import move_institution, rename_institution
from tests.makers.people import make_institute, make_institution, make_interior


def test_an_institution_keeps_its_identity_through_a_new_name(db):
    institute = make_institute(db)
    rename_institution(db, institute, "School of Government")
    states = db.scalars(
        select(InstitutionState)
        .where(InstitutionState.institution_id == institute.id)
        .order_by(InstitutionState.valid_from)
    ).all()

    assert name_of_institution(db, institute.id) == "School of Government"
    assert institution_called(db, "institute").id == institute.id
    assert [state.name for state in states] == [
        "Institute of Public Administration",
        "School of Government",
    ]
    assert states[0].valid_to == states[1].valid_from
    assert states[1].valid_to is None


def test_the_same_name_again_writes_no_row(db):
    institute = make_institute(db)
    rename_institution(db, institute, "Institute of Public Administration")
    assert len(db.scalars(select(InstitutionState.id)).all()) == 2


def test_a_tree_holds_all_that_stands_under_it_now(db):
    interior, institute = make_interior(db), make_institute(db)
    branch = make_institution(db, "branch", "Branch in the north", under=institute)
    elsewhere = make_institution(db, "elsewhere", "Ministry of Health", "ministry")

    assert set(institution_tree_of(db, interior.id)) == {interior.id, institute.id, branch.id}
    move_institution(db, institute, elsewhere.id)
    assert institution_tree_of(db, interior.id) == [interior.id]
    assert set(institution_tree_of(db, elsewhere.id)) == {elsewhere.id, institute.id, branch.id}


def test_no_institution_stands_under_a_part_of_itself(db):
    interior, institute = make_interior(db), make_institute(db)
    with pytest.raises(InstitutionUnderItself):
        move_institution(db, interior, institute.id)


def test_a_key_is_given_once(db):
    make_interior(db)
    with pytest.raises(InstitutionKnown, match="ministry-of-the-interior"):
        found_institution(db, "ministry-of-the-interior", "Another", "ministry")


def test_the_list_names_each_institution_as_it_is_called_now(db):
    interior = make_interior(db)
    make_institute(db)
    rename_institution(db, interior, "Home Office")
    assert [row.name for row in institutions_named(db)] == [
        "Home Office",
        "Institute of Public Administration",
    ]
