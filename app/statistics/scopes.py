"""Scopes: which institutions' figures a person may see, by role, with all that lies under them."""

from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, exists, literal, select
from sqlalchemy.orm import Session

from app.identity.grants import ADMINISTRATOR, REGISTRAR, REPORTER, Grant
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.identity.users import User

COUNTS, NAMES = (ADMINISTRATOR, REGISTRAR, REPORTER), (REGISTRAR,)
_grants, _states = Grant.__table__.c, InstitutionState.__table__.c
_institutions = Institution.__table__.c
_others, _keepers = Grant.__table__.alias("others"), User.__table__.alias("keepers").c

NOBODY = -1  # the id of no institution
FEW = 100  # institutions are known by their ids


class Scope(NamedTuple):
    """A person's rights of some roles: everywhere, or on the trees under some institutions.

    With `root_id` it is the tree of that institution alone, for who was given no more of it; with
    `is_nearest` it leaves out what is looked after by administrators nearer to it. `known` are the ids
    of its institutions, looked up where they are few: a database that has to guess how many there
    are looks through all that happened for what happened in one office.
    """

    person_id: int
    roles: tuple[str, ...]
    is_everywhere: bool
    is_empty: bool
    root_id: int | None = None
    is_nearest: bool = False
    known: tuple[int, ...] | None = None

    def institutions(self) -> CTE:
        """The ids of the institutions in the trees of today, with all that merged into them."""
        if self.known is not None:
            return select(_institutions.id).where(_institutions.id.in_(self.known)).cte("scope")
        roots = self._roots()
        if self.root_id is not None:
            roots = select(_institutions.id).where(_institutions.id == self.root_id)
        if not self.is_nearest:
            return _tree(roots, "scope")
        both = select(roots.union(self._tops()).subquery().c.id)
        return _tree(both, "scope", ~self._is_others())

    def nearest(self) -> "Scope":
        """What nobody looks after who stands nearer to it than the person."""
        return self._replace(is_everywhere=False, is_nearest=True, known=None)

    def under(self, root_id: int) -> "Scope":
        """The tree of one institution alone, which whoever asks has seen to lie in the scope."""
        return self._replace(is_everywhere=False, root_id=root_id, known=None)

    def looked_up(self, db: Session) -> "Scope":
        """The same with the ids of its institutions of this moment, where they are few."""
        if self.is_everywhere or self.is_empty:
            return self
        ids = db.scalars(select(self.institutions().c.id).limit(FEW + 1)).all()
        return self._replace(known=tuple(sorted(ids))) if len(ids) <= FEW else self

    def _tops(self) -> Select[Any]:
        """The highest institutions of who holds the role everywhere, as far as nobody else has them."""
        holds = exists().where(
            _grants.user_id == self.person_id, _grants.role.in_(self.roles),
            _grants.ended_at.is_(None), _grants.institution_id.is_(None),
        )  # fmt: skip
        highest = select(_states.institution_id.label("id")).where(
            is_standing, _states.parent_id.is_(None)
        )
        return highest.where(holds, ~self._is_others())

    def _is_others(self) -> ColumnElement[bool]:
        """Whether an institution has administrators of its own who have a mailbox."""
        return exists().where(
            _others.c.institution_id == _states.institution_id,
            _others.c.role == ADMINISTRATOR,
            _others.c.ended_at.is_(None),
            _others.c.user_id == _keepers.id,
            _keepers.id != self.person_id,
            _keepers.email.is_not(None),
            _keepers.confirmed_at.is_not(None),
            _keepers.erased_at.is_(None),
        )

    def _roots(self) -> Select[Any]:
        return select(_grants.institution_id.label("id")).where(
            _grants.user_id == self.person_id,
            _grants.role.in_(self.roles),
            _grants.ended_at.is_(None),
            _grants.institution_id.is_not(None),
        )

    def nothing(self) -> "Scope":
        """The scope of who may see nobody."""
        return self._replace(is_everywhere=False, is_empty=True, root_id=NOBODY, known=None)

    def has(self, db: Session, institution_id: int) -> bool:
        """Whether the institution lies in the scope, today."""
        if self.is_everywhere:
            return True
        within = self.institutions()
        return bool(db.scalar(select(exists().where(within.c.id == institution_id))))

    def one_root(self, db: Session) -> int | None:
        """The institution whose tree the scope is, 0 for everything; none if there are several."""
        if self.is_everywhere or self.root_id is not None:
            return self.root_id or 0
        roots = {*db.scalars(self._roots())}
        return roots.pop() if len(roots) == 1 else None

    def covers(self, institution_id: ColumnElement[int | None]) -> ColumnElement[bool]:
        """Whether an institution lies in the scope; who named none is seen from everywhere alone."""
        if self.is_everywhere:
            return literal(value=True)
        if self.known is not None:
            return institution_id.in_(self.known)
        return institution_id.in_(select(self.institutions().c.id))


def _tree(roots: Any, name: str, within: ColumnElement[bool] | None = None) -> CTE:
    tree: CTE = roots.cte(name, recursive=True)
    below = select(_states.institution_id).where(
        is_standing, (_states.parent_id == tree.c.id) | (_states.successor_id == tree.c.id)
    )
    if within is not None:
        below = below.where(within)
    return tree.union(below)


def institutions_under(key: str) -> Select[Any]:
    """The ids of an institution's tree of today, with all that merged into it."""
    tree = _tree(select(_institutions.id).where(_institutions.key == key), "under")
    return select(tree.c.id)


def scope_of(db: Session, person_id: int, roles: tuple[str, ...]) -> Scope:
    """What the person may see in one of the roles; empty when no grant stands."""
    standing = (
        _grants.user_id == person_id,
        _grants.role.in_(roles),
        _grants.ended_at.is_(None),
    )
    held = {*db.scalars(select(_grants.institution_id).where(*standing))}
    return Scope(person_id, roles, is_everywhere=None in held, is_empty=not held).looked_up(db)


def sees_exactly(db: Session, person_id: int) -> bool:
    """Whether the person may see names wherever they may see counts, and so counts as they are."""
    named = select(_grants.institution_id).where(
        _grants.user_id == person_id, _grants.role.in_(NAMES), _grants.ended_at.is_(None)
    )
    held = {*db.scalars(named)}
    counted = select(_grants.institution_id).where(
        _grants.user_id == person_id, _grants.role.in_(COUNTS), _grants.ended_at.is_(None)
    )
    return bool(held) and (None in held or {*db.scalars(counted)} <= held)
