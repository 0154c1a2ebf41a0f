"""Password changes: by who knows the present one; every other browser is signed out."""

from sqlalchemy.orm import Session

from app.activity.events import record
from app.identity.one_time_links import void_ways_on
from app.identity.sign_ins import close_other_sign_ins
from app.identity.users import PasswordChanged, User
from app.identity.ways_in import tell_of_password


def change_password(db: Session, user: User, password_hash: str, this: bytes | None) -> None:
    """Set the new password, end every other sign-in and all links that lead on, and tell the owner."""
    user.password_hash = password_hash
    void_ways_on(db, user.id)
    close_other_sign_ins(db, user.id, this)
    record(db, PasswordChanged(actor_id=user.id, person_id=user.id))
    tell_of_password(db, user)
