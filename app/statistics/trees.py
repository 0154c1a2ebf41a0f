"""Trees: for each institution that others lie under, all that count with it today.

A merged institution counts in the tree of its successor, as everywhere in statistics.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity.institutions import InstitutionState, is_standing

EVERYWHERE = 0  # the root of all institutions, and of those who named none
OWN = 0  # the unit of what counts at the root itself
Tree = Mapping[int, int]

_states = InstitutionState.__table__.c
_NOW = select(_states.institution_id, _states.parent_id, _states.successor_id).where(is_standing)


def trees_now(db: Session) -> Mapping[int, Tree]:
    """By root, each institution of its tree with the unit directly under the root it belongs to."""
    below: dict[int, list[int]] = defaultdict(list)
    tops: set[int] = set()
    known = db.execute(_NOW).all()
    for institution_id, parent_id, successor_id in known:
        above = {parent_id, successor_id} - {None}
        for each in above:
            below[each].append(institution_id)
        if not above:
            tops.add(institution_id)
    trees = {root: _tree(root, below) for root in below}
    everywhere = {each: each for each in tops}
    for top in tops:
        everywhere |= dict.fromkeys(trees.get(top, ()), top)
    # Who stands in a circle has no top, and still counts.
    everywhere |= {each: OWN for each, _parent, _successor in known if each not in everywhere}
    return trees | {EVERYWHERE: everywhere}


def _tree(root: int, below: Mapping[int, list[int]]) -> dict[int, int]:
    found = {root: OWN}
    waiting = [(each, each) for each in below[root]]
    while waiting:
        institution_id, unit_id = waiting.pop()
        if institution_id in found:
            continue
        found[institution_id] = unit_id
        waiting += [(each, unit_id) for each in below.get(institution_id, ())]
    return found
