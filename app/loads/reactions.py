"""Reactions of loads: who is erased is emptied in the rows that told of them too."""

from sqlalchemy.orm import Session

from app.identity.erasures import PersonErased
from app.loads.rows import forget_person


def forget_told(db: Session, event: PersonErased) -> None:
    """Empty what files said of the person."""
    if event.person_id is not None:
        forget_person(db, event.person_id)
