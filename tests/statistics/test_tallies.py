"""Tallies: whatever happens in whatever order, they say what the facts say, each fact once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.credentials.certificates import Certificate, revoke
from app.foundation.errors import Refusal
from app.identity.institutions import found_institution
from app.identity.placements import Placement
from app.identity.reforms import merge_institutions, move_institution
from app.main import worker_of
from app.statistics.cubes.asks import Ask
from app.statistics.cubes.cubes import answer
from app.statistics.facts import WAITING, Fact, is_folding, is_waiting, rebuild_facts
from app.statistics.jobs import FOLD
from app.statistics.scopes import COUNTS, Scope
from app.statistics.tallies import (
    Tally,
    TallyRoot,
    TallyTree,
    check_trees,
    count_tree,
    fold,
    forget_tallies,
)
from app.statistics.trees import EVERYWHERE, trees_now
from tests.makers.courses import make_course
from tests.makers.learning import complete, make_enrolment
from tests.makers.people import HEALTH, make_institute, make_institution
from tests.plans import plan_of

START = datetime(2020, 1, 1, tzinfo=UTC)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
UNITS = 5
STEP = st.one_of(
    st.tuples(st.just("fact"), st.integers(0, UNITS), st.sampled_from(["enrolled", "completed"])),
    st.tuples(st.just("move"), st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)),
    st.tuples(st.just("merge"), st.integers(0, UNITS - 1), st.integers(0, UNITS - 1)),
    st.tuples(st.just("fold"), st.just(0), st.just(0)),
)


def fold_all(db) -> None:
    for root_id in check_trees(db):
        count_tree(db, root_id)
    while fold(db):
        pass


def tallied(db) -> set[tuple[object, ...]]:
    return {tuple(row) for row in db.execute(select(*Tally.__table__.c))}


def added_up(db) -> set[tuple[object, ...]]:
    """The same by a plain reading of all facts, as the trees are today."""
    found: Counter[tuple[object, ...]] = Counter()
    keys: Counter[tuple[object, ...]] = Counter()
    trees = trees_now(db)
    rows = db.execute(
        select(Fact, Placement).outerjoin(Placement, Placement.id == Fact.placement_id)
    )
    for fact, placement in rows:
        month = fact.day.year * 100 + fact.day.month
        where = placement.institution_id if placement else None
        for root, tree in trees.items():
            if where not in tree and root != EVERYWHERE:
                continue
            unit = tree.get(where, 0)
            said = {
                "all": "", "unit": str(unit) if unit else "", "language": fact.language,
                "mode": fact.mode, "grade": (placement and placement.grade) or "",
                "gender": (placement and placement.gender) or "", "country": "", "place": "",
            }  # fmt: skip
            for dimension, value in said.items():
                course = 0 if dimension == "unit" else fact.course_id
                cell = root, dimension, month, course, value, fact.measure
                found[cell] += 1
                keys[cell] += fact.record_key
    return {(*cell, count, keys[cell], 0, 0) for cell, count in found.items()}


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(steps=st.lists(STEP, max_size=14))
def test_tallies_say_what_the_facts_say_over_any_history(db, bilal, course_id, steps):
    units = []
    for number in range(UNITS):
        parent_id = units[(number - 1) // 2].id if number else None
        units.append(found_institution(
            db, uuid4().hex[:12], f"Office {number}", "office", parent_id=parent_id, since=START
        ))  # fmt: skip
    for number, (what, one, other) in enumerate([*steps, ("fold", 0, 0)], 1):
        since = START + timedelta(days=30 * number)
        if what == "fold":
            fold_all(db)
        elif what == "fact":
            db.add(fact(db, bilal, course_id, units[one] if one < UNITS else None, other, number))
            db.flush()
        else:
            reform(db, what, units[one], units[other], since)
    assert tallied(db) == added_up(db)
    assert not db.scalars(select(Fact).where(Fact.stage == WAITING)).all()
    before = tallied(db)
    forget_tallies(db)
    fold_all(db)
    assert tallied(db) == before
    db.rollback()


@pytest.mark.parametrize("which", [is_waiting, is_folding], ids=["waiting", "folding"])
def test_what_is_not_folded_is_found_without_reading_what_is(db, which):
    asked = select(Fact.course_id, func.count()).where(which, Fact.day > START.date())
    assert "ix_facts_stage" in plan_of(db, asked.group_by(Fact.course_id))


def reform(db, what: str, one, other, since: datetime) -> None:
    save = db.begin_nested()
    try:
        if what == "move":
            move_institution(db, one, other.id, since=since)
        else:
            merge_institutions(db, [one], other, since=since)
        save.commit()
    except Refusal:
        save.rollback()


def fact(db, person, course_id: int, unit, measure: str, number: int) -> Fact:
    placement = Placement(
        user_id=person.id, institution_id=unit and unit.id, valid_from=START, recorded_at=START,
        ended_at=START, gender=("woman", "man", None)[number % 3], grade=("P4", None)[number % 2],
    )  # fmt: skip
    db.add(placement)
    db.flush()
    return Fact(
        event_key=uuid4(), measure=measure, day=date(2024, 1 + number % 3, 3), course_id=course_id,
        enrolment_id=number, person_id=person.id, placement_id=placement.id,
        institution_id=placement.institution_id, language=("en", "fr")[number % 2], mode="online",
        minutes=0, days=0, stage=WAITING, record_key=number * 1_000_003,
    )  # fmt: skip


@pytest.fixture
def course_id(db) -> int:
    made = make_course(db)
    db.commit()
    return made.course_id


def test_no_tally_is_asked_between_a_reform_and_the_next_look(app, db):
    institute, health = make_institute(db), make_institution(db, *HEALTH)
    fold_all(db)
    assert checked(db) == {True}
    move_institution(db, institute, health.id)
    assert checked(db) == {False}
    assert fold(db) == 0
    fold_all(db)
    assert checked(db) == {True}


@pytest.fixture
def reformed(db, bilal, course_id):
    """Three facts that are folded, of an office that stands elsewhere since then."""
    top, other = (
        found_institution(db, key, key, "ministry", since=START) for key in ("top", "other")
    )
    office = found_institution(db, "office", "Office", "office", parent_id=top.id, since=START)
    db.add_all([fact(db, bilal, course_id, office, "enrolled", number) for number in range(3)])
    db.flush()
    fold_all(db)
    move_institution(db, office, other.id)
    return top, other, office


def asked_of(db, under: str) -> tuple[object, ...]:
    ask = Ask(("enrolled",), (), date(2024, 1, 1), date(2025, 1, 1), under=under)
    everybody = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
    return answer(db, everybody, ask, exact=True).totals


def of_everywhere(db) -> int:
    counted = select(func.sum(Tally.count)).where(
        Tally.root_id == EVERYWHERE, Tally.dimension == "all"
    )
    return int(db.scalar(counted) or 0)


def test_a_recount_that_is_cut_off_loses_nothing(db, reformed):
    for _cut_off in range(3):
        stale = check_trees(db)
        assert EVERYWHERE in stale
        is_checked = select(TallyRoot.is_checked).where(TallyRoot.root_id == EVERYWHERE)
        assert db.scalars(is_checked).all() == [False]
        assert of_everywhere(db) == 3
        assert [asked_of(db, key) for key in ("", "top", "other")] == [(3,), (0,), (3,)]
    for root_id in stale[1:]:
        count_tree(db, root_id)
    assert stale[0] in check_trees(db)
    fold_all(db)
    assert checked(db) == {True}
    assert tallied(db) == added_up(db)
    assert [asked_of(db, key) for key in ("", "top", "other")] == [(3,), (0,), (3,)]


def test_a_reform_amid_a_recount_leaves_no_tree_of_before_checked(db, reformed):
    top, _other, office = reformed
    stale = check_trees(db)
    count_tree(db, stale[0])
    move_institution(db, office, top.id)
    for root_id in stale[1:]:
        count_tree(db, root_id)
    trees = trees_now(db)
    for root_id in db.scalars(select(TallyRoot.root_id).where(TallyRoot.is_checked)):
        noted = select(TallyTree.institution_id, TallyTree.unit_id)
        pairs = db.execute(noted.where(TallyTree.root_id == root_id))
        assert dict(map(tuple, pairs)) == trees.get(root_id, {root_id: 0})
    assert fold(db) == 0
    fold_all(db)
    assert tallied(db) == added_up(db)


def test_without_any_institution_everywhere_is_counted_once(db):
    assert check_trees(db) == [EVERYWHERE]
    count_tree(db, EVERYWHERE)
    assert check_trees(db) == []
    assert checked(db) == {True}


def checked(db) -> set[bool]:
    return set(db.scalars(select(TallyRoot.is_checked)))


def test_all_facts_of_an_enrolment_have_one_random_key(db, awa, bilal, chloe):
    course = make_course(db)
    for person in (awa, bilal):
        complete(db, make_enrolment(db, person, course))
    code = db.scalar(select(Certificate.code))
    assert revoke(db, chloe.id, code, "issued-by-mistake")
    rows = db.execute(select(Fact.enrolment_id, Fact.record_key, Fact.measure)).all()
    keys = {(enrolment, key) for enrolment, key, _measure in rows}
    assert len(keys) == 2
    assert len({key for _enrolment, key in keys}) == 2
    assert Counter(measure for *_rest, measure in rows) == {
        "enrolled": 2, "started": 2, "completed": 2, "certified": 2, "revoked": 1, "tried": 2,
    }  # fmt: skip
    everything = select(*Fact.__table__.c).order_by(Fact.event_key)
    before = db.execute(everything).all()
    rebuild_facts(db)
    assert db.execute(everything).all() == before


def test_the_worker_folds_what_was_counted(app, db, engines, awa):
    complete(db, make_enrolment(db, awa, make_course(db)))
    db.commit()
    worker = worker_of(app)
    worker.kinds[FOLD](worker.workshop, {})
    with engines.reading() as reader:
        counted = select(Tally.count).where(
            Tally.root_id == EVERYWHERE, Tally.dimension == "all", Tally.measure == "completed"
        )
        assert reader.scalars(counted).all() == [1]


def test_a_key_is_the_first_bits_of_the_event_that_enrolled(db, awa):
    make_enrolment(db, awa, make_course(db))
    [(event_key, record_key)] = db.execute(select(Fact.event_key, Fact.record_key)).all()
    assert record_key == UUID(str(event_key)).int >> 97 < 2**31
