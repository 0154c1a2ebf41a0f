"""Ownerships: institutions asked to own a course together with others, and what they answered."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Boolean, CompoundSelect, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.courses import Course, CourseOwner
from app.foundation.database import Id, Key, Model, Moment, Ref, index_where
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.institutions import Institution, InstitutionState, is_standing

WAITING, ACCEPTED, REFUSED = "waiting", "accepted", "refused"
WITHDRAWN, LEFT = "withdrawn", "left"


class OwnerProposal(Model):
    """An institution asked to own a course, or with `answers` to be the one that answers for it.

    It goes by the course's slug, since a course has owners before it is published. An accepted one
    stands until the institution has left.
    """

    __tablename__ = "owner_proposals"
    __table_args__ = (
        Index("ix_owner_proposals_slug", "slug"),
        Index("ix_owner_proposals_institution_id", "institution_id"),
        index_where(
            "uq_owner_proposals_waiting",
            "state = 'waiting'",
            "slug",
            "institution_id",
            "answers",
            is_unique=True,
        ),
    )

    id: Mapped[Id]
    slug: Mapped[Key]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    answers: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    proposed_at: Mapped[Moment]
    proposed_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))


class ProposalUnknown(NotFound):
    """No such question was asked of an institution that this person publishes for."""

    says = N_("Your institution was not asked this.")
    mend = N_("Look at the studio: it lists what your institution is asked.")


class Owner(NamedTuple):
    """An institution that owns a course, by its standing name."""

    id: int
    key: str
    name: str


_owning = Once(CourseOwner)


def owned_slugs(scope: Collection[int]) -> CompoundSelect[Any]:
    """The slugs of courses, published or not, that an institution of the scope owns with others."""
    published = (
        select(Course.slug)
        .join(CourseOwner, CourseOwner.course_id == Course.id)
        .where(CourseOwner.institution_id.in_(scope))
    )
    accepted = select(OwnerProposal.slug).where(
        OwnerProposal.state == ACCEPTED, OwnerProposal.institution_id.in_(scope)
    )
    return published.union(accepted)


def owner_ids(db: Session, slug: str, answering_id: int) -> frozenset[int]:
    """Every institution that owns the course of this slug, the one that answers for it included."""
    published = (
        select(CourseOwner.institution_id)
        .join(Course, Course.id == CourseOwner.course_id)
        .where(Course.slug == slug)
    )
    accepted = select(OwnerProposal.institution_id).where(
        OwnerProposal.state == ACCEPTED, OwnerProposal.slug == slug
    )
    return frozenset({answering_id, *db.scalars(published), *db.scalars(accepted)})


def owners_called(db: Session, ids: Collection[int]) -> Sequence[Owner]:
    """These institutions by name, in its order."""
    rows = db.execute(
        select(Institution.id, Institution.key, InstitutionState.name)
        .join(InstitutionState, InstitutionState.institution_id == Institution.id)
        .where(is_standing, Institution.id.in_(ids))
        .order_by(InstitutionState.name, Institution.id)
    )
    return [Owner(*row) for row in rows]


def add_owner(db: Session, course: Course, institution_id: int) -> None:
    """Let the institution own the course as well; twice is no fault."""
    if _owning.add(db, {"course_id": course.id, "institution_id": institution_id}):
        renew_owners(db, course)


def renew_owners(db: Session, course: Course) -> None:
    """Let every process read the course's owners anew."""
    db.flush()
    db.execute(
        update(Course)
        .where(Course.id == course.id)
        .values(owners_revision=Course.owners_revision + 1)
        .execution_options(synchronize_session=False)
    )
    db.refresh(course)


def add_accepted(db: Session, course: Course) -> None:
    """Let all who agreed to own the course while it was a draft own it now."""
    asked = select(OwnerProposal.institution_id).where(
        OwnerProposal.slug == course.slug, OwnerProposal.state == ACCEPTED
    )
    for institution_id in db.scalars(asked.order_by(OwnerProposal.id)).all():
        add_owner(db, course, institution_id)


def forget_proposals(db: Session, slug: str) -> None:
    """Nobody owns a new course because they once agreed to own another one of its slug."""
    db.execute(
        update(OwnerProposal)
        .where(OwnerProposal.slug == slug, OwnerProposal.state.in_((WAITING, ACCEPTED)))
        .values(state=WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


def proposal_for(db: Session, proposal_id: int, scope: Collection[int]) -> OwnerProposal:
    """A question that an institution of the scope was asked; raises ProposalUnknown."""
    found = db.scalar(
        select(OwnerProposal).where(
            OwnerProposal.id == proposal_id, OwnerProposal.institution_id.in_(scope)
        )
    )
    if found is None:
        raise ProposalUnknown
    return found
