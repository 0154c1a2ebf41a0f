"""Undoings: a merge taken back as a whole, from what stood before; or a word why that is too late."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.activity.events import Event, record
from app.duties.duties import Duty, DutyLapsed, DutyMet
from app.duties.petitions import PetitionDecided, PetitionSent
from app.duties.requirements import Requirement, today_at
from app.foundation import clock
from app.foundation.errors import NotAllowed, Refusal
from app.i18n.marking import N_
from app.identity.grants import foreign_roles
from app.identity.role_names import roles_in_words
from app.identity.users import User
from app.learning.enrolments import Enrolled, Enrolment
from app.merges.changes import Change, change_back, changes_of, forget_changes, standing, step_aside
from app.merges.merges import (
    UNDO_FOR,
    AccountUnknown,
    Merge,
    MergeUndone,
    both_locked,
    tell_both,
)

PERSON = ("learner_id", "person_id")
OF_DUTIES = (DutyMet.kind, PetitionSent.kind, PetitionDecided.kind)
# What a job may have brought up to date since; undoing puts it back, and the roll is called anew.
RECKONED = {"duties"}


class MergeTooOld(Refusal):
    """The thirty days have passed; what stood before is forgotten."""

    says = N_("This merge can no longer be undone: %(days)s days have passed.")
    mend = N_("Both accounts are one from now on.")


class UndoneAlready(Refusal):
    """Somebody undid it before."""

    says = N_("This merge was undone already.")
    mend = N_("Look at the list of merges.")


class MergedSince(Refusal):
    """One of the two accounts has been merged with a third one since."""

    says = N_("One of these accounts was merged with another one since.")
    mend = N_("Undo that merge first.")


class LearntSince(Refusal):
    """The person has gone on in what the other account brought, so it cannot be parted."""

    says = N_("The person has gone on since in a course that came with the merge.")
    mend = N_("What was done then belongs to both. The accounts stay one.")


class ChangedSince(Refusal):
    """A row that the merge changed was changed by something else since."""

    says = N_("A role or another thing that both accounts held was changed since.")
    mend = N_("So the merge cannot be taken back as a whole. The accounts stay one.")


class CourseEndedSince(ChangedSince):
    """A round that the merge touched has ended since."""

    says = N_("A course that came with the merge was ended since.")


class PlaceChangedSince(ChangedSince):
    """The person works elsewhere by now."""

    says = N_("Where the person works was changed since.")


class NoteChangedSince(ChangedSince):
    """A note that holds the words of both was written anew."""

    says = N_("A note that holds the words of both accounts was rewritten since.")


CHANGED_SINCE = {
    "enrolments": CourseEndedSince,
    "placements": PlaceChangedSince,
    "notes": NoteChangedSince,
}


class RolesGained(NotAllowed):
    """The account holds a role that the visitor may not give, so not hand back either."""

    says = N_("A role would change hands that you may not give: %(roles)s.")
    mend = N_("Ask somebody who may give it.")


def undo(db: Session, by: int, made: Merge) -> None:
    """Give each account back what it held; its sign-ins stay ended.

    Raises MergeTooOld, UndoneAlready, MergedSince, LearntSince, ChangedSince and RolesGained, and
    AccountUnknown where one of the two was erased.
    """
    stays, gone = both_locked(db, made.stays_id, made.gone_id)
    locked = select(Merge).where(Merge.id == made.id).with_for_update()
    held = db.scalars(locked.execution_options(populate_existing=True)).one()
    changes = changes_of(db, held.id)
    check_undoing(db, by, held, stays, gone, changes)
    gone.merged_into = None
    db.flush()
    _lapse_all(db, held, changes)
    kept = [each for each in changes if standing(db, each) is not None]
    step_aside(db, [each for each in kept if "round" in each.after])
    for each in sorted(kept, key=lambda each: not _leaves(each, held.gone_id)):
        change_back(db, each)
    held.undone_at, held.undone_by = clock.now(), by
    forget_changes(db, [held.id])
    db.flush()
    db.expire_all()
    for person_id in (held.stays_id, held.gone_id):
        stood = person_id == held.stays_id
        record(db, MergeUndone(actor_id=by, person_id=person_id, merge_id=held.id, stays=stood))
    tell_both(db, "merge_undone", stays, gone)


def _lapse_all(db: Session, made: Merge, changes: list[Change]) -> None:
    """Let no duty stand where duties are put back, nor one that a roll opened there since."""
    put_back = [each.key["id"] for each in changes if each.table.name == "duties"]
    standing_now = (
        select(Duty, Requirement)
        .join(Requirement, Requirement.id == Duty.requirement_id)
        .where(
            Duty.person_id.in_((made.stays_id, made.gone_id)),
            Duty.requirement_id.in_(select(Duty.requirement_id).where(Duty.id.in_(put_back))),
            Duty.stands,
        )
    )
    for duty, requirement in db.execute(standing_now.with_for_update(of=Duty)).all():
        duty.stands = False
        if duty.id not in put_back and duty.done_on is None:
            _end(db, duty, requirement)
    db.flush()


def _end(db: Session, duty: Duty, requirement: Requirement) -> None:
    duty.ended_on = today_at(db, requirement.institution_id)
    record(
        db,
        DutyLapsed(
            person_id=duty.person_id,
            course_id=requirement.course_id,
            requirement_id=requirement.id,
            round=duty.round,
            day=duty.ended_on.isoformat(),
        ),
    )


def check_undoing(
    db: Session, by: int, made: Merge, stays: User, gone: User, changes: list[Change]
) -> None:
    """See that nothing has happened since that an undoing would tear apart."""
    if made.undone_at is not None:
        raise UndoneAlready
    if clock.now() > made.until:
        raise MergeTooOld(days=UNDO_FOR.days)
    if by in {made.stays_id, made.gone_id}:
        raise AccountUnknown
    if gone.merged_into != stays.id or stays.merged_into is not None or _joined(db, made):
        raise MergedSince
    foreign = foreign_roles(db, by, stays.id) if any(_is_role(each) for each in changes) else []
    if foreign:
        raise RolesGained(roles=roles_in_words(foreign))
    if _went_on(db, made, changes):
        raise LearntSince
    for each in changes:
        now = standing(db, each)
        if now is not None and each.table.name not in RECKONED and now != each.before:
            raise CHANGED_SINCE.get(each.table.name, ChangedSince)


def _joined(db: Session, made: Merge) -> bool:
    """Whether the account that stayed took over a third one since."""
    later = select(func.count()).where(
        Merge.stays_id == made.stays_id, Merge.id > made.id, Merge.undone_at.is_(None)
    )
    return bool(db.scalar(later))


def _went_on(db: Session, made: Merge, changes: list[Change]) -> bool:
    """Whether something happened since in a round that changed hands, or was begun beside it."""
    moved = [each for each in changes if _leaves(each, made.gone_id)]
    rounds = [each.key["id"] for each in moved if each.table.name == "enrolments"]
    duties = [each.key["id"] for each in moved if each.table.name == "duties"]
    courses = select(Enrolment.course_id).where(Enrolment.id.in_(rounds))
    required = (
        select(Requirement.course_id)
        .join(Duty, Duty.requirement_id == Requirement.id)
        .where(Duty.id.in_(duties))
    )
    own = Event.person_id == made.stays_id
    since = select(func.count()).where(
        Event.id > made.marker,
        or_(
            Event.enrolment_id.in_(rounds),
            own & (Event.kind == Enrolled.kind) & Event.course_id.in_(courses),
            own & Event.kind.in_(OF_DUTIES) & Event.course_id.in_(required),
        ),
    )
    return bool(db.scalar(since))


def _leaves(change: Change, gone: int) -> bool:
    """Whether the row goes back to the account that was merged away."""
    return gone in {change.after.get(name) for name in PERSON}


def _is_role(change: Change) -> bool:
    return change.table.name == "grants"
