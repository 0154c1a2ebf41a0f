"""Mutes: who wants no reminders of what is required, or no digests; the duty itself stays."""

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Model, Moment, Ref, table_of
from app.foundation.prepared import Once
from app.learning.reminders import MuteUnknown, person_told

DUTIES, DIGESTS = "duties", "digests"
KINDS = (DUTIES, DIGESTS)


class Mute(Model):
    """A kind of letter that a person wants no more."""

    __tablename__ = "mutes"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    muted_at: Mapped[Moment]


_mutes = Mute.__table__.c
_once = Once(Mute)


def mute(db: Session, user_id: int, kind: str) -> None:
    """Send no more letters of this kind; muting twice mutes once."""
    _once.add(db, {"user_id": user_id, "kind": kind, "muted_at": clock.now()})


def unmute(db: Session, user_id: int, kind: str) -> None:
    """Let letters of this kind come again."""
    db.execute(delete(table_of(Mute)).where(_mutes.user_id == user_id, _mutes.kind == kind))


def muted_kinds(db: Session, user_id: int) -> frozenset[str]:
    """The kinds of letters that a person wants no more."""
    return frozenset(db.scalars(select(_mutes.kind).where(_mutes.user_id == user_id)))


def holder_of(db: Session, token: str, kind: str) -> int:
    """Who was sent letters with this secret; raises MuteUnknown, for an unknown kind too."""
    if kind not in KINDS:
        raise MuteUnknown
    return person_told(db, token)


def forget_mutes(db: Session, user_id: int) -> None:
    """Forget what an erased person chose."""
    db.execute(delete(table_of(Mute)).where(_mutes.user_id == user_id))
