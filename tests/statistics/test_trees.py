"""Trees: what merged counts with its successor, whatever the order in which rows are found."""

import pytest
from sqlalchemy import select, text

from app.identity.institutions import Institution, found_institution
from app.identity.reforms import merge_institutions, move_institution, rename_institution
from app.statistics import scopes
from app.statistics.scopes import COUNTS, Scope
from app.statistics.tallies import units_apart
from app.statistics.trees import EVERYWHERE, tree_now, trees_now
from tests.plans import plan_of
from tests.statistics.test_tallies import START, fold_all

UNDER = {"left": "root", "right": "root", "gone": "left", "heir": "right", "part": "gone"}


@pytest.fixture(params=["left first", "right first"])
def units(request, db) -> dict[str, Institution]:
    """A root with two units; what stood under the left one merged into what stands under the right."""
    order = ["left", "right"] if request.param == "left first" else ["right", "left"]
    found: dict[str, Institution] = {}
    for key in ("root", *order, "gone", "heir", "part"):
        above = UNDER.get(key)
        found[key] = found_institution(
            db, key, key, "office", parent_id=above and found[above].id, since=START
        )
    merge_institutions(db, [found["part"]], found["heir"])
    merge_institutions(db, [found["gone"]], found["heir"])
    for key in order:
        rename_institution(db, found[key], key.title())
    return found


def told(db, root: str, units: dict[str, Institution]) -> dict[str, str]:
    """The unit of each in a root's tree, by key; the root itself is none."""
    names = {row.id: row.key for row in db.execute(select(Institution.id, Institution.key))}
    tree = tree_now(db, units[root].id if root else EVERYWHERE)
    assert tree == trees_now(db)[units[root].id if root else EVERYWHERE]
    return {names[each]: names.get(unit, "") for each, unit in tree.items()}


def test_what_merged_belongs_to_the_unit_of_its_successor(db, units):
    assert told(db, "root", units) == {
        "root": "", "left": "left", "right": "right", "heir": "right", "gone": "right",
        "part": "right",
    }  # fmt: skip
    # It stays under its last parent, too, whose tree is more than what counts at it.
    assert told(db, "left", units) == {"left": "", "gone": "gone", "part": "gone"}
    for _noted in range(2):
        assert units_apart(db, units["root"].id) == {units["left"].id}
        assert units_apart(db, units["right"].id) == set()
        fold_all(db)


def test_what_merged_into_the_root_counts_at_the_root_itself(db, units):
    other = found_institution(db, "other", "Other", "office", since=START)
    merge_institutions(db, [other], units["root"])
    assert told(db, "root", units)["other"] == ""
    assert told(db, "", units)["other"] == "root"


def test_what_merged_into_another_tree_stays_where_it_last_was_and_counts_there(db, units):
    top = found_institution(db, "top", "Top", "ministry", since=START)
    move_institution(db, units["right"], top.id)
    assert told(db, "root", units) == {"root": "", "left": "left", "gone": "left", "part": "left"}
    assert told(db, "", units) == {
        "root": "root", "left": "root", "top": "top", "right": "top", "heir": "top",
        "gone": "top", "part": "top",
    }  # fmt: skip
    for _noted in range(2):
        assert units_apart(db, units["root"].id) == set()
        assert units_apart(db, EVERYWHERE) == {units["root"].id}
        fold_all(db)


def test_a_tree_is_found_by_its_branches_where_nothing_was_merged(db):
    root = found_institution(db, "root", "Root", "ministry", since=START)
    ids = [root.id]
    for at in range(1, 21 * 20):
        unit = found_institution(
            db, f"unit-{at}", f"{at}", "office", parent_id=ids[at // 20], since=START
        )
        ids.append(unit.id)
    db.execute(text("ANALYZE institution_states"))
    scope = Scope(1, COUNTS, is_everywhere=False, is_empty=False, root_id=root.id)
    plan = plan_of(db, select(scope.institutions().c.id))
    assert "ix_institution_states_parent_id" in plan
    assert "ix_institution_states_successor_id" in plan


@pytest.mark.parametrize("most", [0, 2, 3, 100])
def test_what_few_institutions_are_known_by_changes_nothing_of_who_they_are(
    db, units, monkeypatch, most
):
    """Two trees, one in the other, and what merged into them."""
    monkeypatch.setattr(scopes, "FEW", most)
    for name in units:
        guessed = Scope(1, COUNTS, is_everywhere=False, is_empty=False, root_id=units[name].id)
        found = {*db.scalars(select(guessed.institutions().c.id))}
        known = guessed.looked_up(db)
        assert known.known == (tuple(sorted(found)) if len(found) <= most else None)
        assert {*db.scalars(select(known.institutions().c.id))} == found
        for other in units.values():
            assert known.has(db, other.id) == (other.id in found)
            inner = known.under(other.id)
            assert inner == guessed.under(other.id)
            assert {*db.scalars(select(inner.institutions().c.id))} >= {other.id}
    assert known.nearest().known is None
    assert known.nothing().known is None
