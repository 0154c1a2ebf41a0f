"""Submissions: a revision of a draft handed in for review, sent back or approved."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.compiling.faults import Fault
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.identity.grants import PUBLISHER, REVIEWER
from app.studio.changes import lock
from app.studio.drafts import Draft
from app.studio.inspections import findings_of
from app.studio.letters import tell, tell_holders

WAITING, APPROVED, SENT_BACK, PUBLISHED = "waiting", "approved", "sent-back", "published"


class Submission(Model):
    """A revision that its authors hold to be finished, and what a reviewer said to it.

    A draft has one that is open: it waits, or is approved and not yet published.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        index_where("uq_submissions_open", "closed_at IS NULL", "draft_id", is_unique=True),
    )

    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), index=True)
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[Moment]
    submitted_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[Moment | None]


@dataclass(frozen=True, kw_only=True)
class DraftSubmitted(Happening):
    """An author handed a revision in for review."""

    kind: ClassVar[str] = "draft-submitted"
    draft_id: int
    revision: int


@dataclass(frozen=True, kw_only=True)
class DraftSentBack(Happening):
    """A reviewer asked the authors to work on."""

    kind: ClassVar[str] = "draft-sent-back"
    draft_id: int
    revision: int


@dataclass(frozen=True, kw_only=True)
class DraftApproved(Happening):
    """A reviewer approved a revision, and no other."""

    kind: ClassVar[str] = "draft-approved"
    draft_id: int
    revision: int


class DraftFaulty(Refusal):
    """The check finds faults, so that the draft cannot be reviewed."""

    status = 422
    says = N_("The course has faults, so it cannot go to review yet.")
    mend = N_("Mend them first. The findings say where each one is.")

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class NothingWaits(Refusal):
    """The revision that was looked at does not wait for a decision any more."""

    says = N_("This revision does not wait for a review any more.")
    mend = N_("Look at the review page again: somebody may have decided, or the draft has changed.")


class TwoPeopleNeeded(Refusal):
    """Whoever handed a draft in does not approve it."""

    status = 403
    says = N_("You handed this draft in, so somebody else has to approve it.")
    mend = N_("Ask another reviewer of your institution.")


def open_submission(db: Session, draft: Draft) -> Submission | None:
    """The submission that waits, or is approved and not yet published."""
    return db.scalar(
        select(Submission)
        .where(Submission.draft_id == draft.id, Submission.closed_at.is_(None))
        .execution_options(populate_existing=True)
    )


def last_submission(db: Session, draft: Draft) -> Submission | None:
    """The latest submission, open or not."""
    asked = select(Submission).where(Submission.draft_id == draft.id)
    return db.scalar(asked.order_by(Submission.id.desc()).limit(1))


def submit(db: Session, author_id: int, draft: Draft) -> Submission:
    """Hand the draft in as it stands; the same revision twice is one submission.

    A later revision takes the place of one that waits. Raises DraftFaulty with the findings.
    """
    lock(db, draft)
    faults = [fault for fault in findings_of(db, draft) if fault.is_grave]
    if faults:
        raise DraftFaulty(faults)
    standing = open_submission(db, draft)
    if standing is not None and standing.revision == draft.revision:
        return standing
    if standing is not None:
        standing.closed_at = clock.now()
        db.flush()
    submission = Submission(
        draft_id=draft.id,
        revision=draft.revision,
        state=WAITING,
        words="",
        submitted_at=clock.now(),
        submitted_by=author_id,
    )
    db.add(submission)
    db.flush()
    record(db, DraftSubmitted(actor_id=author_id, draft_id=draft.id, revision=submission.revision))
    tell_holders(db, draft, REVIEWER, "submitted", author_id)
    return submission


def send_back(db: Session, reviewer_id: int, draft: Draft, revision: int, words: str) -> None:
    """Ask the authors to work on, and say at what; raises NothingWaits."""
    submission = _decide(db, reviewer_id, draft, revision, SENT_BACK, words)
    submission.closed_at = submission.decided_at
    db.flush()
    record(db, DraftSentBack(actor_id=reviewer_id, draft_id=draft.id, revision=revision))
    tell(db, draft, submission.submitted_by, "sent-back", reviewer_id, words)


def approve(db: Session, reviewer_id: int, draft: Draft, revision: int) -> None:
    """Approve just this revision; raises NothingWaits, or TwoPeopleNeeded for who handed it in."""
    submission = _decide(db, reviewer_id, draft, revision, APPROVED, "")
    record(db, DraftApproved(actor_id=reviewer_id, draft_id=draft.id, revision=revision))
    tell(db, draft, submission.submitted_by, "approved", reviewer_id)
    tell_holders(db, draft, PUBLISHER, "to-publish", reviewer_id)


def _decide(
    db: Session, reviewer_id: int, draft: Draft, revision: int, state: str, words: str
) -> Submission:
    lock(db, draft)
    submission = open_submission(db, draft)
    is_open = submission is not None and submission.state == WAITING
    if submission is None or not is_open or not revision == submission.revision == draft.revision:
        raise NothingWaits
    if state == APPROVED and submission.submitted_by == reviewer_id:
        raise TwoPeopleNeeded
    submission.state, submission.words = state, words
    submission.decided_at, submission.decided_by = clock.now(), reviewer_id
    db.flush()
    return submission
