"""Ways in: a new password for who proved themselves by a link or a code, which ends every other."""

from sqlalchemy.orm import Session

from app.identity.one_time_links import void_ways_on
from app.identity.sign_ins import close_all_sign_ins
from app.identity.users import User, set_password
from app.queue.mails import mail_later


def replace_password(db: Session, user: User, password_hash: str) -> None:
    """Put a new password in a forgotten one's place: each sign-in and each other way in ends."""
    set_password(db, user, password_hash)
    void_ways_on(db, user.id)
    close_all_sign_ins(db, user.id)
    tell_of_password(db, user)


def tell_of_password(db: Session, user: User) -> None:
    """Mail the owner that the password is another now, and what to do if it was not them."""
    if user.email is not None:
        mail_later(db, "password_changed", to=user.email, language=user.language, name=user.name)
