"""The demo: two people and their institutions, for a first look at an empty platform."""

import secrets

from sqlalchemy.orm import Session

from app.foundation.database import Engines
from app.identity.agreements import agree
from app.identity.grants import ROLES, grant
from app.identity.institutions import Institution, found_institution
from app.identity.passwords import hash_of
from app.identity.placements import place
from app.identity.users import User, sign_up

PASSWORD_BYTES = 12
LEARNER = ("Learner", "Awa Diop", "learner@demo.example")
ADMINISTRATOR = ("Administrator", "Chloé Martin", "administrator@demo.example")


def make_demo(engines: Engines) -> list[tuple[str, str, str]]:
    """A learner and an administrator with new random passwords: (label, e-mail, password) of each.

    They are confirmed and have agreed to the documents; the administrator is registrar too.
    """
    passwords = [secrets.token_urlsafe(PASSWORD_BYTES) for _person in range(2)]
    hashes = [hash_of(password) for password in passwords]
    with engines.writing() as db:
        ministry, institute = _institutions(db)
        learner = _person(db, LEARNER, hashes[0])
        administrator = _person(db, ADMINISTRATOR, hashes[1])
        place(db, administrator.id, ministry.id, confirmed_by=administrator.id)
        place(db, learner.id, institute.id, confirmed_by=administrator.id)
        for role in ROLES:
            grant(db, administrator.id, role, ministry.id)
    people = (LEARNER, ADMINISTRATOR)
    return [
        (label, email, password)
        for (label, _name, email), password in zip(people, passwords, strict=True)
    ]


def _institutions(db: Session) -> tuple[Institution, Institution]:
    ministry = found_institution(
        db, "demo-ministry", "Ministry of Public Service (demo)", "ministry"
    )
    institute = found_institution(
        db,
        "demo-institute",
        "Institute of Public Administration (demo)",
        "school",
        parent_id=ministry.id,
    )
    return ministry, institute


def _person(db: Session, person: tuple[str, str, str], password_hash: str) -> User:
    _label, name, email = person
    user = sign_up(db, name=name, email=email, language="en", password_hash=password_hash)
    agree(db, user.id)
    return user
