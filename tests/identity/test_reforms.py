"""Reforms: institutions renamed, moved, merged, split and closed from a day on, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.activity.events import Event
from app.foundation import clock
from app.identity.histories import (
    history_of,
    parts_made_of,
    path_of_names,
    tree_of,
    units_at,
)
from app.identity.institutions import (
    DateAbsurd,
    ParentNotThere,
    found_institution,
    institution_tree_of,
    institutions_named,
    name_of_institution,
)
from app.identity.obstacles import (
    ChangesOverlap,
    InstitutionOver,
    InstitutionUnderItself,
    MergedWithItself,
    PartsRemain,
    PartsTooFew,
)
from app.identity.reforms import (
    Part,
    close_institution,
    merge_institutions,
    move_institution,
    rename_institution,
    split_institution,
)

OLD, MIDDLE, RECENT = (datetime(year, 1, 1, tzinfo=UTC) for year in (1990, 2010, 2020))
LATER = clock.now() + timedelta(days=90)


@pytest.fixture
def tree(db):
    """Two ministries of 1990; the first has two offices, and one of these a desk."""
    made = {}
    for key, under in (
        ("works", None), ("roads", "works"), ("ports", "works"), ("desk", "roads"), ("seas", None)
    ):  # fmt: skip
        made[key] = found_institution(
            db, key, key.title(), "office", parent_id=made[under].id if under else None, since=OLD
        )
    return made


def test_a_change_of_a_past_day_keeps_what_was_before(db, tree):
    roads = tree["roads"]
    rename_institution(db, roads, "Highways", since=MIDDLE)
    move_institution(db, roads, tree["seas"].id, since=RECENT)
    told = [(stage.name, stage.parent, stage.valid_from) for stage in history_of(db, roads.id)]
    assert told == [("Roads", "Works", OLD), ("Highways", "Works", MIDDLE),
                    ("Highways", "Seas", RECENT)]  # fmt: skip
    before = RECENT - timedelta(days=1)
    assert [each.name for each in path_of_names(db, tree["desk"].id, before)] == [
        "Works", "Highways", "Desk",
    ]  # fmt: skip
    assert set(tree_of(db, tree["works"].id, before)) == {
        tree[key].id for key in ("works", "roads", "ports", "desk")
    }
    assert set(tree_of(db, tree["works"].id, clock.now())) == {tree["works"].id, tree["ports"].id}
    assert tree_of(db, tree["works"].id, OLD - timedelta(days=1)) == [tree["works"].id]
    assert units_at(db, OLD - timedelta(days=1), [roads.id]) == []


def test_a_change_to_come_is_known_but_does_not_hold_yet(db, tree):
    rename_institution(db, tree["roads"], "Mobility", since=LATER)
    assert name_of_institution(db, tree["roads"].id) == "Roads"
    [unit] = units_at(db, LATER, [tree["roads"].id])
    assert (unit.name, unit.parts) == ("Mobility", 1)
    merge_institutions(db, [tree["ports"]], tree["seas"], since=LATER)
    assert "Ports" in [each.name for each in institutions_named(db)]


def test_what_merged_ends_and_its_parts_go_with_it(db, tree, chloe):
    merge_institutions(db, [tree["roads"], tree["ports"]], tree["seas"], since=RECENT, by=chloe.id)
    assert tree["desk"].id in institution_tree_of(db, tree["seas"].id)
    # What has ended stays under its last parent, and is offered to nobody any more.
    assert set(institution_tree_of(db, tree["works"].id)) == {
        tree[key].id for key in ("works", "roads", "ports")
    }
    assert not {"Roads", "Ports"} & {each.name for each in institutions_named(db)}
    last = history_of(db, tree["roads"].id)[-1]
    assert (last.ending, last.successor, last.valid_from) == ("merged", "Seas", RECENT)
    with pytest.raises(InstitutionOver, match="Roads"):
        rename_institution(db, tree["roads"], "Roads again")
    with pytest.raises(ParentNotThere):
        move_institution(db, tree["seas"], tree["roads"].id)
    events = select(Event.payload["successor_id"].as_integer(), Event.actor_id)
    assert (
        db.execute(events.where(Event.kind == "institution-merged")).all()
        == [(tree["seas"].id, chloe.id)] * 2
    )


def test_a_split_must_say_who_takes_what_stands_below(db, tree):
    parts = [Part("bridges", "Bridges"), Part("tunnels", "Tunnels")]
    with pytest.raises(PartsRemain, match="count"):
        split_institution(db, tree["roads"], parts, since=RECENT)


def test_a_split_names_its_parts(db, tree):
    parts = [Part("bridges", "Bridges"), Part("tunnels", "Tunnels")]
    bridges, _ = split_institution(db, tree["roads"], parts, heir="bridges", since=RECENT)
    assert [each.key for each in parts_made_of(db, tree["roads"].id)] == ["bridges", "tunnels"]
    assert tree["desk"].id in institution_tree_of(db, bridges.id)
    [first] = history_of(db, bridges.id)
    assert (first.origin, first.parent, first.valid_from) == ("Roads", "Works", RECENT)
    assert history_of(db, tree["roads"].id)[-1].ending == "split"


def test_the_same_day_again_corrects(db, tree):
    rename_institution(db, tree["roads"], "Highway", since=MIDDLE)
    rename_institution(db, tree["roads"], "Highways", since=MIDDLE)
    assert [stage.name for stage in history_of(db, tree["roads"].id)] == ["Roads", "Highways"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda db, t: move_institution(db, t["works"], t["desk"].id), InstitutionUnderItself),
        (lambda db, t: move_institution(db, t["works"], t["works"].id), InstitutionUnderItself),
        (lambda db, t: merge_institutions(db, [t["roads"]], t["roads"]), MergedWithItself),
        (lambda db, t: merge_institutions(db, [t["desk"]], t["works"]), MergedWithItself),
        (lambda db, t: merge_institutions(db, [t["works"]], t["desk"]), MergedWithItself),
        (lambda db, t: close_institution(db, t["works"]), PartsRemain),
        (lambda db, t: split_institution(db, t["ports"], [Part("a", "A")]), PartsTooFew),
        (lambda db, t: split_institution(db, t["ports"], [Part("a", "A")] * 2), PartsTooFew),
        (
            lambda db, t: rename_institution(
                db, t["works"], "W", since=OLD - timedelta(days=1)
            ),
            ChangesOverlap,
        ),
        (
            lambda db, t: rename_institution(db, t["works"], "W", since=datetime(3, 1, 1, tzinfo=UTC)),
            DateAbsurd,
        ),
        (
            lambda db, t: rename_institution(
                db, t["works"], "W", since=datetime(2040, 1, 1, tzinfo=UTC)
            ),
            DateAbsurd,
        ),
        (
            lambda db, t: found_institution(
                db, "x", "X", "office", parent_id=t["works"].id, since=OLD - timedelta(days=1)
            ),
            ParentNotThere,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(db, tree, change, refusal):
    with pytest.raises(refusal):
        change(db, tree)


def test_a_refusal_says_days_as_they_are_where_the_institution_is(db):
    """Midnight in Tashkent is 19 h of the day before in UTC; what begins at noon fits a day later."""
    zone, midnight = {"time_zone": "Asia/Tashkent"}, datetime(2019, 12, 31, 19, tzinfo=UTC)
    for key, since, first in (("bath", midnight, 1), ("hall", midnight + timedelta(hours=12), 2)):
        made = found_institution(db, key, key.title(), "office", since=since, **zone)
        with pytest.raises(ChangesOverlap) as refused:
            rename_institution(db, made, "X", since=midnight - timedelta(days=1))
        assert refused.value.values["day"] == date(2020, 1, first)
        close_institution(db, made, since=midnight + timedelta(days=31))
        with pytest.raises(InstitutionOver) as over:
            rename_institution(db, made, "X")
        assert over.value.values["day"] == date(2020, 2, 1)


def test_no_circle_is_made_by_a_move_to_come(db, tree):
    move_institution(db, tree["works"], tree["seas"].id, since=LATER)
    with pytest.raises(InstitutionUnderItself):
        move_institution(db, tree["seas"], tree["desk"].id)


def test_what_is_to_leave_later_is_under_an_institution_until_then(db, tree):
    move_institution(db, tree["desk"], tree["seas"].id, since=LATER)
    with pytest.raises(PartsRemain):
        close_institution(db, tree["roads"])
    with pytest.raises(ChangesOverlap, match="name"):
        merge_institutions(db, [tree["roads"]], tree["ports"])
    close_institution(db, tree["roads"], since=LATER)
