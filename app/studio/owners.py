"""Owners: institutions that own a course together, each by its own consent."""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.ownerships import (
    ACCEPTED,
    LEFT,
    REFUSED,
    WAITING,
    WITHDRAWN,
    OwnerProposal,
    add_owner,
    owner_ids,
    renew_owners,
)
from app.foundation import clock
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.institutions import Institution, institution_called, name_of_institution
from app.studio.changes import lock, write
from app.studio.drafts import Draft, texts_of
from app.studio.outlines import COURSE, CourseMissing, course_sheet
from app.studio.owned_courses import Owned, owned_at
from app.studio.ownership_letters import tell_publishers, tell_who_asked
from app.studio.sheets import SheetUnreadable


@dataclass(frozen=True, kw_only=True)
class OwnerProposed(Happening):
    """An owner asked an institution to own its course too, or to answer for it from now on."""

    kind: ClassVar[str] = "owner-proposed"
    proposal_id: int
    institution_id: int
    answers: bool


@dataclass(frozen=True, kw_only=True)
class OwnerDecided(Happening):
    """The institution accepted or refused, or whoever had asked took it back."""

    kind: ClassVar[str] = "owner-decided"
    proposal_id: int
    institution_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class OwnerLeft(Happening):
    """An institution owns a course no longer."""

    kind: ClassVar[str] = "owner-left"
    institution_id: int


class InstitutionMissing(NotFound):
    """No institution has this key, or it owns nothing of this course."""

    says = N_("There is no such institution among the owners.")
    mend = N_("Look at the list of owners again.")


class OwnsAlready(Refusal):
    """The institution is an owner, so that it needs no asking."""

    says = N_("%(name)s owns this course already.")
    mend = N_("Choose another institution.")


class ProposalOver(Refusal):
    """Somebody decided otherwise meanwhile."""

    says = N_("This question has been answered already.")
    mend = N_("Look at the studio again to see how it stands.")


class LastOwner(Refusal):
    """A course has at least one owner."""

    says = N_("The last owner of a course cannot leave it.")
    mend = N_("Ask another institution to own it first.")


class AnswersForCourse(Refusal):
    """Somebody has to answer for a course at every moment."""

    says = N_("The institution that answers for a course cannot leave it.")
    mend = N_("Ask another owner to answer for it first.")


_proposals = Once(OwnerProposal)


def propose(
    db: Session, publisher_id: int, owned: Owned, key: str, *, answers: bool = False
) -> OwnerProposal:
    """Ask an institution to own the course too, or one of its owners to answer for it.

    The same twice is asked once. Raises InstitutionMissing or OwnsAlready.
    """
    institution = institution_called(db, key)
    owners = owner_ids(db, owned.slug, owned.answering_id)
    if institution is None or (answers and institution.id not in owners):
        raise InstitutionMissing
    if institution.id == owned.answering_id or (institution.id in owners and not answers):
        raise OwnsAlready(name=name_of_institution(db, institution.id))
    values = {
        "slug": owned.slug,
        "institution_id": institution.id,
        "answers": answers,
        "state": WAITING,
        "proposed_at": clock.now(),
        "proposed_by": publisher_id,
    }
    proposal_id = _proposals.add_named(db, values)
    if proposal_id is None:
        return _waiting(db, owned.slug, institution.id, answers=answers)
    proposal = db.get_one(OwnerProposal, proposal_id)
    record(
        db,
        OwnerProposed(
            actor_id=publisher_id,
            course_id=owned.course.id if owned.course else None,
            proposal_id=proposal.id,
            institution_id=institution.id,
            answers=answers,
        ),
    )
    tell_publishers(db, proposal, "to-answer" if answers else "to-own", publisher_id)
    return proposal


def decide(db: Session, publisher_id: int, proposal_id: int, *, is_accepted: bool) -> OwnerProposal:
    """Answer for an institution on which the person is a publisher; the same twice is no fault.

    Raises ProposalOver when it was answered otherwise.
    """
    proposal = _locked(db, proposal_id)
    state = ACCEPTED if is_accepted else REFUSED
    if proposal.state == state:
        return proposal
    if proposal.state != WAITING:
        raise ProposalOver
    owned = owned_at(db, proposal.slug, is_locked=True)
    _settle(db, publisher_id, proposal, owned.course, state)
    if is_accepted and proposal.answers:
        _hand_over(db, publisher_id, owned, proposal)
    elif is_accepted and owned.course is not None:
        add_owner(db, owned.course, proposal.institution_id)
    tell_who_asked(db, proposal, state, publisher_id)
    return proposal


