"""Reactions of merges: an erased person is forgotten here too."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.database import table_of
from app.identity.erasures import PersonErased
from app.merges.changes import forget_changes
from app.merges.merges import Merge


def forget_merged(db: Session, event: PersonErased) -> None:
    """Empty why accounts of an erased person were merged, and what stood before."""
    theirs = (Merge.stays_id == event.person_id) | (Merge.gone_id == event.person_id)
    ids = list(db.scalars(select(Merge.id).where(theirs)))
    if ids:
        forget_changes(db, ids)
        db.execute(update(table_of(Merge)).where(Merge.id.in_(ids)).values(reason=""))
