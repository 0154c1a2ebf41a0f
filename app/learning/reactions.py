"""What learning does when something happens in an earlier slice."""

from sqlalchemy.orm import Session

from app.catalogue.publishing import VersionPublished
from app.learning.moves import move_learners


def on_version_published(db: Session, event: VersionPublished) -> None:
    """Learners under way move along when the new version keeps their progress."""
    if event.keeps_progress and event.from_version_id and event.version_id:
        move_learners(db, event.from_version_id, event.version_id)
