"""The attack on protected counts, measured: `python -m bench.disclosure`, about three minutes."""

from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import click

from app.statistics.protecting.cells import protected
from app.statistics.protecting.rules import Rule
from bench.disclosure.attackers import MANY, Believer, narrowed
from bench.disclosure.worlds import (
    Name,
    Offer,
    World,
    enrolments,
    merged,
    one_trait,
    up_to_three,
    with_ranges,
    world_of,
)

SMALL_WORLD = (15, 4, 2, 6, 5)


class Outcome(NamedTuple):
    """What the attack came to: of the small cells, how many were certain, guessed, held for sure."""

    small: int
    certain: int
    by_size_alone: float
    right: float
    held: int
    held_rightly: int


def attack(world: World, rule: Rule, rounds: int = 6) -> Outcome:
    """Bounds, then beliefs, by one who knows the method, the sizes and which cells are empty."""
    figures = {
        name: None if name in world.hidden else protected(*cell, rule)
        for name, cell in world.cells.items()
    }
    small = world.small(rule.threshold)
    bounds = narrowed(
        world.sums,
        {
            name: (1, MANY)
            if figure is None
            else (max(1, figure - rule.bound), figure + rule.bound)
            for name, figure in figures.items()
        },
    )
    sizes = Counter(count for count, _ in world.cells.values())
    total = sum(sizes.values())
    chances = [rule.chances(count) for count in range(rule.whole + 1)]

    def likelihood(figure: int, count: int) -> float:
        most = min(count, rule.whole)
        return chances[most].get(figure - count + most, 0.0)

    believer = Believer(
        world.sums, figures, likelihood, rule.variance, lambda n: (sizes[n] + 0.5) / total
    )
    believer.think(rounds)
    return _outcome(world, small, bounds, believer)


def _outcome(
    world: World, small: list[Name], bounds: Mapping[Name, tuple[int, int]], believer: Believer
) -> Outcome:
    hits, held, held_rightly = 0, 0, 0
    for name in small:
        chances = believer.chances(name)
        guess = max(range(len(chances)), key=chances.__getitem__)
        is_right = guess == world.cells[name][0]
        hits += is_right
        held += chances[guess] > 0.9
        held_rightly += is_right and chances[guess] > 0.9
    certain = sum(bounds[name][0] == bounds[name][1] for name in small)
    commonest = max(Counter(world.cells[name][0] for name in small).values())
    return Outcome(
        len(small), certain, commonest / len(small), hits / len(small), held, held_rightly
    )


@click.command()
def disclosure() -> None:
    """Print what the attack comes to, by variance and by the tables that are offered."""
    every: Offer = lambda _: True  # noqa: E731 - a value of a table
    offers = {"three": up_to_three, "four, one trait": one_trait, "five": every}
    for variance, (words, offer) in product((4, 6, 9), offers.items()):
        world = merged(world_of(enrolments(3_000, SMALL_WORLD), offer))
        click.echo(f"{variance} {words}: {attack(world, Rule(variance=variance))}")
    ranged = merged(with_ranges(world_of(enrolments(3_000, SMALL_WORLD))))
    click.echo(f"4 three, any run of months: {attack(ranged, Rule())}")


if __name__ == "__main__":
    disclosure()
