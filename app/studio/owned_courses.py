"""Owned courses: courses by their slug, drafts or published, with those who own them."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.catalogue.ownerships import WAITING, Owner, OwnerProposal, owner_ids, owners_called
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.identity.grants import STUDIO_ROLES
from app.identity.institutions import name_of_institution
from app.identity.users import User
from app.studio.drafts import Draft, DraftUnknown, scope_of, text_in
from app.studio.outlines import COURSE, title_in


class Owned(NamedTuple):
    """A course by its slug, whether a draft or published, and the institution answering for it."""

    slug: str
    answering_id: int
    course: Course | None
    draft: Draft | None


class Asked(NamedTuple):
    """A question to an institution: about which course, of which owners, asked by whom."""

    proposal: OwnerProposal
    institution: str
    title: str
    owners: list[str]
    asker: str


def owned_by(
    db: Session, person_id: int, slug: str, roles: Collection[str] = STUDIO_ROLES
) -> Owned:
    """The course, for one who holds one of the roles on an owner of it; raises DraftUnknown."""
    owned = owned_at(db, slug)
    if not scope_of(db, person_id, roles) & owner_ids(db, slug, owned.answering_id):
        raise DraftUnknown
    return owned


def owners_of(db: Session, owned: Owned) -> Sequence[Owner]:
    """All who own the course, by name."""
    return owners_called(db, owner_ids(db, owned.slug, owned.answering_id))


def proposals_about(db: Session, slug: str) -> Sequence[tuple[OwnerProposal, str]]:
    """Whom the owners have asked and who has not answered yet, each with its name."""
    asked = select(OwnerProposal).where(OwnerProposal.slug == slug, OwnerProposal.state == WAITING)
    found = db.scalars(asked.order_by(OwnerProposal.id)).all()
    return [(each, name_of_institution(db, each.institution_id)) for each in found]


def proposals_to(db: Session, scope: Collection[int]) -> Sequence[Asked]:
    """What institutions of the scope are asked and have not answered yet."""
    rows = db.execute(
        select(OwnerProposal, User.name)
        .join(User, User.id == OwnerProposal.proposed_by)
        .where(OwnerProposal.institution_id.in_(scope), OwnerProposal.state == WAITING)
        .order_by(OwnerProposal.id)
    )
    asked = []
    for proposal, name in rows.all():
        with suppress(DraftUnknown):
            owned = owned_at(db, proposal.slug)
            owners = [each.name for each in owners_of(db, owned)]
            institution = name_of_institution(db, proposal.institution_id)
            asked.append(Asked(proposal, institution, title_of(db, owned), owners, name or ""))
    return asked


def title_of(db: Session, owned: Owned) -> str:
    """What the course is called in its draft, or else in its current version."""
    there = text_in(db, owned.draft, COURSE) if owned.draft else None
    if there is not None:
        return title_in(there.text) or owned.slug
    title = db.scalar(
        select(CompiledText.title)
        .join(CourseVersion, CourseVersion.id == CompiledText.version_id)
        .where(CompiledText.owner_key == "course", CourseVersion.is_current)
        .where(CompiledText.language == CourseVersion.source_language)
        .where(CourseVersion.course_id == (owned.course.id if owned.course else None))
    )
    return title or owned.slug


def owned_at(db: Session, slug: str, *, is_locked: bool = False) -> Owned:
    """The course of this slug, perhaps with its row locked, so that its owners change in turn."""
    asked = select(Course).where(Course.slug == slug).execution_options(populate_existing=True)
    course = db.scalar(asked.with_for_update() if is_locked else asked)
    draft = db.scalar(select(Draft).where(Draft.slug == slug, Draft.closed_at.is_(None)))
    answering = course or draft
    if answering is None:
        raise DraftUnknown
    return Owned(slug, answering.institution_id, course, draft)
