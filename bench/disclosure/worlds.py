"""Worlds: a made-up ministry's enrolments, and all tables of them that a release would hold."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import NamedTuple

from app.statistics.protecting.cells import KEY_BITS

MOST = 3  # dimensions of a table
MONTH, COURSE = 3, 4
DIMENSIONS = ("department", "grade", "gender", "month", "course")
SIZES = (77, 8, 3, 12, 20)
Values = tuple[int | None, ...]  # one a dimension; None stands for all of it
Offer = Callable[[Sequence[int]], bool]  # whether a table of these dimensions is offered


class Name(NamedTuple):
    """A cell: of which release, and with which values."""

    release: str
    values: Values


class Sum(NamedTuple):
    """What anyone knows: the whole is the sum of the parts."""

    whole: Name
    parts: tuple[Name, ...]


class World(NamedTuple):
    """All cells that are not empty, each (count, key sum), and how they add up.

    `hidden` are cells that no table holds, though a difference of two would give them.
    """

    cells: Mapping[Name, tuple[int, int]]
    sums: tuple[Sum, ...]
    hidden: frozenset[Name]

    def small(self, threshold: int) -> list[Name]:
        return [name for name, (count, _) in self.cells.items() if 0 < count < threshold]


Record = tuple[tuple[int, ...], int]


def enrolments(number: int, sizes: tuple[int, ...] = SIZES, seed: int = 37) -> list[Record]:
    """Values and key of each; few departments, grades, courses are large and many are small."""
    draw = Random(seed)
    weights = [
        [1 / (1 + place) ** lean for place in range(size)]
        for size, lean in zip(sizes, (1.1, 0.9, 1.0, 0.2, 0.9), strict=True)
    ]
    columns = [
        draw.choices(range(size), chances, k=number)
        for size, chances in zip(sizes, weights, strict=True)
    ]
    values = zip(*columns, strict=True)
    return [(each, draw.getrandbits(KEY_BITS)) for each in values]


def with_ranges(world: World) -> World:
    """The same with a table for every run of months, as a filter of free days would give them."""
    months: dict[Values, dict[int, Name]] = defaultdict(dict)
    for name in world.cells:
        month = name.values[MONTH]
        if name.release == "now" and month is not None and name not in world.hidden:
            months[_with(name.values, MONTH, None)][month] = name
    cells, sums = dict(world.cells), list(world.sums)
    for values, named in months.items():
        for first in sorted(named):
            run = named[first]
            for last in sorted(month for month in named if month > first):
                longer = Name(f"{first}-{last}", values)
                (count, keys), (more, more_keys) = cells[run], cells[named[last]]
                cells[longer] = count + more, keys + more_keys
                sums.append(Sum(longer, (run, named[last])))
                run = longer
            if first == min(named):
                sums.append(Sum(Name("now", values), (run,)))
    return World(cells, tuple(sums), world.hidden)


def with_sets(world: World, sets: Sequence[Collection[int]]) -> World:
    """The same with tables by sets of courses that overlap, by department and month, no trait."""
    parts: dict[tuple[int, Values], list[Name]] = defaultdict(list)
    for name in world.cells:
        is_shown = name.release == "now" and name not in world.hidden
        if is_shown and name.values[1:MONTH] == (None, None):
            for number, courses in enumerate(sets):
                if name.values[COURSE] in courses:
                    parts[number, _with(name.values, COURSE, None)].append(name)
    cells, sums = dict(world.cells), list(world.sums)
    for (number, values), names in parts.items():
        whole = Name(f"set {number}", values)
        cells[whole] = sum(cells[each][0] for each in names), sum(cells[each][1] for each in names)
        sums.append(Sum(whole, tuple(names)))
    return World(cells, tuple(sums), world.hidden)


def merged(world: World) -> World:
    """The world of who knows which cells are empty: a whole with one part is that part."""
    same: dict[Name, Name] = {}

    def one(name: Name) -> Name:
        while name in same:
            name = same[name]
        return name

    for whole, parts in world.sums:
        if len(parts) == 1 and one(whole) != one(parts[0]):
            shown, other = one(whole), one(parts[0])
            if shown in world.hidden:
                shown, other = other, shown
            same[other] = shown
    sums = {
        Sum(one(whole), tuple(sorted(map(one, parts), key=str)))
        for whole, parts in world.sums
        if len(parts) > 1
    }
    cells = {name: cell for name, cell in world.cells.items() if name not in same}
    return World(cells, tuple(sorted(sums, key=str)), world.hidden - same.keys())


def projections(values: tuple[int, ...], offered: Offer) -> Iterator[Values]:
    """The cells that a record is counted in: of every table that is offered."""
    for size in range(len(values) + 1):
        for kept in combinations(range(len(values)), size):
            if offered(kept):
                yield tuple(value if at in kept else None for at, value in enumerate(values))


def up_to_three(kept: Sequence[int]) -> bool:
    """Tables of any three dimensions."""
    return len(kept) <= MOST


def one_trait(kept: Sequence[int]) -> bool:
    """Tables of department, month, course, and one of grade and gender, as the engine offers."""
    return not {1, 2} <= set(kept)


def world_of(records: Iterable[Record], offered: Offer = up_to_three) -> World:
    """All tables that are offered, and those of the month before that do not tell months."""
    cells: dict[Name, list[int]] = defaultdict(lambda: [0, 0])
    records = list(records)
    last = max(values[MONTH] for values, _ in records)
    hidden = set()
    for values, key in records:
        kept = list(projections(values, offered))
        names = [Name("now", each) for each in kept]
        for each in kept:
            if each[MONTH] is None and values[MONTH] < last:
                names.append(Name("before", each))
            elif each[MONTH] is None and _with(each, MONTH, last) not in kept:
                names.append(Name("now", _with(each, MONTH, last)))
                hidden.add(names[-1])
        for name in names:
            cells[name][0] += 1
            cells[name][1] += key
    whole = {name: (count, keys) for name, (count, keys) in cells.items()}
    sums = (*_added(whole, hidden), *_grown(whole, last))
    return World(whole, sums, frozenset(hidden))


def _with(values: Values, at: int, value: int | None) -> Values:
    return (*values[:at], value, *values[at + 1 :])


def _added(cells: Mapping[Name, object], hidden: set[Name]) -> Iterator[Sum]:
    """Each cell is the sum of the cells of one dimension more."""
    parts: dict[tuple[Name, int], list[Name]] = defaultdict(list)
    for name in cells:
        if name in hidden:
            continue
        for at, value in enumerate(name.values):
            if value is not None:
                parts[Name(name.release, _with(name.values, at, None)), at].append(name)
    for (whole, _), each in parts.items():
        yield Sum(whole, tuple(each))


def _grown(cells: Mapping[Name, object], last: int) -> Iterator[Sum]:
    """What is counted now is what was counted a month before, and the month."""
    for name in cells:
        if name.release == "now" and name.values[MONTH] is None:
            month = Name("now", _with(name.values, MONTH, last))
            before = Name("before", name.values)
            parts = tuple(each for each in (before, month) if each in cells)
            yield Sum(name, parts)
