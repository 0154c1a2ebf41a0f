"""Address changes: proved at the new address, told to the old one, which can take them back."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.identity.federation.identities import forget_identities
from app.identity.one_time_links import (
    ADDRESS,
    ADDRESS_BACK,
    RESET,
    Linked,
    LinkOver,
    link_of,
    make_link,
    use_link,
    void_links,
    void_links_since,
    void_ways_on,
)
from app.identity.second_factors import end_second_factor
from app.identity.sign_ins import close_all_sign_ins
from app.identity.users import AddressTaken, User, folded_address, user_called, user_numbered
from app.queue.mails import mail_later


@dataclass(frozen=True, kw_only=True)
class AddressChangeAsked(Happening):
    """A person wants another address; nothing has changed yet."""

    kind: ClassVar[str] = "address-change-asked"


@dataclass(frozen=True, kw_only=True)
class AddressChanged(Happening):
    """A person proved their new address, and signs in with it from now on."""

    kind: ClassVar[str] = "address-changed"


@dataclass(frozen=True, kw_only=True)
class AddressTakenBack(Happening):
    """Whoever reads the earlier address said that the change was not theirs; it is undone."""

    kind: ClassVar[str] = "address-taken-back"


def ask_for_address(db: Session, user: User, email: str) -> None:
    """Mail a link to the new address and a word to the old one; nothing changes before the link.

    An address that has an account is told so by mail, and the page says the same as ever.
    """
    void_links(db, ADDRESS, user.id)
    if user.email is not None:
        back = make_link(db, ADDRESS_BACK, user_id=user.id, details={"email": user.email})
        mail_later(
            db, "address_leaving", to=user.email, language=user.language, name=user.name, token=back
        )
    known = user_called(db, email)
    if known is None:
        token = make_link(db, ADDRESS, user_id=user.id, details={"email": email})
        mail_later(db, "address_new", to=email, language=user.language, name=user.name, token=token)
    elif known.id != user.id:
        to = known.email or email
        mail_later(db, "known_address", to=to, language=known.language, name=known.name)
    record(db, AddressChangeAsked(actor_id=user.id, person_id=user.id))


def new_address_of(db: Session, token: str) -> str:
    """The address that an open link would bring in; raises LinkOver."""
    email: str = link_of(db, ADDRESS, token).details["email"]
    return email


def change_address(db: Session, token: str) -> User:
    """Let the person sign in with the address their link proved; raises LinkOver, AddressTaken."""
    linked = use_link(db, ADDRESS, token)
    user = _owner(db, linked)
    _set_address(db, user, linked.details["email"])
    void_ways_on(db, user.id)
    record(db, AddressChanged(actor_id=user.id, person_id=user.id))
    return user


def earlier_address_of(db: Session, token: str) -> str:
    """The address to which an open link would give the account back; raises LinkOver."""
    email: str = link_of(db, ADDRESS_BACK, token).details["email"]
    return email


def take_address_back(db: Session, token: str) -> str:
    """Undo a change of address and end every sign-in; returns the token of a link to a new password.

    Who asked for the change knew the password, so it has to go as well, and with it a second
    factor and linked sign-ins that may be theirs. A promise made to an address before this one
    outlives it: else whoever moved an account once could void it by moving it on. Raises LinkOver.
    """
    linked = use_link(db, ADDRESS_BACK, token)
    user = _owner(db, linked)
    void_ways_on(db, user.id)
    void_links_since(db, ADDRESS_BACK, user.id, linked.made_at)
    _set_address(db, user, linked.details["email"])
    user.password_hash = None
    end_second_factor(db, user, user.id)
    forget_identities(db, user.id)
    close_all_sign_ins(db, user.id)
    record(db, AddressTakenBack(actor_id=user.id, person_id=user.id))
    return make_link(db, RESET, user_id=user.id)


def _owner(db: Session, linked: Linked) -> User:
    if linked.user_id is None:
        raise LinkOver
    return user_numbered(db, linked.user_id)


def _set_address(db: Session, user: User, email: str) -> None:
    folded = folded_address(email)
    asked = select(User.id).where(User.email_folded == folded, User.id != user.id)
    if db.scalar(asked.with_for_update()) is not None:
        raise AddressTaken
    user.email, user.email_folded = email.strip(), folded
    db.flush()
