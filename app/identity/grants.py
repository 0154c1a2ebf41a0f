"""Grants: the roles a person holds on an institution and all that lies under it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.prepared import Once
from app.i18n.languages import UNITED_NATIONS
from app.identity.institutions import Institution, tree_below

ADMINISTRATOR, REGISTRAR = "administrator", "registrar"
REPORTER, AUDITOR = "reporter", "auditor"
AUTHOR, REVIEWER, PUBLISHER = "author", "reviewer", "publisher"
# A translator holds one role for each language they bring courses into, such as translator-fr.
TRANSLATOR = "translator-{}".format
TRANSLATORS = tuple(TRANSLATOR(language.code) for language in UNITED_NATIONS)
WRITING_ROLES = (AUTHOR, *TRANSLATORS)
STUDIO_ROLES = (AUTHOR, REVIEWER, PUBLISHER, *TRANSLATORS)
ROLES = (ADMINISTRATOR, REGISTRAR, REPORTER, AUDITOR, *STUDIO_ROLES)
# Names are shown to nobody by one who may not see them; who writes courses, administrators decide.
GIVEN_BY = dict.fromkeys((REPORTER, AUDITOR, *STUDIO_ROLES), ADMINISTRATOR) | {
    ADMINISTRATOR: ADMINISTRATOR,
    REGISTRAR: REGISTRAR,
}


class Grant(Model):
    """A role on an institution's tree, or on the whole platform when no institution is named.

    An administrator sees counts and invites colleagues; a registrar sees the list with names; a
    reporter sees counts and nothing else; an auditor reads the ledger and changes nothing. In the
    studio an author writes courses, a reviewer comments on them, a publisher publishes them, and
    a translator of a language brings them into it.
    """

    __tablename__ = "grants"
    __table_args__ = (
        index_where(
            "uq_grants_standing",
            "ended_at IS NULL",
            "user_id",
            "role",
            "institution_id",
            is_unique=True,
        ),
        index_where(
            "uq_grants_standing_everywhere",
            "ended_at IS NULL AND institution_id IS NULL",
            "user_id",
            "role",
            is_unique=True,
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str] = mapped_column(String(32))
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    granted_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Happening):
    """A person holds a role from now on; no actor means an operator at the console."""

    kind: ClassVar[str] = "role-granted"
    role: str
    institution_id: int | None


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Happening):
    """A person holds a role no longer."""

    kind: ClassVar[str] = "role-ended"
    role: str
    institution_id: int | None


_ADD = Once(Grant)
_grants, _institutions = Grant.__table__.c, Institution.__table__.c
_holds = (
    (_grants.user_id == bindparam("user_id"))
    & (_grants.role == bindparam("role"))
    & _grants.ended_at.is_(None)
)
# A grant without an institution opens every root, and so everything.
ADMINISTERED = select(
    tree_below(
        select(_institutions.id)
        .join_from(
            Grant.__table__,
            Institution.__table__,
            _grants.institution_id.is_(None) | (_grants.institution_id == _institutions.id),
        )
        .where(_holds)
    )
)


def administered_by(user_id: int) -> Select[tuple[int]]:
    """The ids of all institutions that the person administers, for a condition."""
    return ADMINISTERED.params(user_id=user_id, role=ADMINISTRATOR)


def institutions_administered(db: Session, user_id: int, role: str) -> frozenset[int]:
    """The ids of all institutions on which the person holds the role, trees included."""
    return frozenset(db.scalars(ADMINISTERED, {"user_id": user_id, "role": role}))


def institutions_held(db: Session, user_id: int, roles: Collection[str]) -> frozenset[int]:
    """The ids of all institutions on which the person holds one of the roles, trees included."""
    asked = select(Grant.role).where(Grant.user_id == user_id, Grant.ended_at.is_(None))
    held = {*db.scalars(asked)}.intersection(roles)
    return frozenset[int]().union(*(institutions_administered(db, user_id, r) for r in held))


def may_give(db: Session, user_id: int, role: str) -> frozenset[int]:
    """The ids of all institutions on which the person may give this role, and take it back."""
    return institutions_administered(db, user_id, GIVEN_BY[role])


def foreign_roles(db: Session, by: int, user_id: int) -> list[str]:
    """The roles that a person holds and `by` may not give, and so neither move, take over nor end."""
    held = select(Grant).where(Grant.user_id == user_id, Grant.ended_at.is_(None))
    return sorted(
        {
            each.role
            for each in db.scalars(held)
            if each.institution_id not in may_give(db, by, each.role)
        }
    )


def roles_given_by(db: Session, user_id: int) -> list[str]:
    """The roles that the person may give somewhere."""
    asked = select(Grant.role).where(Grant.user_id == user_id, Grant.ended_at.is_(None))
    held = {*db.scalars(asked)}
    return [role for role in ROLES if GIVEN_BY[role] in held]


def standing_grant(
    db: Session, user_id: int, role: str, institution_id: int | None
) -> Grant | None:
    """The person's grant of this role on just this institution."""
    return db.scalars(
        select(Grant)
        .where(Grant.user_id == user_id, Grant.role == role, Grant.ended_at.is_(None))
        .where(Grant.institution_id.is_not_distinct_from(institution_id))
    ).one_or_none()


def grant(
    db: Session, user_id: int, role: str, institution_id: int | None, granted_by: int | None = None
) -> bool:
    """Let the person hold a role; whoever holds it already keeps it. Tells whether it is new."""
    values = {
        "user_id": user_id,
        "role": role,
        "institution_id": institution_id,
        "granted_by": granted_by,
        "granted_at": clock.now(),
    }
    is_new = _ADD.add(db, values)
    if is_new:
        record(
            db,
            RoleGranted(
                actor_id=granted_by, person_id=user_id, role=role, institution_id=institution_id
            ),
        )
    return is_new


def end_grant(db: Session, held: Grant, ended_by: int | None = None) -> None:
    """Take a role back; ending it twice is no fault."""
    if held.ended_at is not None:
        return
    held.ended_at = clock.now()
    db.flush()
    record(
        db,
        RoleEnded(
            actor_id=ended_by,
            person_id=held.user_id,
            role=held.role,
            institution_id=held.institution_id,
        ),
    )
