"""Reactions of duties: what people complete counts, where they work decides, who is erased is let go."""

from sqlalchemy.orm import Session

from app.duties.concerns import note_completion
from app.duties.jobs import ROLL_OF, ROLLS
from app.duties.mutes import forget_mutes
from app.duties.petitions import forget_reasons
from app.duties.requirements import is_any_course_required
from app.foundation import clock
from app.identity.erasures import PersonErased
from app.identity.people.claims import ClaimConfirmed
from app.identity.placements import Placed
from app.identity.reforms import (
    InstitutionChanged,
    InstitutionClosed,
    InstitutionMerged,
    InstitutionSplit,
)
from app.learning.completions import CourseCompleted
from app.merges.merges import AccountsMerged, MergeUndone
from app.queue.jobs import later


def meet_duties(db: Session, event: CourseCompleted) -> None:
    """A completion counts for what is required, in the same transaction."""
    if event.person_id is not None and event.course_id is not None:
        note_completion(db, event.person_id, event.course_id)


def look_at_person(
    db: Session, event: Placed | ClaimConfirmed | AccountsMerged | MergeUndone
) -> None:
    """Who works elsewhere, was confirmed or holds other rounds is looked at after the commit, if anything is required at all."""
    if event.person_id is not None:
        _look_later(db, event.person_id)


def look_at_everybody(
    db: Session,
    event: InstitutionChanged | InstitutionMerged | InstitutionSplit | InstitutionClosed,
) -> None:
    """Another tree of institutions has other people under it, from the moment on when it holds."""
    if is_any_course_required(db):
        later(db, ROLLS, {}, run_at=max(event.since, clock.now()))


def let_go(db: Session, event: PersonErased) -> None:
    """What an erased person asked and chose is emptied; their duties lapse after the commit."""
    if event.person_id is None:
        return
    forget_mutes(db, event.person_id)
    forget_reasons(db, event.person_id)
    _look_later(db, event.person_id)


def _look_later(db: Session, person_id: int) -> None:
    if is_any_course_required(db):
        later(db, ROLL_OF, {"person": person_id}, gives_way=True)
