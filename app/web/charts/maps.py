"""Maps: the countries of the world in equal areas, looked up by code and told apart by classes.

The geometry is Natural Earth's (public domain), simplified by `bin/worldmap`. A country that is too
small to be drawn is a dot. A map is never mirrored: east stays at the right.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

WORLD = Path(__file__).parent / "world.json"
CLASSES = 3
_ROUND = (1, 2, 3, 4, 5, 6, 8)


class Area(NamedTuple):
    """A country with its figure: a path, or the middle of a dot; `look` counts classes from 1.

    Look 0 is a figure that is held back.
    """

    code: str
    name: str
    value: int | None
    look: int
    path: str
    dot: tuple[int, int] | None


class World(NamedTuple):
    """The countries that have figures, all other land in one path, and what each class holds.

    `classes` are pairs of the least and the most figure; the last has no most. `unplaced` are
    figures without a country, or of one that the map does not know.
    """

    wide: int
    high: int
    land: str
    areas: tuple[Area, ...]
    classes: tuple[tuple[int, int | None], ...]
    unplaced: tuple[tuple[str, int | None], ...]

    @property
    def has_held(self) -> bool:
        return any(each.value is None for each in self.areas)

    def rows(self) -> list[tuple[str, tuple[int | None, ...]]]:
        """The figures as a table's rows, the highest first."""
        pairs = [*((each.name, each.value) for each in self.areas), *self.unplaced]
        return [(name, (value,)) for name, value in sorted(pairs, key=lambda pair: -(pair[1] or 0))]

    def known(self) -> list[tuple[str, int]]:
        """Names and figures, without what is held back."""
        return [(each.name, each.value) for each in self.areas if each.value is not None]


def world_of(figures: Sequence[tuple[str, str, int | None]]) -> World:
    """Draw triples of a country's code, its name and its figure; none is a figure held back."""
    world = _world()
    shapes, dots = world["shapes"], world["dots"]
    placed = {
        code: (name, value) for code, name, value in figures if code in shapes or code in dots
    }
    limits = _limits([value for _name, value in placed.values() if value])
    areas = [
        Area(
            code, name, value, _look(value, limits), shapes.get(code, ""),
            tuple(dots[code]) if code in dots else None,
        )
        for code, (name, value) in placed.items()
    ]  # fmt: skip
    return World(
        world["wide"],
        world["high"],
        world["land"] + "".join(path for code, path in shapes.items() if code not in placed),
        tuple(areas),
        (*((least, above - 1) for least, above in pairwise(limits)), (limits[-1], None)),
        tuple((name, value) for code, name, value in figures if code not in placed),
    )


@cache
def _world() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(WORLD.read_text(encoding="utf-8"))
    return read


def _limits(values: Sequence[int]) -> list[int]:
    """The least figure of each class: 1, then round ones near the thirds of all figures."""
    ranked = sorted(values)
    thirds = [ranked[len(ranked) * at // CLASSES] for at in range(1, CLASSES)] if ranked else []
    return sorted({1, *(_rounded(each) for each in thirds)})


def _rounded(value: int) -> int:
    """The highest round number that is not above a figure."""
    power: int = 10 ** (len(str(value)) - 1)
    return max(times * power for times in _ROUND if times * power <= value)


def _look(value: int | None, limits: Sequence[int]) -> int:
    return 0 if value is None else max(sum(value >= least for least in limits), 1)
