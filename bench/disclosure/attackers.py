"""Attackers: what may be learnt of small counts from all tables at once and a known method."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import exp, log

from bench.disclosure.worlds import Name, Sum

Bounds = tuple[int, int]
Likelihood = Callable[[int, int], float]  # of a shown figure, given the true count
MANY = 10**9
LARGE = 40  # from this figure on noise is taken for normal


def narrowed(
    sums: Sequence[Sum], known: Mapping[Name, Bounds], rounds: int = 50
) -> dict[Name, Bounds]:
    """Least and most of each count by whole numbers: wholes bound their parts, and parts wholes."""
    found = dict(known)
    for _ in range(rounds):
        changed = False
        for whole, parts in sums:
            low = sum(found[each][0] for each in parts)
            high = sum(found[each][1] for each in parts)
            least, most = found[whole]
            if low > least or high < most:
                least, most = found[whole] = max(low, least), min(high, most)
                changed = True
            for each in parts:
                own_low, own_high = found[each]
                up = min(own_high, most - (low - own_low))
                down = max(own_low, least - (high - own_high))
                if up < own_high or down > own_low:
                    found[each] = down, up
                    low, high = low + down - own_low, high + up - own_high
                    changed = True
        if not changed:
            break
    return found


def solved(sums: Iterable[Sum], shown: Mapping[Name, int]) -> dict[Name, int]:
    """What the hidden cells of exact tables must be: all that the linear system gives, exactly."""
    rows: dict[Name, dict[Name | None, Fraction]] = {}
    for whole, parts in sums:
        row: dict[Name | None, Fraction] = defaultdict(Fraction)
        for name, sign in ((whole, 1), *((each, -1) for each in parts)):
            if name in shown:
                row[None] -= sign * shown[name]
            else:
                row[name] += sign
        _reduce(row, rows)
    found = {}
    for pivot in reversed(list(rows)):
        row = rows[pivot]
        for name in [each for each in row if each in rows and each != pivot]:
            _subtract(row, rows[name], row[name])  # type: ignore[index]  # a name, as it is a pivot
        if set(row) <= {pivot, None}:
            found[pivot] = int(row.get(None, Fraction(0)))
    return found


def _reduce(
    row: dict[Name | None, Fraction], rows: dict[Name, dict[Name | None, Fraction]]
) -> None:
    """Take from a row what earlier rows say, and keep what is new of it."""
    while pivots := [name for name in row if name in rows]:
        for name in pivots:
            if name is not None and name in row:
                _subtract(row, rows[name], row[name])
    for name in [each for each, factor in row.items() if not factor]:
        del row[name]
    pivot = next((name for name in row if name is not None), None)
    if pivot is not None:
        factor = row[pivot]
        rows[pivot] = {name: value / factor for name, value in row.items()}


def _subtract(
    row: dict[Name | None, Fraction], other: Mapping[Name | None, Fraction], times: Fraction
) -> None:
    for name, value in other.items():
        left = row.get(name, Fraction(0)) - times * value
        if left:
            row[name] = left
        else:
            row.pop(name, None)


class Believer:
    """Weighs every count by all figures at once (loopy belief propagation over the sums).

    It knows the method, its noise, how often which size occurs, and which cells are empty. What it
    believes of each cell starts from that cell's figure; then each sum tells every member what the
    others leave for it, again and again.
    """

    def __init__(
        self,
        sums: Sequence[Sum],
        figures: Mapping[Name, int | None],
        likelihood: Likelihood,
        variance: float,
        sizes: Callable[[int], float],
    ) -> None:
        self.sums = [(whole, *parts) for whole, parts in sums]
        self.started: dict[Name, tuple[float, float] | list[float]] = {
            name: self._start(figure, likelihood, variance, sizes)
            for name, figure in figures.items()
        }
        self.heard: dict[Name, list[float]] = {name: [0.0, 0.0] for name in figures}
        self.told = [[(0.0, 0.0)] * len(members) for members in self.sums]

    @staticmethod
    def _start(
        figure: int | None,
        likelihood: Likelihood,
        variance: float,
        sizes: Callable[[int], float],
    ) -> tuple[float, float] | list[float]:
        if figure is None:
            return [log(sizes(n)) if n else -MANY for n in range(LARGE)]
        if figure >= LARGE:
            return figure, variance
        chances = [sizes(n) * likelihood(figure, n) if n else 0 for n in range(2 * LARGE)]
        return [log(each) if each else -MANY for each in chances]

    def _belief(self, name: Name, precision: float, pull: float) -> tuple[float, float]:
        start = self.started[name]
        if isinstance(start, tuple):
            mean, variance = start
            whole = 1 / variance + precision
            return (mean / variance + pull) / whole, 1 / whole
        weights = self._weights(start, precision, pull)
        total = sum(weights)
        mean = sum(n * w for n, w in enumerate(weights)) / total
        square = sum(n * n * w for n, w in enumerate(weights)) / total
        return mean, max(square - mean * mean, 1e-4)

    @staticmethod
    def _weights(start: Sequence[float], precision: float, pull: float) -> list[float]:
        logs = [each + n * pull - n * n * precision / 2 for n, each in enumerate(start)]
        top = max(logs)
        return [exp(each - top) if each > top - 40 else 0.0 for each in logs]

    def think(self, rounds: int = 6, haste: float = 0.7) -> None:
        """Let each sum speak to its members, `rounds` times."""
        for _ in range(rounds):
            for members, told in zip(self.sums, self.told, strict=True):
                self._speak(members, told, haste)

    def _speak(
        self, members: Sequence[Name], told: list[tuple[float, float]], haste: float
    ) -> None:
        cavities = []
        for name, (precision, pull) in zip(members, told, strict=True):
            heard = self.heard[name]
            cavities.append(self._belief(name, max(heard[0] - precision, 0), heard[1] - pull))
        rest = cavities[0][0] - sum(mean for mean, _ in cavities[1:])
        spread = sum(variance for _, variance in cavities)
        for at, (name, (mean, variance)) in enumerate(zip(members, cavities, strict=True)):
            sought = mean - rest if at == 0 else mean + rest
            precision = 1 / max(spread - variance, 1e-3)
            old = told[at]
            new = (
                old[0] + haste * (precision - old[0]),
                old[1] + haste * (precision * sought - old[1]),
            )
            told[at] = new
            self.heard[name][0] += new[0] - old[0]
            self.heard[name][1] += new[1] - old[1]

    def chances(self, name: Name) -> list[float]:
        """How likely each count is, from 0 on; of small cells only."""
        start = self.started[name]
        if isinstance(start, tuple):
            raise KeyError(name)
        weights = self._weights(start, *self.heard[name])
        total = sum(weights)
        return [each / total for each in weights]
