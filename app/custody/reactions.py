"""Reactions of custody: who is erased leaves no words in requests, and no name for longer than owed."""

from sqlalchemy.orm import Session

from app.custody.data_requests import forget_requests
from app.custody.retentions import let_names_go
from app.identity.erasures import PersonErased


def let_go_of_person(db: Session, erased: PersonErased) -> None:
    """Empty the words of their requests, and their name on certificates when its time is over."""
    if erased.person_id is not None:
        forget_requests(db, erased.person_id)
        let_names_go(db, erased.person_id)
