"""Resets: a new password in a forgotten one's place, by a mail that proves the address."""

from sqlalchemy.orm import Session

from app.identity.arrivals import arrive_vouched
from app.identity.one_time_links import RESET, LinkOver, link_of, make_link, use_link
from app.identity.users import User, hinted, user_called, user_numbered
from app.identity.ways_in import replace_password
from app.queue.mails import mail_later


def ask_for_reset(db: Session, email: str, language: str) -> None:
    """Mail a link to a known address, and to an unknown one that it has no account.

    The page says the same of both, so that only who reads the mail learns which it is. A link goes
    to the address that was proved: what was typed may fold to it and be another's mailbox.
    """
    user = user_called(db, email)
    if user is None:
        mail_later(db, "unknown_address", to=email, language=language)
        return
    if user.merged_into is not None:
        tell_merged(db, user)
        return
    token = make_link(db, RESET, user_id=user.id)
    to = user.email or email
    mail_later(db, "reset", to=to, language=user.language, name=user.name, token=token)


def user_to_reset(db: Session, token: str) -> User:
    """Whose password an open link may set; raises LinkOver."""
    return _owner(db, link_of(db, RESET, token).user_id)


def reset_password(db: Session, token: str, password_hash: str) -> User:
    """Set the new password and end every sign-in and every other link; raises LinkOver.

    Who was registered and never came in has come in by it: the link proved the address.
    """
    user = _owner(db, use_link(db, RESET, token).user_id)
    replace_password(db, user, password_hash)
    if user.confirmed_at is None:
        arrive_vouched(db, user)
    return user


def tell_merged(db: Session, user: User) -> None:
    """Mail an address whose account was merged into another one with which to sign in."""
    standing = user_numbered(db, user.merged_into or user.id)
    mail_later(
        db,
        "account_elsewhere",
        to=user.email or "",
        language=user.language,
        name=user.name,
        address=hinted(standing),
    )


def _owner(db: Session, user_id: int | None) -> User:
    if user_id is None:
        raise LinkOver
    return user_numbered(db, user_id)
