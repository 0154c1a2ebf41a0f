"""Comments: what reviewers say to a passage of a draft, kept with the words they read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.users import User
from app.studio.drafts import Draft, text_in
from app.studio.guests import Guest
from app.studio.mutings import promise_letters
from app.studio.passages import Passage, Spot, passages_of, spot_of


class Comment(Model):
    """A remark on a passage, or a reply to one; `quote` is the passage as it was read.

    It is made by a person or by a guest. A passage that is moved, changed or gone keeps it.
    """

    __tablename__ = "comments"

    id: Mapped[Id]
    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), index=True)
    revision: Mapped[int] = mapped_column(Integer)
    path: Mapped[str] = mapped_column(String(255))
    passage: Mapped[str] = mapped_column(String(255))
    quote: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Moment]
    made_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    guest_id: Mapped[Ref | None] = mapped_column(ForeignKey("guests.id"))
    reply_to: Mapped[Ref | None] = mapped_column(ForeignKey("comments.id"))
    resolved_at: Mapped[Moment | None]
    resolved_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))


@dataclass(frozen=True, kw_only=True)
class CommentMade(Happening):
    """Somebody commented on a draft, or replied."""

    kind: ClassVar[str] = "comment-made"
    draft_id: int
    comment_id: int
    guest_id: int | None


@dataclass(frozen=True, kw_only=True)
class CommentSettled(Happening):
    """A comment was resolved, or opened again."""

    kind: ClassVar[str] = "comment-settled"
    draft_id: int
    comment_id: int
    is_resolved: bool


class PassageUnknown(NotFound):
    """The draft has no such passage."""

    says = N_("This passage is not in the draft any more.")
    mend = N_(
        "Somebody has changed it meanwhile. Open the file again and comment on its new words."
    )


class CommentUnknown(NotFound):
    """The draft has no such comment."""

    says = N_("There is no such comment on this draft.")


@dataclass(frozen=True)
class Said:
    """A comment or a reply as a page shows it."""

    id: int
    words: str
    author: str
    is_guest: bool
    made_at: datetime


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, and where its passage stands now."""

    opening: Said
    replies: tuple[Said, ...]
    quote: str
    is_resolved: bool
    spot: Spot


def comment(
    db: Session, draft: Draft, path: str, key: str, words: str, *, by: int | Guest
) -> Comment:
    """Comment on a passage as it stands; raises PassageUnknown."""
    there = text_in(db, draft, path)
    passages = passages_of(path, there.text) if there else ()
    found = next((each for each in passages if each.key == key), None)
    if found is None:
        raise PassageUnknown
    return _said(db, draft, by, words, path=path, passage=key, quote=found.text)


def reply(db: Session, draft: Draft, comment_id: int, words: str, *, by: int | Guest) -> Comment:
    """Answer a comment; a resolved one is open again. Raises CommentUnknown."""
    opening = _opening(db, draft, comment_id)
    opening.resolved_at = opening.resolved_by = None
    at = {"path": opening.path, "passage": opening.passage, "quote": opening.quote}
    return _said(db, draft, by, words, **at, reply_to=opening.id)


def settle(
    db: Session, person_id: int, draft: Draft, comment_id: int, *, is_resolved: bool
) -> None:
    """Resolve a comment or open it again; the same twice is no fault. Raises CommentUnknown."""
    opening = _opening(db, draft, comment_id)
    if (opening.resolved_at is not None) == is_resolved:
        return
    opening.resolved_at = clock.now() if is_resolved else None
    opening.resolved_by = person_id if is_resolved else None
    db.flush()
    settled = CommentSettled(
        actor_id=person_id, draft_id=draft.id, comment_id=opening.id, is_resolved=is_resolved
    )
    record(db, settled)


def threads_of(db: Session, draft: Draft, files: Mapping[str, Sequence[Passage]]) -> list[Thread]:
    """Every comment of the draft with its replies, placed where its passage stands now."""
    rows = db.execute(
        select(Comment, func.coalesce(User.name, Guest.name, ""))
        .join(User, User.id == Comment.made_by, isouter=True)
        .join(Guest, Guest.id == Comment.guest_id, isouter=True)
        .where(Comment.draft_id == draft.id)
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    ).all()
    replies: dict[int, list[Said]] = {}
    for each, name in rows:
        if each.reply_to is not None:
            replies.setdefault(each.reply_to, []).append(_as_said(each, name))
    return [
        Thread(
            _as_said(each, name),
            tuple(replies.get(each.id, ())),
            each.quote,
            each.resolved_at is not None,
            spot_of(each.path, each.passage, each.quote, files),
        )
        for each, name in rows
        if each.reply_to is None
    ]


def open_comments(db: Session, draft: Draft) -> int:
    """How many comments wait to be resolved."""
    asked = select(func.count(Comment.id)).where(
        Comment.draft_id == draft.id, Comment.reply_to.is_(None), Comment.resolved_at.is_(None)
    )
    return db.scalar(asked) or 0


def _as_said(each: Comment, name: str) -> Said:
    return Said(each.id, each.words, name, each.guest_id is not None, each.made_at)


def _opening(db: Session, draft: Draft, comment_id: int) -> Comment:
    found = db.scalar(
        select(Comment).where(
            Comment.id == comment_id, Comment.draft_id == draft.id, Comment.reply_to.is_(None)
        )
    )
    if found is None:
        raise CommentUnknown
    return found


def _said(
    db: Session,
    draft: Draft,
    by: int | Guest,
    words: str,
    *,
    path: str,
    passage: str,
    quote: str,
    reply_to: int | None = None,
) -> Comment:
    guest_id = by.id if isinstance(by, Guest) else None
    made_by = None if isinstance(by, Guest) else by
    made = Comment(
        draft_id=draft.id,
        revision=draft.revision,
        path=path,
        passage=passage,
        quote=quote,
        words=words,
        made_at=clock.now(),
        made_by=made_by,
        guest_id=guest_id,
        reply_to=reply_to,
    )
    db.add(made)
    db.flush()
    promise_letters(db)
    record(
        db,
        CommentMade(actor_id=made_by, draft_id=draft.id, comment_id=made.id, guest_id=guest_id),
    )
    return made
