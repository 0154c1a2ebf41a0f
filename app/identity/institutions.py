"""Institutions: who employs, teaches or oversees; their names and parents as they were in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import (
    Id,
    Key,
    Model,
    Moment,
    MomentType,
    Ref,
    index_of_some,
    index_where,
)
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.foldings import folded_name
from app.i18n.marking import N_

KINDS = (
    "country", "ministry", "agency", "department", "office", "school", "institute",
    "civil-society", "audit", "parliament",
)  # fmt: skip
EARLIEST_YEAR = 1800
LOOKS_AHEAD = timedelta(days=5 * 366)
MERGED, SPLIT, CLOSED = "merged", "split", "closed"


class Institution(Model):
    """An institution that keeps its identity through every change of name or parent.

    `kind` is one of KINDS; `time_zone` (IANA) decides which day an event belongs to.
    """

    __tablename__ = "institutions"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    time_zone: Mapped[str] = mapped_column(String(64))


def _folded(context: Any) -> str:
    return folded_name(context.get_current_parameters()["name"])


class InstitutionState(Model):
    """What an institution was called and where it stood from a moment on; corrected, not edited.

    One that ended keeps a last state: `ending` says how (merged, split, closed), its parent is the
    last one, and `successor_id` is who it merged into. `origin_id` is the one it was split from.
    """

    __tablename__ = "institution_states"
    __table_args__ = (
        index_where(
            "uq_institution_states_standing", "replaced_at IS NULL", "institution_id", "valid_from",
            is_unique=True,
        ),
        Index("ix_institution_states_parent_id", "parent_id"),
        index_of_some("institution_states", "successor_id"),
    )  # fmt: skip

    id: Mapped[Id]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    name: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(Text, default=_folded)  # what a search compares
    parent_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    country: Mapped[str | None] = mapped_column(String(2))
    place: Mapped[str | None] = mapped_column(String(16))
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]
    ending: Mapped[str | None] = mapped_column(String(16))
    successor_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    origin_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
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


class InstitutionKnown(Refusal):
    """The key names an institution already."""

    says = N_("An institution with the key “%(key)s” exists already.")
    mend = N_("Choose another key, or use the one that exists.")


class InstitutionUnknown(NotFound):
    """No institution has this key."""

    says = N_("There is no such institution.")
    mend = N_("Choose one from the list.")


class DateAbsurd(Refusal):
    """The date lies before 1800, or more than five years ahead."""

    says = N_("The date %(day)s cannot be right.")
    mend = N_("Write a day since 1800, and not more than five years from today.")


class ParentNotThere(Refusal):
    """The institution above does not stand on that day: it is founded later, or it has ended."""

    says = N_("“%(name)s” does not stand on that day, so nothing can be put under it.")
    mend = N_("Choose another institution above, or a later day.")


_ADD = Once(Institution)
_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_others = aliased(InstitutionState.__table__).c


def stood_at(moment: ColumnElement[datetime], states: Any = _states) -> ColumnElement[bool]:
    """Which states tell of a moment, as it is known today; former institutions have one too."""
    until = states.valid_to.is_(None) | (states.valid_to > moment)
    return and_(states.valid_from <= moment, until, states.replaced_at.is_(None))


# Asked anew at each execution, so that statements made at import tell of the present.
PRESENT: ColumnElement[datetime] = bindparam(
    "present", callable_=clock.now, type_=MomentType(), unique=True
)
is_standing = stood_at(PRESENT)
_BY_KEY = select(Institution).where(Institution.key == bindparam("key"))
_NAME = (
    select(_states.name)
    .where(
        _states.institution_id == bindparam("institution_id"),
        _states.replaced_at.is_(None),
    )
    # The present name; the first one of an institution that is still to be founded.
    .order_by((_states.valid_from <= PRESENT).desc(), _states.valid_from.desc())
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

_NAMED_ALIVE = NAMED.where(_states.ending.is_(None))


def tree_below(roots: Select[tuple[int]]) -> CTE:
    """The ids that `roots` selects and all that stands under them now, former ones included.

    A circle does not matter.
    """
    return tree_at(roots, PRESENT)


def tree_above(roots: Select[tuple[int]] | Select[tuple[int | None]]) -> CTE:
    """The ids that `roots` selects, none of them null, and all under which they stand now."""
    tree = roots.cte("above", recursive=True)
    (root,) = tree.c
    above = select(_states.parent_id).where(
        is_standing, _states.institution_id == root, _states.parent_id.is_not(None)
    )
    return tree.union(above)


def tree_at(roots: Select[tuple[int]], moment: ColumnElement[datetime]) -> CTE:
    """The ids that `roots` selects and all that stood under them at a moment."""
    tree = roots.cte("tree", recursive=True)
    (root,) = tree.c
    below = select(_states.institution_id).where(stood_at(moment), _states.parent_id == root)
    return tree.union(below)


_LAST = (
    select(
        _states.name,
        _states.ending,
        select(func.min(_others.valid_from, type_=MomentType()))
        .where(_others.institution_id == _states.institution_id, _others.replaced_at.is_(None))
        .scalar_subquery()
        .label("founded"),
    )
    .where(_states.institution_id == bindparam("institution_id"))
    .where(_states.replaced_at.is_(None), _states.valid_to.is_(None))
)
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
    """All institutions that have not ended, by their present names."""
    return [NamedInstitution(*row) for row in db.execute(_NAMED_ALIVE)]


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
    since: datetime | None = None,
    origin_id: int | None = None,
    by: int | None = None,
) -> Institution:
    """Make an institution known from a moment on, or from now.

    Raises InstitutionKnown, DateAbsurd or ParentNotThere.
    """
    moment = check_moment(since)
    if parent_id is not None:
        check_parent(db, parent_id, moment)
    if not _ADD.add(db, {"key": key, "kind": kind, "time_zone": time_zone}):
        raise InstitutionKnown(key=key)
    institution = db.scalars(_BY_KEY, {"key": key}).one()
    db.add(
        InstitutionState(
            institution_id=institution.id,
            name=name,
            parent_id=parent_id,
            country=country,
            place=place,
            valid_from=moment,
            origin_id=origin_id,
            recorded_at=clock.now(),
        )
    )
    db.flush()
    record(db, InstitutionFounded(actor_id=by, institution_id=institution.id))
    return institution


def check_moment(since: datetime | None) -> datetime:
    """The moment from which a change is to hold, now if none is told; raises DateAbsurd."""
    now = clock.now()
    moment = since or now
    if moment.year < EARLIEST_YEAR or moment > now + LOOKS_AHEAD:
        raise DateAbsurd(day=moment.date())
    return moment


def check_parent(db: Session, parent_id: int, moment: datetime) -> None:
    """See that an institution stands at a moment and is not to end later; raises ParentNotThere."""
    row = db.execute(_LAST, {"institution_id": parent_id}).one_or_none()
    if row is None or row.ending is not None or row.founded > moment:
        raise ParentNotThere(name=row.name if row else parent_id)