def withdraw(db: Session, publisher_id: int, owned: Owned, proposal_id: int) -> None:
    """Ask no longer; what was answered already stays as it is."""
    proposal = _locked(db, proposal_id)
    if proposal.slug == owned.slug and proposal.state == WAITING:
        _settle(db, publisher_id, proposal, owned.course, WITHDRAWN)


def leave(db: Session, publisher_id: int, owned: Owned, institution_id: int) -> None:
    """Let an owner leave; raises LastOwner, AnswersForCourse or InstitutionMissing."""
    owned = owned_at(db, owned.slug, is_locked=True)
    owners = owner_ids(db, owned.slug, owned.answering_id)
    if institution_id not in owners:
        raise InstitutionMissing
    if owners == {institution_id}:
        raise LastOwner
    if institution_id == owned.answering_id:
        raise AnswersForCourse
    if owned.course is not None:
        db.execute(
            delete(CourseOwner)
            .where(CourseOwner.course_id == owned.course.id)
            .where(CourseOwner.institution_id == institution_id)
            .execution_options(synchronize_session=False)
        )
        renew_owners(db, owned.course)
    db.execute(
        update(OwnerProposal)
        .where(OwnerProposal.slug == owned.slug, OwnerProposal.institution_id == institution_id)
        .where(OwnerProposal.state.in_((ACCEPTED, WAITING)))
        .values(state=LEFT)
        .execution_options(synchronize_session=False)
    )
    db.flush()
    course_id = owned.course.id if owned.course else None
    left = OwnerLeft(actor_id=publisher_id, course_id=course_id, institution_id=institution_id)
    record(db, left)


def speak_for_answering(db: Session, person_id: int, draft: Draft) -> None:
    """Let course.yaml name the institution that answers for the course; unreadable, it stays."""
    key = db.scalars(select(Institution.key).where(Institution.id == draft.institution_id)).one()
    with suppress(SheetUnreadable, CourseMissing):
        course = course_sheet(texts_of(db, draft))
        if course.value("institution") != key:
            lock(db, draft)
            course.put("institution", key)
            write(db, person_id, draft, {COURSE: course.text().encode()})


def _waiting(db: Session, slug: str, institution_id: int, *, answers: bool) -> OwnerProposal:
    return db.scalars(
        select(OwnerProposal).where(
            OwnerProposal.slug == slug,
            OwnerProposal.institution_id == institution_id,
            OwnerProposal.answers.is_(answers),
            OwnerProposal.state == WAITING,
        )
    ).one()


def _locked(db: Session, proposal_id: int) -> OwnerProposal:
    found = db.scalar(
        select(OwnerProposal)
        .where(OwnerProposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ProposalOver
    return found


def _settle(
    db: Session, person_id: int, proposal: OwnerProposal, course: Course | None, state: str
) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, clock.now(), person_id
    db.flush()
    record(
        db,
        OwnerDecided(
            actor_id=person_id,
            course_id=course.id if course else None,
            proposal_id=proposal.id,
            institution_id=proposal.institution_id,
            state=state,
        ),
    )


def _hand_over(db: Session, person_id: int, owned: Owned, proposal: OwnerProposal) -> None:
    """Let another owner answer for the course; the one before stays an owner."""
    if owned.course is None:
        db.add(
            OwnerProposal(
                slug=owned.slug,
                institution_id=owned.answering_id,
                answers=False,
                state=ACCEPTED,
                proposed_at=proposal.proposed_at,
                proposed_by=proposal.proposed_by,
            )
        )
    else:
        owned.course.institution_id = proposal.institution_id
        renew_owners(db, owned.course)
    if owned.draft is not None:
        owned.draft.institution_id = proposal.institution_id
        db.flush()
        speak_for_answering(db, person_id, owned.draft)
