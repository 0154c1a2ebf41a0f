"""Makers of people and their institutions."""

import unicodedata
from typing import Any

from sqlalchemy.orm import Session

from app.foundation import clock
from app.identity.grants import grant
from app.identity.institutions import Institution, found_institution, institution_called
from app.identity.placements import place, standing_placement
from app.identity.users import User, sign_up

INTERIOR = ("ministry-of-the-interior", "Ministry of the Interior", "ministry")
INSTITUTE = ("institute", "Institute of Public Administration", "school")
HEALTH = ("ministry-of-health", "Ministry of Health", "ministry")


def make_institution(
    db: Session, key: str, name: str, kind: str = "agency", under: Institution | None = None
) -> Institution:
    """The institution with this key, founded when it is not there yet."""
    parent_id = under.id if under else None
    return institution_called(db, key) or found_institution(
        db, key, name, kind, parent_id=parent_id
    )


def make_interior(db: Session) -> Institution:
    return make_institution(db, *INTERIOR)


def make_institute(db: Session) -> Institution:
    return make_institution(db, *INSTITUTE, under=make_interior(db))


def make_person(
    db: Session,
    name: str,
    at: Institution | None = None,
    *,
    language: str = "en",
    password_hash: str | None = None,
    roles: tuple[str, ...] = (),
    on: Institution | None = None,
) -> User:
    """A confirmed person with an address of their name, placed `at`, holding `roles` `on`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    address = ".".join(plain.split()) + "@example.org"
    user = sign_up(db, name=name, email=address, language=language, password_hash=password_hash)
    if at is not None:
        place(db, user.id, at.id)
    for role in roles:
        grant(db, user.id, role, on.id if on else None)
    db.flush()
    return user


def confirm_place(db: Session, *people: User) -> None:
    """Confirm where these people say to work, and commit: from then on they are staff there."""
    for each in people:
        standing = standing_placement(db, each.id)
        assert standing is not None
        standing.confirmed_at, standing.confirmed_by = clock.now(), each.id
    db.commit()


def cast(db: Session, name: str, at: Institution, **more: Any) -> User:
    """A person of the cast, committed, so that a browser may look at once."""
    user = make_person(db, name, at, **more)
    db.commit()
    return user
