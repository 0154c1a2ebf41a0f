"""Rules of protection: the threshold, the noise, and for each true count what may be shown.

For a true count n the shown figure is drawn from 0 and from the threshold on, at most `bound` away
from n, with a chance that falls like exp(-(shown - centre)² / (2 variance)); the centre is chosen so
that the mean is n. That is the distribution of most entropy with this mean and spread, as censuses
use it for the cell-key method (Giessing 2016). Chances are whole numbers of SLOTS, so that the mean
of a row is n exactly; decimal arithmetic gives the same rows on every machine.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

SLOTS = 4096
OFFSET = 64  # what a noise is raised by where it is written as a byte of ASCII
_PLACES = 40


@dataclass(frozen=True)
class Rule:
    """How counts are protected; another rule makes other figures of the same records.

    A figure that is shown is 0 or at least `threshold`, and at most `bound` away from the truth.
    `variance` is that of the noise of counts from `threshold + bound` on.
    """

    threshold: int = 5
    variance: int = 4
    bound: int = 10

    def __post_init__(self) -> None:
        """Refuse what protects nothing, or what no row can hold, with a ValueError."""
        if not 3 <= self.threshold <= self.bound <= 2 * self.variance + 20 < OFFSET:
            raise ValueError("a rule needs 3 <= threshold <= bound <= 2 * variance + 20 < 64")
        if self.variance < 1:
            raise ValueError("a rule without noise protects nothing")

    @cached_property
    def whole(self) -> int:
        """The count from which on the noise is the same for all counts."""
        return self.threshold + self.bound

    @cached_property
    def rows(self) -> tuple[Sequence[int], ...]:
        """The noise of each slot, by true count from 0 to `whole`; the last serves all above."""
        return tuple(array("b", self._row(count)) for count in range(self.whole + 1))

    @cached_property
    def coded(self) -> bytes:
        """All rows in one, each noise raised by OFFSET: what a database looks noises up in."""
        return bytes(noise + OFFSET for row in self.rows for noise in row)

    @cached_property
    def sure(self) -> int:
        """The least shown figure that no count below the threshold can have."""
        return 1 + max(
            count + noise for count in range(self.threshold) for noise in self.rows[count]
        )

    def chances(self, count: int) -> dict[int, float]:
        """How likely each figure is to be shown for a true count; the method that anyone may know."""
        row = self.rows[min(count, self.whole)]
        return {count + noise: row.count(noise) / SLOTS for noise in sorted(set(row))}

    def _row(self, count: int) -> Sequence[int]:
        if count == 0:
            return [0] * SLOTS
        shown = [
            figure
            for figure in range(max(0, count - self.bound), count + self.bound + 1)
            if figure == 0 or figure >= self.threshold
        ]
        slots = _exact(_chances(shown, count, self.variance), shown, count)
        return [
            figure - count for figure, times in zip(shown, slots, strict=True) for _ in range(times)
        ]


def _chances(shown: Sequence[int], mean: int, variance: int) -> list[Decimal]:
    """The chance of each figure: a bell over what may be shown, leant until its mean is right."""
    with localcontext() as context:
        context.prec = _PLACES
        bell = [(-(Decimal(each - mean) ** 2) / (2 * variance)).exp() for each in shown]
        low, high = Decimal(-20), Decimal(20)
        for _ in range(100):
            lean = (low + high) / 2
            factor = lean.exp()
            weights = [w * factor ** (v - mean) for w, v in zip(bell, shown, strict=True)]
            total = sum(weights)
            found = sum(w * v for w, v in zip(weights, shown, strict=True)) / total
            low, high = (lean, high) if found < mean else (low, lean)
        return [each / total for each in weights]


def _exact(chances: Sequence[Decimal], shown: Sequence[int], mean: int) -> list[int]:
    """The chances as whole slots that add up to SLOTS and have the mean exactly.

    Each figure keeps a slot, so that what is shown rules nothing out within the bound.
    """
    slots = [max(1, int(each * SLOTS)) for each in chances]
    at = max(range(len(slots)), key=slots.__getitem__)
    slots[at] += SLOTS - sum(slots)
    missing = mean * SLOTS - sum(n * v for n, v in zip(slots, shown, strict=True))
    while missing:
        step = 1 if missing > 0 else -1
        pairs = [
            i
            for i in range(len(shown))
            if 0 <= i + step < len(shown) and abs(shown[i + step] - shown[i]) == 1 and slots[i] > 1
        ]
        best = max(pairs, key=lambda i: chances[i] * chances[i + step])
        slots[best] -= 1
        slots[best + step] += 1
        missing -= step
    return slots
