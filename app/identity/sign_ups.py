"""Sign-ups: from the wish for an account to the account, by a mail that proves the address."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.identity.agreements import DOCUMENTS, agree
from app.identity.institutions import institution_called
from app.identity.one_time_links import CONFIRMATION, make_link, use_link
from app.identity.placements import place
from app.identity.resets import tell_merged
from app.identity.users import User, sign_up, user_called
from app.queue.mails import mail_later


@dataclass(frozen=True)
class Wish:
    """What somebody wrote who wants an account; the documents on the page were agreed to."""

    name: str
    email: str
    language: str
    password_hash: str
    institution: str = ""


def ask_for_account(db: Session, wish: Wish) -> None:
    """Send a mail to the address, whether or not it is known; the page says the same of both.

    What was typed stays in the link until it is followed, and is forgotten with it: before that
    there is no account, so nobody can hold an address that is not theirs.
    """
    known = user_called(db, wish.email)
    if known is not None and known.merged_into is not None:
        tell_merged(db, known)
        return
    if known is not None:
        to = known.email or wish.email  # what was typed may fold to it, and be another's mailbox
        mail_later(db, "known_address", to=to, language=known.language, name=known.name)
        return
    details = {
        "name": wish.name,
        "email": wish.email,
        "language": wish.language,
        "password_hash": wish.password_hash,
        "institution": wish.institution,
        "agreed": list(DOCUMENTS.items()),
    }
    token = make_link(db, CONFIRMATION, details=details)
    mail_later(db, "confirmation", to=wish.email, language=wish.language, token=token)


def open_account(db: Session, token: str) -> User:
    """Make the account a followed link asks for; raises LinkOver or AddressTaken."""
    wish = use_link(db, CONFIRMATION, token).details
    user = sign_up(
        db,
        name=wish["name"],
        email=wish["email"],
        language=wish["language"],
        password_hash=wish["password_hash"],
    )
    agree(db, user.id, [(document, version) for document, version in wish["agreed"]])
    institution = institution_called(db, wish["institution"]) if wish["institution"] else None
    if institution is not None:
        place(db, user.id, institution.id)
    return user
