"""Reactions of the studio: what it forgets of a person who is erased."""

from sqlalchemy.orm import Session

from app.identity.erasures import PersonErased
from app.studio.mutings import forget_draft_mutes


def forget_muted(db: Session, erased: PersonErased) -> None:
    """Forget on which drafts the person wanted no letters."""
    if erased.person_id is not None:
        forget_draft_mutes(db, erased.person_id)
