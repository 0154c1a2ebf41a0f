"""Reactions of saved views: an erased person keeps none."""

from sqlalchemy.orm import Session

from app.identity.erasures import PersonErased
from app.statistics.saving.saved_views import forget_views


def forget_saved(db: Session, event: PersonErased) -> None:
    """Delete the views of the person who was erased."""
    if event.person_id is not None:
        forget_views(db, event.person_id)
