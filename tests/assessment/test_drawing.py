"""Drawing: the same seed draws the same attempt, and every order may come out."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.drawing import draw
from app.catalogue.bank import BankItem


def item(key: str, kind: str = "single", parts: str = "abc") -> BankItem:
    return BankItem(key, key.encode(), kind, None, {}, tuple(parts))


BANK = [
    item("one"),
    item("two", "multiple", "abcd"),
    item("three", "true-false"),
    item("four", "ordering"),
    item("five", "matching", "ab"),
    item("six", "numeric", ""),
]
SEEDS = st.integers(0, 2**62 - 1)


@given(SEEDS, st.none() | st.integers(1, 6), st.booleans())
def test_a_seed_draws_the_same_attempt_again(seed, count, shuffle):
    first = draw(BANK, seed=seed, count=count, shuffle=shuffle)
    assert first == draw(BANK, seed=seed, count=count, shuffle=shuffle)
    assert len({drawn.item.key for drawn in first}) == len(first) == (count or len(BANK))


@given(SEEDS)
def test_each_item_shows_all_its_parts_once_and_true_before_false(seed):
    for drawn in draw(BANK, seed=seed):
        assert sorted(drawn.shown["order"]) == list(drawn.item.part_ids)
        if drawn.item.kind == "true-false":
            assert tuple(drawn.shown["order"]) == drawn.item.part_ids


def test_a_seed_draws_what_it_drew_when_it_was_stored():
    drawn = draw(BANK, seed=20261125, count=4)
    assert [(each.item.key, "".join(each.shown["order"])) for each in drawn] == [
        ("six", ""), ("four", "cba"), ("five", "ba"), ("two", "abdc"),
    ]  # fmt: skip


@given(SEEDS)
def test_without_shuffling_only_what_the_order_would_give_away_is_mixed(seed):
    drawn = draw(BANK, seed=seed, shuffle=False)
    assert [each.item.key for each in drawn] == [each.key for each in BANK]
    for each in drawn:
        if each.item.kind not in {"ordering", "matching"}:
            assert tuple(each.shown["order"]) == each.item.part_ids


def test_every_order_of_steps_comes_out_also_the_right_one():
    orders = Counter(
        "".join(draw([item("steps", "ordering")], seed=seed)[0].shown["order"])
        for seed in range(600)
    )
    assert len(orders) == 6
    assert min(orders.values()) > 60


def test_items_seen_in_earlier_attempts_come_last():
    seen = {"one", "two", "three"}
    for seed in range(50):
        drawn = {each.item.key for each in draw(BANK, seed=seed, count=4, seen=seen)}
        assert drawn > {"four", "five", "six"}


@pytest.mark.parametrize("count", [6, 7, None])
def test_a_quiz_that_draws_as_many_as_it_has_shows_all(count):
    assert len(draw(BANK, seed=1, count=count)) == 6
