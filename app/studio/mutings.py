"""Mutings: who wants no letters about comments on a draft, and the letters of a quarter promised."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Model, Moment, Ref, table_of
from app.foundation.prepared import Once
from app.queue.jobs import later
from app.studio.drafts import Draft

COMMENT_LETTERS = "comment-letters"
QUARTER = 15 * 60  # seconds; comments made within one are told in one letter


class DraftMute(Model):
    """A person who wants no letters about comments on a draft."""

    __tablename__ = "draft_mutes"

    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    muted_at: Mapped[Moment]


_mutes = Once(DraftMute)


def promise_letters(db: Session) -> None:
    """Let all who are concerned be told when this quarter of an hour is over, each once."""
    quarter = int(clock.now().timestamp()) // QUARTER
    due = datetime.fromtimestamp((quarter + 1) * QUARTER, UTC)
    later(
        db,
        COMMENT_LETTERS,
        {"quarter": quarter},
        run_at=due,
        unique_key=f"{COMMENT_LETTERS}:{quarter}",
    )


def put_mute(db: Session, person_id: int, draft: Draft, *, is_muted: bool) -> None:
    """Send the person no letters about comments on the draft, or let them come again."""
    if is_muted:
        values = {"draft_id": draft.id, "user_id": person_id, "muted_at": clock.now()}
        _mutes.add(db, values)
        return
    own = (DraftMute.draft_id == draft.id) & (DraftMute.user_id == person_id)
    db.execute(delete(table_of(DraftMute)).where(own))


def muted_by(db: Session, draft_id: int) -> frozenset[int]:
    """Who wants no letters about this draft."""
    return frozenset(db.scalars(select(DraftMute.user_id).where(DraftMute.draft_id == draft_id)))


def forget_draft_mutes(db: Session, person_id: int) -> None:
    """Forget what an erased person chose."""
    db.execute(delete(table_of(DraftMute)).where(DraftMute.user_id == person_id))
