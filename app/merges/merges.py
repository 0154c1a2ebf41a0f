"""Merges: two accounts of one person become one, with all that both held."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event, Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.foundation.errors import NotAllowed, NotFound, Refusal
from app.i18n.marking import N_
from app.identity.grants import foreign_roles
from app.identity.role_names import roles_in_words
from app.identity.users import User, hinted
from app.merges.changes import carry_out
from app.merges.moves import end_ways_in, moves_of
from app.queue.mails import mail_later

UNDO_FOR = timedelta(days=30)
LONGEST = 1_000  # signs of a reason
ERASURE = "erasure"  # the kind of request that must be answered first


class Merge(Model):
    """That an account was merged into another: by whom, when and why, and whether it was undone.

    `marker` is the last event before it; what happened since then is behind that.
    """

    __tablename__ = "merges"
    __table_args__ = (
        index_where("uq_merges_standing", "undone_at IS NULL", "gone_id", is_unique=True),
    )

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    stays_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    gone_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    marker: Mapped[Ref]
    merged_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    merged_at: Mapped[Moment]
    undone_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[Moment | None]

    @property
    def until(self) -> datetime:
        """Until when it can be undone."""
        return self.merged_at + UNDO_FOR

    @property
    def is_open(self) -> bool:
        """Whether its time to be undone has not passed."""
        return self.undone_at is None and clock.now() <= self.until


@dataclass(frozen=True, kw_only=True)
class AccountsMerged(Happening):
    """An account took over what another one of the same person held; both have this event.

    `stays` tells whether the person of the event is the one that stays.
    """

    kind: ClassVar[str] = "accounts-merged"

    merge_id: int
    stays: bool


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Happening):
    """A merge was undone as a whole: each account holds again what it held; both have this event."""

    kind: ClassVar[str] = "merge-undone"

    merge_id: int
    stays: bool


class AccountUnknown(NotFound):
    """No such account stands where the visitor may see names."""

    says = N_("There is no such account among the people whose names you may see.")
    mend = N_("Look for both accounts again. They may be for a registrar above both institutions.")


class MergeUnknown(NotFound):
    """No merge of people whose names the visitor may see has this key."""

    says = N_("There is no such merge.")
    mend = N_("Look at the list of merges.")


class SameAccount(Refusal):
    """One account was named twice."""

    says = N_("This is one and the same account.")
    mend = N_("Choose two accounts of one person.")


class OwnAccount(NotAllowed):
    """One of the two is the visitor's own."""

    says = N_("One of the two accounts is your own.")
    mend = N_("Ask another registrar to merge it.")


class AlreadyMerged(Refusal):
    """One of the two was merged before, perhaps a moment ago."""

    says = N_("One of these accounts was merged already.")
    mend = N_("Look at the list of merges.")


class RolesNotYours(NotAllowed):
    """The account that goes holds a role that the visitor may not give to anybody."""

    says = N_("The account that goes holds a role that you may not give: %(roles)s.")
    mend = N_("Ask somebody who may give it, or have the role ended first.")


class ErasureOwed(Refusal):
    """One of the two asked to be erased, and has no answer yet."""

    says = N_("One of these accounts asks to be erased, and is not answered yet.")
    mend = N_("Answer that request first.")


def merge(db: Session, by: int, stays_id: int, gone_id: int, reason: str) -> Merge:
    """Let one account take over all that another holds, which can no longer sign in.

    Raises SameAccount, OwnAccount, AlreadyMerged, RolesNotYours and ErasureOwed. Whoever calls it
    has seen to it that both are people whose names `by` may see.
    """
    stays, gone = both_locked(db, stays_id, gone_id)
    check_pair(db, by, stays, gone)
    moment = clock.now()
    made = Merge(
        key=uuid4(), stays_id=stays_id, gone_id=gone_id, reason=reason, merged_by=by,
        merged_at=moment, marker=db.scalar(select(func.max(Event.id))) or 0,
    )  # fmt: skip
    db.add(made)
    db.flush()
    carry_out(db, made.id, list(moves_of(db, gone_id, stays_id, moment)))
    end_ways_in(db, gone_id, moment)
    gone.merged_into = stays_id
    db.flush()
    db.expire_all()
    for person_id in (stays_id, gone_id):
        told = AccountsMerged(
            actor_id=by, person_id=person_id, merge_id=made.id, stays=person_id == stays_id
        )
        record(db, told)
    tell_both(db, "accounts_merged", stays, gone)
    return made


def check_pair(db: Session, by: int, stays: User, gone: User) -> None:
    """See that these two can be merged by this person, now."""
    if stays.id == gone.id:
        raise SameAccount
    if by in {stays.id, gone.id}:
        raise OwnAccount
    if stays.merged_into is not None or gone.merged_into is not None:
        raise AlreadyMerged
    foreign = foreign_roles(db, by, gone.id)
    if foreign:
        raise RolesNotYours(roles=roles_in_words(foreign))
    # A later slice's table, so by its name.
    requests = Model.metadata.tables["data_requests"].c
    owed = select(func.count()).where(
        requests.person_id.in_((stays.id, gone.id)),
        requests.kind == ERASURE,
        requests.closed_at.is_(None),
    )
    if db.scalar(owed):
        raise ErasureOwed


def merge_called(db: Session, key: str) -> Merge:
    """The merge of this key; raises MergeUnknown."""
    try:
        found = db.scalars(select(Merge).where(Merge.key == UUID(key))).one_or_none()
    except ValueError:
        found = None
    if found is None:
        raise MergeUnknown
    return found


def tell_both(db: Session, letter: str, stays: User, gone: User) -> None:
    """Write to both addresses what became of the accounts."""
    for user in (stays, gone):
        if user.email:
            mail_later(
                db,
                letter,
                to=user.email,
                language=stays.language,
                name=stays.name,
                stays=hinted(stays),
                gone=hinted(gone),
                days=UNDO_FOR.days,
            )


def both_locked(db: Session, stays_id: int, gone_id: int) -> tuple[User, User]:
    """Both accounts, locked in one order, so that two merges at once come after each other."""
    asked = select(User).where(User.id.in_((stays_id, gone_id)), User.erased_at.is_(None))
    locked = asked.order_by(User.id).with_for_update()
    rows = db.scalars(locked.execution_options(populate_existing=True))
    found = {user.id: user for user in rows}
    if stays_id not in found or gone_id not in found:
        raise AccountUnknown
    return found[stays_id], found[gone_id]
