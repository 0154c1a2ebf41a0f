"""Users: people with an account, named as they want to be named."""

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Uuid,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_of_some
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.foundation.typed import with_plain_digits
from app.i18n.marking import N_


class User(Model):
    """A person with an account; erasing empties the row and keeps its id.

    `number` is a personal number at the highest institution, such as 4711@ministry: who has no
    mailbox signs in by it. It holds no dot behind the sign, so it is never an address.
    `merged_into` is the account of the same person that took over what this one held; always one
    that was itself not merged. It is checked at the commit, so that a backup may come in any order.
    """

    __tablename__ = "users"
    __table_args__ = (
        index_of_some("users", "merged_into"),
        Index("ix_users_name", "name", "subject"),
    )

    id: Mapped[Id]
    subject: Mapped[UUID] = mapped_column(Uuid, unique=True)
    email: Mapped[str | None] = mapped_column(String(320))
    email_folded: Mapped[str | None] = mapped_column(String(320), unique=True)
    number: Mapped[str | None] = mapped_column(String(120), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    other_name: Mapped[str | None] = mapped_column(String(200))
    name_language: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]
    merged_into: Mapped[Ref | None] = mapped_column(
        ForeignKey("users.id", deferrable=True, initially="DEFERRED")
    )


@dataclass(frozen=True, kw_only=True)
class SignedUp(Happening):
    """A person has an account from now on; their address is proved."""

    kind: ClassVar[str] = "signed-up"


@dataclass(frozen=True, kw_only=True)
class AccountChanged(Happening):
    """A person changed their name or the language we write to them in."""

    kind: ClassVar[str] = "account-changed"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Happening):
    """A person set a new password by a mailed link or a code; every sign-in of before ended."""

    kind: ClassVar[str] = "password-reset"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Happening):
    """A person put a new password in place of the present one, which they knew."""

    kind: ClassVar[str] = "password-changed"


class AddressTaken(Refusal):
    """The address was proved before, so it has an account already."""

    says = N_("This address has an account already.")
    mend = N_("Sign in with it, or set a new password if you forgot yours.")


class AccountMerged(Refusal):
    """The account was merged into another one of the same person, who signs in with that."""

    says = N_("This account was merged with another one of yours.")
    mend = N_("Sign in with the other address, %(address)s. What was here is there.")


class NoSuchPerson(NotFound):
    """Nobody has this number, or the account was erased."""

    says = N_("There is no such person here.")


_ADD = Once(User)
_STANDING = select(User).where(User.erased_at.is_(None))
_BY_ID = _STANDING.where(User.id == bindparam("user_id"))
_BY_ADDRESS = _STANDING.where(User.email_folded == bindparam("email_folded"))
_BY_NUMBER = _STANDING.where(User.number == bindparam("number"))


def folded_address(email: str) -> str:
    """An address as it is compared: composed, without case and outer spaces."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def is_mailbox_of(user: User, email: str) -> bool:
    """Whether an address is the account's own, case aside; two that fold alike may be two mailboxes."""
    own, other = (unicodedata.normalize("NFC", each).strip() for each in (user.email or "", email))
    return own.lower() == other.lower()


def hinted(user: User) -> str:
    """The address or sign-in name of an account, as far as its owner needs it to know it again."""
    called = user.email or user.number or ""
    name, sign, host = called.rpartition("@")
    return f"{name[:1]}…{sign}{host}" if sign else called


def own_accounts(person_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The ids of a person's account and of those that were merged into it, for a condition."""
    users = User.__table__.c
    return select(users.id).where((users.id == person_id) | (users.merged_into == person_id))


def user_called(db: Session, email: str) -> User | None:
    """The person with this address or sign-in name, however its letters are cased.

    It may be an account that was merged into another, which is told where to go.
    """
    folded = folded_address(email)
    user = db.scalars(_BY_ADDRESS, {"email_folded": folded}).one_or_none()
    if user is None and "." not in folded.rpartition("@")[2]:
        for number in dict.fromkeys((folded, with_plain_digits(folded))):
            user = user or db.scalars(_BY_NUMBER, {"number": number}).one_or_none()
    return user


def person_called(db: Session, email: str) -> User | None:
    """Whose address this is, by the account that stands: what was merged leads to the other."""
    user = user_called(db, email)
    if user is not None and user.merged_into is not None:
        return user_numbered(db, user.merged_into)
    return user


def user_numbered(db: Session, user_id: int) -> User:
    """The person behind a number kept in a row of ours; raises NoSuchPerson or AccountMerged."""
    user = db.scalars(_BY_ID, {"user_id": user_id}).one_or_none()
    if user is None:
        raise NoSuchPerson
    if user.merged_into is not None:
        raise AccountMerged(address=hinted(user_numbered(db, user.merged_into)))
    return user


def sign_up(
    db: Session, *, name: str, email: str | None, language: str, password_hash: str | None
) -> User:
    """Make the account of a person whose address, if any, is proved; raises AddressTaken."""
    moment = clock.now()
    values: dict[str, Any] = {
        "subject": uuid4(),
        "email": email.strip() if email is not None else None,
        "email_folded": folded_address(email) if email is not None else None,
        "password_hash": password_hash,
        "name": name,
        "language": language,
        "made_at": moment,
        "confirmed_at": moment,
    }
    user_id = _ADD.add_named(db, values)
    if user_id is None:
        raise AddressTaken
    user = user_numbered(db, user_id)
    record(db, SignedUp(actor_id=user.id, person_id=user.id, language=language))
    return user


def change_account(
    db: Session, user: User, *, name: str, other_name: str | None, language: str
) -> None:
    """Keep another name, its form in a second script, or language; the ledger learns not what."""
    if (user.name, user.other_name, user.language) == (name, other_name, language):
        return
    user.name, user.other_name, user.language = name, other_name, language
    record(db, AccountChanged(actor_id=user.id, person_id=user.id))


def set_password(db: Session, user: User, password_hash: str) -> None:
    """Put a new password in the old one's place, by a link or a code that proved the person."""
    user.password_hash = password_hash
    record(db, PasswordReset(actor_id=user.id, person_id=user.id))


def renew_hash(db: Session, user_id: int, stored: str, renewed: str) -> None:
    """Keep the same password under today's parameters, unless it was changed meanwhile."""
    db.execute(
        update(User)
        .where(User.id == user_id, User.password_hash == stored)
        .values(password_hash=renewed)
    )
