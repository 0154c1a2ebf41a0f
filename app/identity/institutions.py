"""Institutions: who employs, teaches or oversees; their names and parents as they were in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from sqlalchemy import CTE, ForeignKey, Index, Select, String, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Key, Model, Moment, Once, Ref
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_

KINDS = (
    "ministry", "agency", "department", "office", "school", "association", "audit", "parliament",
)  # fmt: skip


class Institution(Model):
    """An institution that keeps its identity through every change of name or parent.

    `kind` is one of KINDS; `time_zone` (IANA) decides which day an event belongs to.
    """

    __tablename__ = "institutions"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    time_zone: Mapped[str] = mapped_column(String(64))


class InstitutionState(Model):
    """What an institution was called and where it stood from a moment on; corrected, not edited."""

    __tablename__ = "institution_states"
    __table_args__ = (
        Index(
            "uq_institution_states_standing",
            "institution_id",
            "valid_from",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_institution_states_parent_id", "parent_id"),
    )

    id: Mapped[Id]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    name: Mapped[str] = mapped_column(String(300))
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]
    recorded_at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]


class NamedInstitution(NamedTuple):
    """An institution as lists show it: by its standing name."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, kw_only=True)
class InstitutionFounded(Happening):
    """An institution is known from now on."""

    kind: ClassVar[str] = "institution-founded"
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class InstitutionChanged(Happening):
    """An institution has another name or parent from now on; its states say which."""

    kind: ClassVar[str] = "institution-changed"
    institution_id: int


class InstitutionKnown(Refusal):
    """The key names an institution already."""

    says = N_("An institution with the key “%(key)s” exists already.")
    mend = N_("Choose another key, or use the one that exists.")


class InstitutionUnknown(NotFound):
    """No institution has this key."""

    says = N_("There is no such institution.")
    mend = N_("Choose one from the list.")


class InstitutionUnderItself(Refusal):
    """The parent asked for lies below the institution itself."""

    says = N_("An institution cannot stand under itself or under a part of itself.")
    mend = N_("Choose a parent outside of it.")


_ADD = Once(Institution)
_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
is_standing = _states.valid_to.is_(None) & _states.replaced_at.is_(None)
_BY_KEY = select(Institution).where(Institution.key == bindparam("key"))
_STATE = (
    select(InstitutionState)
    .where(is_standing, InstitutionState.institution_id == bindparam("institution_id"))
    .with_for_update()
)
_NAME = (
    select(_states.name)
    .where(
        _states.institution_id == bindparam("institution_id"),
        _states.replaced_at.is_(None),
    )
    .order_by(_states.valid_from.desc())
    .limit(1)
)
NAMED = (
    select(_institutions.id, _institutions.key, _states.name)
    .join_from(
        Institution.__table__,
        InstitutionState.__table__,
        (_states.institution_id == _institutions.id) & is_standing,
    )
    .order_by(_states.name, _institutions.id)
)


def tree_below(roots: Select[tuple[int]]) -> CTE:
    """The ids that `roots` selects and all that stands under them now; a circle does not matter."""
    tree = roots.cte("tree", recursive=True)
    (root,) = tree.c
    below = select(_states.institution_id).where(is_standing, _states.parent_id == root)
    return tree.union(below)


_TREE = select(
    tree_below(select(_institutions.id).where(_institutions.id == bindparam("institution_id")))
)


def institution_called(db: Session, key: str) -> Institution | None:
    """The institution with this key, if it is known."""
    return db.scalars(_BY_KEY, {"key": key}).one_or_none()


def institution_tree_of(db: Session, institution_id: int) -> list[int]:
    """The ids of an institution and of all that stands under it now."""
    return list(db.scalars(_TREE, {"institution_id": institution_id}))


def name_of_institution(db: Session, institution_id: int) -> str:
    """What the institution is called now."""
    return db.execute(_NAME, {"institution_id": institution_id}).scalar_one()  # type: ignore[no-any-return]  # a core column


def institutions_named(db: Session) -> list[NamedInstitution]:
    """All institutions by their standing names."""
    return [NamedInstitution(*row) for row in db.execute(NAMED)]


def as_choices(institutions: Iterable[NamedInstitution]) -> list[tuple[str, str]]:
    """Pairs of key and name, as a field of a form offers them."""
    return [(each.key, each.name) for each in institutions]


def found_institution(
    db: Session,
    key: str,
    name: str,
    kind: str,
    *,
    parent_id: int | None = None,
    time_zone: str = "UTC",
    country: str | None = None,
    place: str | None = None,
) -> Institution:
    """Make an institution known, with its first name and parent; raises InstitutionKnown."""
    if not _ADD.add(db, {"key": key, "kind": kind, "time_zone": time_zone}):
        raise InstitutionKnown(key=key)
    institution = db.scalars(_BY_KEY, {"key": key}).one()
    moment = clock.now()
    db.add(
        InstitutionState(
            institution_id=institution.id,
            name=name,
            parent_id=parent_id,
            country=country,
            place=place,
            valid_from=moment,
            recorded_at=moment,
        )
    )
    db.flush()
    record(db, InstitutionFounded(institution_id=institution.id))
    return institution


def rename_institution(db: Session, institution: Institution, name: str) -> None:
    """Call the institution so from now on; what it was called before stays known."""
    state = _state_of(db, institution)
    if state.name != name:
        _change(db, state, name=name, parent_id=state.parent_id)


def move_institution(db: Session, institution: Institution, parent_id: int | None) -> None:
    """Put the institution under another one from now on; raises InstitutionUnderItself."""
    state = _state_of(db, institution)
    if state.parent_id == parent_id:
        return
    if parent_id in institution_tree_of(db, institution.id):
        raise InstitutionUnderItself
    _change(db, state, name=state.name, parent_id=parent_id)


def _state_of(db: Session, institution: Institution) -> InstitutionState:
    return db.scalars(_STATE, {"institution_id": institution.id}).one()


def _change(db: Session, state: InstitutionState, *, name: str, parent_id: int | None) -> None:
    moment: datetime = clock.now()
    state.valid_to = moment
    db.add(
        InstitutionState(
            institution_id=state.institution_id,
            name=name,
            parent_id=parent_id,
            country=state.country,
            place=state.place,
            valid_from=moment,
            recorded_at=moment,
        )
    )
    db.flush()
    record(db, InstitutionChanged(institution_id=state.institution_id))
