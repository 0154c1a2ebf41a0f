"""Outcomes: each has the figures of its course, whatever stands beside it, and says so in words."""

from datetime import date

import pytest
from sqlalchemy import delete

from app.catalogue.outcomes import Outcome
from app.catalogue.texts import CompiledText
from app.statistics.cubes.asks import Ask, refusal_of, things_of
from app.statistics.cubes.cubes import answer
from app.statistics.cubes.files import said_of
from app.statistics.cubes.names import names_of
from app.statistics.cubes.tables import table
from app.statistics.protecting.guards import TooNarrow
from tests.counting import statements
from tests.makers.courses import make_course
from tests.makers.people import make_interior
from tests.statistics.cubes.test_cubes import EVERYBODY
from tests.statistics.test_tallies import fact, fold_all

YEAR = Ask(("enrolled", "days"), ("outcome",), date(2024, 1, 1), date(2025, 1, 1))
URGENT, CALM, REST = "first-aid/tell-urgent", "first-aid/stay-calm", "nights/tell-urgent"


@pytest.fixture
def said(db, bilal):
    """A course with two outcomes, one with one of the same words, one with none; facts of all."""
    aid = make_course(db, "First aid", recommendations=("T0", "HR1"), translated=("fr",))
    nights = make_course(db, "Nights", recommendations=("HR1",))
    bare = make_course(db, "Bare", recommendations=("HR1",))
    db.execute(delete(Outcome).where(Outcome.version_id == bare.id))
    add_outcome(db, aid, "stay-calm", "Stay calm beside a hurt colleague.")
    unit = make_interior(db)
    for number in range(90):
        course = (aid, nights, bare)[number % 3]
        db.add(fact(db, bilal, course.course_id, unit, "enrolled", number))
    db.flush()
    fold_all(db)
    db.commit()
    return aid, nights, bare


def add_outcome(db, version, key: str, wording: str) -> None:
    db.add(Outcome(version_id=version.id, key=key, position=2, level="apply"))
    db.add(
        CompiledText(
            version_id=version.id, owner_key=f"outcome/{key}", language="en", title=wording,
            html="", parts={}, fresh=1, stale=0, compiler=1,
        )
    )  # fmt: skip


@pytest.mark.parametrize("exact", [True, False])
def test_an_outcome_has_the_row_of_its_course_in_every_table(db, said, exact):
    aid, nights, bare = said
    outcomes = {aid.course_id: [CALM, URGENT], nights.course_id: [REST], bare.course_id: ["bare/"]}
    for more in ((), ("month",), ("gender",), ("unit",), ("recommendation",), ("month", "mode")):
        by_course, by_outcome = (
            answer(db, EVERYBODY, YEAR._replace(dimensions=(*more, each)), exact=exact)
            for each in ("course", "outcome")
        )
        assert by_outcome.from_tallies == by_course.from_tallies
        assert dict(by_outcome.rows) == {
            (*values, outcome): figures
            for (*values, course_id), figures in by_course.rows
            for outcome in outcomes[course_id]
        }
        whole = answer(db, EVERYBODY, YEAR._replace(dimensions=more), exact=exact)
        assert by_outcome.totals == whole.totals
    both = answer(db, EVERYBODY, YEAR._replace(dimensions=("course", "outcome")), exact=exact)
    assert [values for values, _figures in both.rows] == sorted(
        (course_id, each) for course_id in outcomes for each in outcomes[course_id]
    )
    alone = answer(db, EVERYBODY, YEAR, exact=exact)
    assert {values[1:]: figures for values, figures in both.rows} == dict(alone.rows)


def test_a_round_counts_with_each_recommendation_and_each_outcome_of_its_course(db, said):
    found = answer(
        db, EVERYBODY, YEAR._replace(dimensions=("recommendation", "outcome")), exact=True
    )
    assert {values: figures[0] for values, figures in found.rows} == {
        ("T0", CALM): 30, ("T0", URGENT): 30, ("HR1", CALM): 30, ("HR1", URGENT): 30,
        ("HR1", REST): 30, ("HR1", "bare/"): 30,
    }  # fmt: skip
    assert found.totals[0] == 90


def test_an_outcome_is_its_course_to_the_guards(db, said):
    assert things_of(("outcome", "gender")) == {"course", "gender"}
    assert things_of(("outcome", "course", "month")) == {"course", "month"}
    assert refusal_of(YEAR._replace(dimensions=("outcome", "gender"))) is None
    for by, more in (
        (("outcome", "gender"), {"under": "ministry-of-the-interior"}),
        (("outcome", "gender", "grade"), {}),
        (("outcome", "recommendation", "gender"), {}),
    ):
        assert isinstance(refusal_of(YEAR._replace(dimensions=by, **more)), TooNarrow)


def test_outcomes_of_the_same_words_are_told_apart_by_their_course(db, said):
    values = {CALM, URGENT, REST, "bare/", ""}
    named = names_of(db, "outcome", values, "2024-12", "fr")
    assert named[CALM] == (CALM, "Stay calm beside a hurt colleague.")  # not said in French
    assert named[URGENT][1] == "[fr] Tell an urgent case from one that can wait."
    assert named[REST][1] == "Tell an urgent case from one that can wait."
    english = {value: name for value, (_key, name) in names_of(db, "outcome", values, "", "en").items()}  # fmt: skip
    assert english[URGENT] == "Tell an urgent case from one that can wait. (First aid)"
    assert english[REST] == "Tell an urgent case from one that can wait. (Nights)"
    assert english["bare/"] == english[""] == "no outcome"


def test_who_reads_outcomes_reads_that_they_share_the_figures_of_their_course(db, said):
    found = table(db, EVERYBODY, YEAR, "en", exact=True)
    [meaning] = [sentence for word, sentence in said_of(found, "en") if word == "Outcome"]
    assert "all outcomes of a course share its figures" in meaning
    assert found.heads()[:2] == ["outcome", "outcome_name"]


def test_more_outcomes_cost_no_more_statements(db, said, engines):
    with statements(engines) as few:
        table(db, EVERYBODY, YEAR, "en", exact=True)
    for number in range(5):
        add_outcome(db, said[0], f"more-{number}", f"More {number}.")
    db.flush()
    with statements(engines) as many:
        found = table(db, EVERYBODY, YEAR, "en", exact=True)
    assert len(found.lines) == 9
    assert len(many) <= len(few)
