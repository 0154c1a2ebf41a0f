"""Trees: for each institution that others lie under, all that count with it today.

A merged institution counts in the tree of its successor, as everywhere in statistics, and stays in
that of its last parent. Where both lie in one tree, it belongs to the unit of its successor.
"""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import BigInteger, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.identity.institutions import InstitutionState, is_standing

EVERYWHERE = 0  # the root of all institutions, and of those who named none
OWN = 0  # the unit of what counts at the root itself
Tree = Mapping[int, int]

_states = InstitutionState.__table__.c
_NOW = (
    select(_states.institution_id, _states.parent_id, _states.successor_id)
    .where(is_standing)
    .order_by(_states.institution_id)
)
_root = bindparam("root", type_=BigInteger())
_HAS_PARTS = select(
    exists().where(is_standing, or_(_states.parent_id == _root, _states.successor_id == _root))
)


def trees_now(db: Session) -> Mapping[int, Tree]:
    """By root, each institution of its tree with the unit directly under the root it belongs to."""
    standing = _Standing(db)
    return {root: standing.tree(root) for root in standing.below}


def tree_now(db: Session, root: int) -> Tree:
    """The tree of one root, which may have nothing under it."""
    return _Standing(db).tree(root) if _has_parts(db, root) else {root: OWN}


def units_apart_now(db: Session, root: int) -> set[int]:
    """What `tallies.units_apart` says, of trees that nobody has noted."""
    if not _has_parts(db, root):
        return set()
    standing = _Standing(db)
    tree = standing.tree(root)
    left = {
        tree[parent]
        for each, parent in standing.parents.items()
        if each in standing.successors
        and each in tree
        and parent in tree
        and tree[parent] != tree[each]
    }
    return left - {OWN}


def _has_parts(db: Session, root: int) -> bool:
    """Whether anything lies under a root, without reading all institutions."""
    return root == EVERYWHERE or bool(db.scalar(_HAS_PARTS, {"root": root}))


class _Standing:
    """All institutions as they stand now: those directly below each, their parents and successors."""

    def __init__(self, db: Session) -> None:
        self.below: dict[int, list[int]] = defaultdict(list, {EVERYWHERE: []})
        self.parents: dict[int, int] = {}
        self.successors: dict[int, int] = {}
        self.known: list[int] = []
        for institution_id, parent_id, successor_id in db.execute(_NOW):
            self.known.append(institution_id)
            if parent_id is not None:
                self.parents[institution_id] = parent_id
            if successor_id is not None:
                self.successors[institution_id] = successor_id
            for above in {parent_id, successor_id} - {None} or {EVERYWHERE}:
                self.below[above].append(institution_id)

    def tree(self, root: int) -> Tree:
        """What lies under a root, each with its unit."""
        found = self._walked(root, {})
        merged = {each: self.successors[each] for each in found.keys() & self.successors.keys()}
        with_them = {each: heir for each, heir in merged.items() if heir in found}
        if with_them:
            # Who only stands in a circle with a successor counts at the root itself.
            found = dict.fromkeys(found, OWN) | self._walked(root, with_them)
        if root != EVERYWHERE:
            return found
        del found[EVERYWHERE]
        # Who stands in a circle has no top, and still counts.
        return dict.fromkeys(self.known, OWN) | found

    def _walked(self, root: int, with_them: Mapping[int, int]) -> dict[int, int]:
        """All that is found on the way down; to what merged, `with_them` knows the only way."""
        found = {root: OWN}
        waiting = [root]
        while waiting:
            above = waiting.pop()
            for each in self.below.get(above, ()):
                if each in found or with_them.get(each, above) != above:
                    continue
                is_unit = above == root and each not in with_them
                found[each] = each if is_unit else found[above]
                waiting.append(each)
        return found
