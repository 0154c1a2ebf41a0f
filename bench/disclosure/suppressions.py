"""Suppressions: small cells left out, and others with them, so that no sum gives one back."""

from bench.disclosure.worlds import Name, World


def left_out(world: World, threshold: int) -> set[Name]:
    """The cells to leave out: all small ones, and in each sum never one alone.

    Greedy: where one member of a sum is left out alone, the smallest other goes with it. What
    remains is not audited further, so this is the least that suppression costs.
    """
    gone = {*world.small(threshold), *world.hidden}
    changed = True
    while changed:
        changed = False
        for whole, parts in world.sums:
            members = {whole, *parts}
            if len(members) > 1 and len(members & gone) == 1:
                gone.add(min(members - gone, key=lambda name: (world.cells[name][0], str(name))))
                changed = True
    return gone - world.hidden
