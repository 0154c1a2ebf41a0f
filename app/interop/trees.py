"""Trees: what stands under the institution a token or a webhook is for, and who looks after it."""

from collections.abc import Iterable

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from app.identity.grants import ADMINISTRATOR, REGISTRAR, Grant
from app.identity.institutions import Institution, tree_above, tree_below

_grants, _institutions = Grant.__table__.c, Institution.__table__.c


def ids_under(root_id: int) -> Select[tuple[int]]:
    """The ids of an institution and of all that stands under it now, for a condition."""
    return select(tree_below(select(_institutions.id).where(_institutions.id == root_id)))


_UPWARDS = select(
    tree_above(select(_institutions.id).where(_institutions.id == bindparam("root_id"))).c.id
)
_ROLES = select(_grants.role).where(
    _grants.user_id == bindparam("user_id"),
    _grants.ended_at.is_(None),
    or_(_grants.role == ADMINISTRATOR, _grants.role == REGISTRAR),
    or_(_grants.institution_id.is_(None), _grants.institution_id.in_(_UPWARDS)),
)


def roles_over(db: Session, user_id: int, institution_id: int) -> frozenset[str]:
    """Whether a person is administrator, registrar or both of an institution or one above it."""
    asked = {"user_id": user_id, "root_id": institution_id}
    return frozenset(db.scalars(_ROLES, asked))


def ids_upwards(db: Session, institution_id: int) -> frozenset[int]:
    """The ids of an institution and of all above it now."""
    return frozenset(db.scalars(_UPWARDS, {"root_id": institution_id}))


def keys_of(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """The keys of institutions by id."""
    asked = select(_institutions.id, _institutions.key).where(_institutions.id.in_(list(ids)))
    return {row[0]: row[1] for row in db.execute(asked)}
