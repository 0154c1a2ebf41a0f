"""Slips: a printed code with which somebody without a mailbox comes in, or back in."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.foundation.errors import NotAllowed, Refusal
from app.i18n.marking import N_
from app.identity.arrivals import make_code
from app.identity.grants import foreign_roles
from app.identity.placements import place_of
from app.identity.role_names import roles_in_words
from app.identity.throttles import SLIPS, note_try
from app.identity.users import user_numbered


class Slip(NamedTuple):
    """What is handed to a person: their name, where they work, how they sign in, and the code."""

    name: str
    institution: str
    sign_in_name: str
    code: str


class OwnSlip(NotAllowed):
    """A code takes the present password's place, which its owner is asked for."""

    says = N_("You cannot print a slip for yourself.")
    mend = N_("Change your password in your account.")


class HasMailbox(Refusal):
    """The person reads mail, which alone proves that a new password is theirs."""

    says = N_("This person has a mailbox, so no code is printed for them.")
    mend = N_(
        "They follow “I forgot my password” on the sign-in page, and get a link by mail that lets "
        "them set a new one."
    )


class HasNoSignInName(Refusal):
    """The person has neither a mailbox nor a personal number, so no password would let them in."""

    says = N_("This person has no personal number, so a password would not let them in.")
    mend = N_("They sign in with the button of their institution on the sign-in page.")


class RolesNotYours(NotAllowed):
    """The person holds a role that the registrar may not give, and so not take on by a code."""

    says = N_("This person holds a role that you may not give: %(roles)s.")
    mend = N_("Ask somebody who may give it, or have the role ended first.")


def print_slip(db: Session, user_id: int, by: int) -> Slip:
    """A slip with a new code for who has no mailbox; their earlier codes are void.

    Raises OwnSlip, HasMailbox, HasNoSignInName, RolesNotYours and TriedTooOften. Whoever calls it
    has seen to it that this is a person whose name `by` may see.
    """
    user = user_numbered(db, user_id)
    if user.id == by:
        raise OwnSlip
    if user.email is not None:
        raise HasMailbox
    if user.number is None:
        raise HasNoSignInName
    foreign = foreign_roles(db, by, user.id)
    if foreign:
        raise RolesNotYours(roles=roles_in_words(foreign))
    note_try(db, SLIPS, str(by))
    place = place_of(db, user.id)
    institution = place.name if place is not None else ""
    return Slip(user.name, institution, user.number, make_code(db, user.id, by))
