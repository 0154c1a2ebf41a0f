"""What learning does when something happens in an earlier slice."""

from sqlalchemy.orm import Session

from app.catalogue.successions import VersionPublished
from app.identity.erasures import PersonErased
from app.learning.moves import move_learners
from app.learning.notes import forget_notes


def on_version_published(db: Session, event: VersionPublished) -> None:
    """Learners under way move along when the new version keeps their progress."""
    if event.keeps_progress and event.from_version_id and event.version_id:
        move_learners(db, event.from_version_id, event.version_id, whole_only=event.whole_only)


def forget_notebook(db: Session, event: PersonErased) -> None:
    """An erased person's notes go with their name."""
    if event.person_id is not None:
        forget_notes(db, event.person_id)
