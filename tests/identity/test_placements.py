"""Placements: one stands at a time, a change writes a new row, a claim waits to be confirmed."""

import threading

from sqlalchemy import select

from app.identity.placements import Placement, place, standing_placement, standing_placement_id
from tests.makers.people import make_institute, make_interior


def placements_of(db, user) -> list[Placement]:
    return list(
        db.scalars(
            select(Placement).where(Placement.user_id == user.id).order_by(Placement.valid_from)
        )
    )


def test_a_new_placement_ends_the_standing_one_and_leaves_it_as_it_was(db, awa):
    first = standing_placement_id(db, awa.id)
    place(db, awa.id, make_interior(db).id, grade="A2", country="SN")
    old, new = placements_of(db, awa)

    assert old.id == first
    assert old.ended_at is not None
    assert (old.institution_id, old.grade) == (make_institute(db).id, None)
    assert (new.grade, new.country, new.ended_at) == ("A2", "SN", None)
    assert standing_placement_id(db, awa.id) == new.id


def test_the_same_told_again_keeps_the_row(db, awa):
    first = standing_placement_id(db, awa.id)
    place(db, awa.id, make_institute(db).id)
    assert [row.id for row in placements_of(db, awa)] == [first]


def test_a_placement_is_a_claim_until_somebody_confirms_it(db, awa, chloe):
    assert standing_placement(db, awa.id).confirmed_at is None
    place(db, awa.id, make_institute(db).id, confirmed_by=chloe.id)
    standing = standing_placement(db, awa.id)
    assert standing.confirmed_at is not None
    assert standing.confirmed_by == chloe.id


def test_two_placements_at_the_same_moment_stand_after_each_other(db, awa, engines):
    db.rollback()
    barrier, faults = threading.Barrier(2), []

    def claim(grade: str) -> None:
        barrier.wait()
        try:
            with engines.writing() as own:
                place(own, awa.id, None, grade=grade)
        except Exception as fault:  # noqa: BLE001 - whatever a thread raises is looked at below
            faults.append(fault)

    threads = [threading.Thread(target=claim, args=(grade,)) for grade in ("A1", "A2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = placements_of(db, awa)
    assert faults == []
    assert len(rows) == 3
    assert [row.ended_at is None for row in rows].count(True) == 1
