"""Reactions of voices: an erased person is written to no more, and their words go."""

from sqlalchemy.orm import Session

from app.identity.erasures import PersonErased
from app.learning.follow_ups import forget_secrets
from app.learning.inquiries import forget_words
from app.learning.opinions import forget_comments
from app.learning.reminders import forget_choice


def forget_voice(db: Session, event: PersonErased) -> None:
    """The secret of an erased person's letters goes with their address, what they asked and what they wrote."""
    if event.person_id is not None:
        forget_choice(db, event.person_id)
        forget_secrets(db, event.person_id)
        forget_words(db, event.person_id)
        forget_comments(db, event.person_id)
