"""Moves: a new version that keeps progress takes along who is under way, with what they did."""

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.learning import reactions
from app.learning.completions import Completion
from app.learning.enrolments import locked, standing_place, withdraw
from app.learning.moves import Way, move, under_way, way_between
from app.learning.progress import done_in
from app.main import worker_of
from tests.makers.courses import make_course
from tests.makers.learning import complete, do, make_enrolment


def test_a_learner_under_way_moves_with_what_they_did(db, app, awa):
    place = make_enrolment(db, awa, make_course(db))
    do(db, place, "lesson-1-1")
    second = make_course(db, edition=2)

    assert locked(db, place.id).version_id == second.id
    assert done_in(db, place.id) == ("lesson-1-1",)
    (moved,) = db.scalars(select(Event).where(Event.kind == "moved"))
    assert (moved.version_id, moved.payload) == (second.id, {"from_version_id": place.version_id})


def test_a_version_that_does_not_keep_progress_moves_nobody(db, app, awa):
    first = make_course(db)
    place = make_enrolment(db, awa, first)
    make_course(db, edition=2, keeps_progress=False)

    assert standing_place(db, awa.id, first.course_id).version_id == place.version_id


def test_who_has_all_that_the_new_version_asks_for_completes_it_by_moving(db, app, awa):
    place = make_enrolment(db, awa, make_course(db, modules=2))
    for key in ("lesson-1-1", "lesson-1-2", "quiz-1", "final"):
        do(db, place, key)
    assert db.get(Completion, place.id) is None

    shorter = make_course(db, modules=1)
    completion = db.get(Completion, place.id)
    assert completion.version_id == shorter.id
    assert under_way(db, Way(shorter.id, place.version_id)) == []


def test_who_would_miss_what_they_did_stays_where_that_was_said(db, app, awa, dara):
    larger = make_course(db, modules=2)
    awas, daras = (make_enrolment(db, each, larger) for each in (awa, dara))
    do(db, awas, "lesson-2-1")
    do(db, daras, "lesson-1-1")
    smaller = make_course(db, modules=1, keeps_progress=False)

    way = way_between(db, larger.course_id, larger.id, smaller.id, whole_only=True)
    assert under_way(db, way) == [daras.id]
    assert [move(db, each.id, way) for each in (awas, daras)] == [False, True]
    versions = [locked(db, each.id).version_id for each in (awas, daras)]
    assert versions == [larger.id, smaller.id]


def test_completed_and_ended_rounds_stay_in_their_version(db, app, awa, dara):
    first = make_course(db, modules=1)
    completed, left = make_enrolment(db, awa, first), make_enrolment(db, dara, first)
    complete(db, completed)
    withdraw(db, left.id, "en")
    make_course(db, modules=1, edition=2)

    assert locked(db, completed.id).version_id == first.id
    assert locked(db, left.id).version_id == first.id


@pytest.mark.parametrize(
    ("later_ones", "end", "moves"),
    [
        ([{"edition": 2}], "edition 2", 1),
        ([{"edition": 2}, {"edition": 3}], "edition 3", 2),
        ([{"edition": 2}, {"edition": 3, "keeps_progress": False}], "edition 2", 1),
        ([{"edition": 2}, {}], "first", 2),
    ],
    ids=["one", "another since", "another that keeps nothing", "and back"],
)
def test_many_move_behind_all_else_as_it_was_published_since(
    db, app, awa, dara, monkeypatch, later_ones, end, moves
):
    monkeypatch.setattr(reactions, "AT_ONCE", 1)
    first = make_course(db)
    places = [make_enrolment(db, person, first).id for person in (awa, dara)]
    do(db, locked(db, places[0]), "lesson-1-1")
    versions = {"first": first.id}
    for each in later_ones:
        versions[f"edition {each.get('edition')}"] = make_course(db, **each).id
        assert {locked(db, place).version_id for place in places} == {first.id}
    db.commit()

    worker_of(app).run_until_idle()
    assert {locked(db, place).version_id for place in places} == {versions[end]}
    assert done_in(db, places[0]) == ("lesson-1-1",)
    moved = db.scalars(select(Event.enrolment_id).where(Event.kind == "moved")).all()
    assert sorted(moved) == sorted(places * moves)
