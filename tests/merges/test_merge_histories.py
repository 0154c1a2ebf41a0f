"""Histories of two accounts: merging changes no figure, loses no row, and undoing gives all back."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.duties.petitions import Plea, ask, decide
from app.duties.requirements import today_at
from app.duties.standing import duty_of
from app.foundation.errors import Refusal
from app.identity.grants import grant
from app.identity.placements import place
from app.identity.users import User
from app.learning.enrolments import Enrolment, withdraw
from app.learning.notes import Beside, keep_note
from app.learning.reminders import choose
from app.merges.merges import merge
from app.merges.treatments import LEFT, TREATMENTS
from app.merges.undoings import undo
from app.statistics.facts import Fact, rebuild_facts
from app.tables import metadata
from tests.makers.courses import make_course
from tests.makers.duties import make_requirement, roll
from tests.makers.learning import complete, do, make_enrolment
from tests.makers.people import make_institute, make_interior, make_person

# The ledger only grows, letters are promised, and ways in that were ended stay ended.
NOT_HELD = {"events", "jobs", "merges", "merge_changes", "sign_ins", "one_time_links"}
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ACTS = ("enrol", "read", "complete", "leave", "note", "mute", "role", "place", "roll", "ask")
acts = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 1))


def held(db) -> dict[str, list[tuple]]:
    """Every row that a merge may touch, and all others."""
    db.flush()
    return {
        table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))]
        for table in metadata.sorted_tables
        if table.name not in NOT_HELD
    }


class World:
    """Two accounts, two courses of which one is required, and somebody who may do all."""

    def __init__(self, db, by, name) -> None:
        self.db, self.by = db, by
        self.units = [make_institute(db), make_interior(db)]
        self.versions = [
            make_course(db, modules=1, lessons=1),
            make_course(db, "Second", modules=1),
        ]
        self.requirement = make_requirement(db, by, self.units[1], self.versions[0])
        self.people = [make_person(db, f"{name} {each}", self.units[0]) for each in ("one", "two")]

    def act(self, kind: str, who: int, which: int) -> None:
        db, person, version = self.db, self.people[who], self.versions[which]
        if kind in {"enrol", "read", "complete", "leave"}:
            place_of = make_enrolment(db, person, version)
            if kind == "read":
                do(db, place_of, "lesson-1-1")
            elif kind == "complete":
                complete(db, place_of)
            elif kind == "leave":
                withdraw(db, place_of.id, "en")
        elif kind == "note":
            beside = Beside(person.id, version.course_id, "lesson-1-1", f"b-{who * which}")
            keep_note(db, beside, words=f"Words of {who}", quoted="Look", language="en")
        elif kind == "mute":
            choose(db, person.id, is_wanted=not which)
        elif kind == "role":
            grant(db, person.id, ("author", "reviewer")[which], self.units[1].id)
        elif kind == "place":
            place(db, person.id, (None, self.units[1].id)[which], grade=f"A{who}")
        elif kind == "roll":
            roll(db, self.requirement)
        else:
            self.ask_for_more(person)

    def ask_for_more(self, person: User) -> None:
        try:
            duty = duty_of(self.db, self.requirement.id, person.id)
            today = today_at(self.db, self.requirement.institution_id)
            asked = ask(self.db, duty, person.id, Plea("exemption", None, "Ill"), today)
        except Refusal:
            return
        decide(self.db, asked, self.by.id, is_granted=True, answer="")


def figures(db) -> Counter:
    """What statistics count, where and when."""
    rows = db.execute(select(Fact.measure, Fact.day, Fact.course_id, Fact.placement_id))
    return Counter(tuple(row) for row in rows)


@settings(max_examples=6, deadline=None, suppress_health_check=SLOW)
@given(history=st.lists(acts, max_size=14), later=st.lists(acts, max_size=3), seed=st.uuids())
def test_undoing_a_merge_gives_every_row_back(db, chloe, history, later, seed):
    world = World(db, chloe, f"Nia {seed.hex[:12]}")
    gone, stays = world.people
    for kind, who, which in history:
        world.act(kind, who, which)
    before, counted = held(db), figures(db)
    rounds = db.scalar(select(func.count()).where(Enrolment.learner_id.in_((gone.id, stays.id))))
    made = merge(db, chloe.id, stays.id, gone.id, "One person")

    assert figures(db) == counted
    for name, treatment in TREATMENTS.items():
        table, _, column = name.partition(".")
        if treatment.how == "rounds":
            owner = metadata.tables[table].c[column]
            assert db.scalar(select(func.count()).where(owner == gone.id)) == 0, name
    numbers = db.execute(
        select(Enrolment.course_id, func.count(), func.max(Enrolment.round))
        .where(Enrolment.learner_id == stays.id)
        .group_by(Enrolment.course_id)
    ).all()
    assert sum(count for _course, count, _last in numbers) == rounds
    assert all(count == last for _course, count, last in numbers)

    undo(db, chloe.id, made)
    assert held(db) == before
    assert figures(db) == counted
    facts = db.execute(select(Fact.__table__).order_by(Fact.event_key)).all()
    rebuild_facts(db)
    assert db.execute(select(Fact.__table__).order_by(Fact.event_key)).all() == facts
    for kind, _who, which in later:
        world.act(kind, 0, which)
    db.rollback()


def test_every_column_that_points_to_a_person_is_treated_or_left_on_purpose():
    pointing = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "users" for key in column.foreign_keys)
    }
    assert pointing == set(TREATMENTS)
    assert all(each.why for each in TREATMENTS.values() if each.how == LEFT)
