"""Users: people with an account, named as they want to be named."""

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import String, Uuid, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Once
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_


class User(Model):
    """A person with an account; erasing empties the row and keeps its id.

    `number` is a personal number at the highest institution, such as 4711@ministry: who has no
    mailbox signs in by it. It holds no dot behind the sign, so it is never an address.
    """

    __tablename__ = "users"

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
    """A person set a new password by a mailed link; every sign-in of before ended."""

    kind: ClassVar[str] = "password-reset"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Happening):
    """A person put a new password in place of the present one, which they knew."""

    kind: ClassVar[str] = "password-changed"


class AddressTaken(Refusal):
    """The address was proved before, so it has an account already."""

    says = N_("This address has an account already.")
    mend = N_("Sign in with it, or set a new password if you forgot yours.")


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


def user_called(db: Session, email: str) -> User | None:
    """The person with this address or sign-in name, however its letters are cased."""
    folded = folded_address(email)
    user = db.scalars(_BY_ADDRESS, {"email_folded": folded}).one_or_none()
    if user is None and "." not in folded.rpartition("@")[2]:
        return db.scalars(_BY_NUMBER, {"number": folded}).one_or_none()
    return user


def user_numbered(db: Session, user_id: int) -> User:
    """The person behind a number kept in a row of ours; raises NoSuchPerson."""
    user = db.scalars(_BY_ID, {"user_id": user_id}).one_or_none()
    if user is None:
        raise NoSuchPerson
    return user


def sign_up(
    db: Session, *, name: str, email: str, language: str, password_hash: str | None
) -> User:
    """Make the account of a person whose address is proved; raises AddressTaken."""
    moment = clock.now()
    values: dict[str, Any] = {
        "subject": uuid4(),
        "email": email.strip(),
        "email_folded": folded_address(email),
        "password_hash": password_hash,
        "name": name,
        "language": language,
        "made_at": moment,
        "confirmed_at": moment,
    }
    if not _ADD.add(db, values):
        raise AddressTaken
    user = db.scalars(_BY_ADDRESS, {"email_folded": values["email_folded"]}).one()
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
    """Put a new password in the old one's place, by a link that proved the address."""
    user.password_hash = password_hash
    record(db, PasswordReset(actor_id=user.id, person_id=user.id))


def renew_hash(db: Session, user_id: int, stored: str, renewed: str) -> None:
    """Keep the same password under today's parameters, unless it was changed meanwhile."""
    db.execute(
        update(User)
        .where(User.id == user_id, User.password_hash == stored)
        .values(password_hash=renewed)
    )
