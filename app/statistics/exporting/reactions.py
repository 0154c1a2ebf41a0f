"""Reactions of long files: an erased person keeps none."""

from sqlalchemy.orm import Session

from app.identity.erasures import PersonErased
from app.statistics.exporting.long_files import files_of, let_go


def forget_files(db: Session, event: PersonErased) -> None:
    """Let go the files of the person who was erased, also the one that is being made."""
    if event.person_id is not None:
        let_go(db, files_of(db, event.person_id))
