"""Drawing: which items an attempt shows and in which order, the same again from the same seed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.catalogue.bank import BankItem

MIXED = frozenset({"matching", "ordering"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item of an attempt as it is shown: `order` lists the ids of its options or steps.

    A matching item's `order` is that of its right sides; its left sides keep the source's order.
    """

    item: BankItem
    shown: dict[str, Any]


def draw(
    bank: Sequence[BankItem],
    *,
    seed: int,
    count: int | None = None,
    shuffle: bool = True,
    seen: Collection[str] = (),
) -> list[Drawn]:
    """Choose `count` items (all when None), those not seen in earlier attempts first.

    Without `shuffle` items and options keep the source's order, but steps to be ordered and sides
    to be matched are always mixed, since their source's order is the answer. Any order may come
    out, the right one too: an order that never came would tell something about the others.
    """
    chance = Random(seed)  # noqa: S311 - a reproducible order, not a secret
    chosen = _chosen(bank, count, seen, chance)
    if shuffle:
        chance.shuffle(chosen)
    return [Drawn(item, {"order": _order_of(item, chance, shuffle=shuffle)}) for item in chosen]


def _chosen(
    bank: Sequence[BankItem], count: int | None, seen: Collection[str], chance: Random
) -> list[BankItem]:
    if count is None or count >= len(bank):
        return list(bank)
    places = list(range(len(bank)))
    chance.shuffle(places)
    places.sort(key=lambda place: bank[place].key in seen)
    return [bank[place] for place in sorted(places[:count])]


def _order_of(item: BankItem, chance: Random, *, shuffle: bool) -> list[str]:
    order = list(item.part_ids)
    if item.kind in MIXED or (shuffle and item.kind in {"single", "multiple"}):
        chance.shuffle(order)
    return order
