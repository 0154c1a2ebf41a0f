"""What learning does when something happens in an earlier slice."""

from sqlalchemy.orm import Session

from app.catalogue.successions import VersionPublished
from app.identity.erasures import PersonErased
from app.learning.jobs import MOVE
from app.learning.moves import move, under_way, way_between
from app.learning.notes import forget_notes
from app.queue.jobs import later_some

AT_ONCE = 100  # learners


def on_version_published(db: Session, event: VersionPublished) -> None:
    """Learners under way move along when the new version keeps their progress.

    Many of them move after it is published, some at a time: each takes a lock, and a whole ministry's
    would hold up whoever learns, or on SQLite whoever writes.
    """
    course_id, before, after = event.course_id, event.from_version_id, event.version_id
    if not (event.keeps_progress and course_id and before and after):
        return
    way = way_between(db, course_id, before, after, whole_only=event.whole_only)
    moving = under_way(db, way)
    if len(moving) > AT_ONCE:
        later_some(db, MOVE, moving, event=str(event.key))
        return
    for place_id in moving:
        move(db, place_id, way)


def forget_notebook(db: Session, event: PersonErased) -> None:
    """An erased person's notes go with their name."""
    if event.person_id is not None:
        forget_notes(db, event.person_id)
