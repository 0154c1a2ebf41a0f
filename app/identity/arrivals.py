"""Arrivals: the way in for people whom an administrator registered, by letter or by code.

A code also lets people without a mailbox back in who forgot their password.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.prepared import Once
from app.foundation.typed import bare_code
from app.identity.one_time_links import (
    ARRIVAL,
    link_of,
    make_link,
    make_links,
    person_of,
    use_link,
    void_links,
)
from app.identity.users import AddressTaken, User, folded_address, user_numbered
from app.identity.ways_in import replace_password
from app.queue.mails import letter, mails_later

# Letters and digits that nobody takes for each other: 32 signs, so 16 of them are 80 bits.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH, GROUP = 16, 4
_ADD, _users = Once(User), User.__table__.c


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Happening):
    """An administrator made an account for a person, who has not come in yet."""

    kind: ClassVar[str] = "person-registered"


@dataclass(frozen=True, kw_only=True)
class PersonArrived(Happening):
    """A person whom an administrator registered came in for the first time."""

    kind: ClassVar[str] = "person-arrived"


@dataclass(frozen=True, kw_only=True)
class CodeMade(Happening):
    """An administrator had a code printed for a person without a mailbox; earlier ones are void."""

    kind: ClassVar[str] = "code-made"


def register(
    db: Session, *, name: str, email: str, language: str, by: int, other_name: str | None = None
) -> User:
    """Make the account of a person who has not come in yet; raises AddressTaken."""
    values = {
        "subject": uuid4(),
        "email": email,
        "email_folded": folded_address(email),
        "name": name,
        "other_name": other_name,
        "language": language,
        "made_at": clock.now(),
    }
    user_id = _ADD.add_named(db, values)
    if user_id is None:
        raise AddressTaken
    record(db, PersonRegistered(actor_id=by, person_id=user_id, language=language))
    return user_numbered(db, user_id)


def welcome(db: Session, institutions: Mapping[int, str]) -> None:
    """Write to registered people how to come in, each by their institution's name; earlier ways are void."""
    people = _with_mailboxes(db, institutions)
    ids = [each.id for each in people]
    void_links(db, ARRIVAL, *ids)
    tokens = make_links(db, ARRIVAL, ids)
    mails_later(
        db,
        (
            letter(
                "welcome", to=each.email, language=each.language, token=tokens[each.id],
                name=each.name, institution=institutions[each.id],
            )
            for each in people
        ),
    )  # fmt: skip


def tell_of_place(db: Session, institutions: Mapping[int, str]) -> None:
    """Write to people who had an account already which institution says that they work there."""
    mails_later(
        db,
        (
            letter(
                "placed", to=each.email, language=each.language, name=each.name,
                institution=institutions[each.id],
            )
            for each in _with_mailboxes(db, institutions)
        ),
    )  # fmt: skip


def _with_mailboxes(db: Session, ids: Iterable[int]) -> Sequence[Row[int, str, str, str]]:
    asked = select(_users.id, _users.email, _users.language, _users.name).where(
        _users.id.in_(ids), _users.email.is_not(None), _users.merged_into.is_(None)
    )
    return db.execute(asked.order_by(_users.id)).all()


def make_code(db: Session, user_id: int, by: int) -> str:
    """A code to print for a person without a mailbox, in groups; earlier ones are void."""
    void_links(db, ARRIVAL, user_id)
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    make_link(db, ARRIVAL, user_id=user_id, token=code)
    record(db, CodeMade(actor_id=by, person_id=user_id))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def token_in(typed: str) -> str:
    """The token that somebody typed or followed: a code is read without its hyphens and case."""
    bare = bare_code(typed).upper()
    return bare if len(bare) == LENGTH and set(bare) <= set(SIGNS) else typed.strip()


def who_arrives(db: Session, token: str) -> User:
    """Whose way in this is; raises LinkOver."""
    return user_numbered(db, person_of(link_of(db, ARRIVAL, token)))


def has_come_in(user: User) -> bool:
    """Whether the person came in before, so that a password now takes an earlier one's place."""
    return user.confirmed_at is not None or user.password_hash is not None


def arrive_vouched(db: Session, user: User) -> None:
    """Let a registered person in whose address is proved, as by a provider; letter and code are void."""
    user.confirmed_at = clock.now()
    void_links(db, ARRIVAL, user.id)
    db.flush()
    record(db, PersonArrived(actor_id=user.id, person_id=user.id))


def arrive(db: Session, token: str, password_hash: str) -> User:
    """Set the password of a registered person and use their link up; raises LinkOver.

    Of who came in before, the earlier password and every sign-in end, as by a mailed link.
    """
    user = user_numbered(db, person_of(use_link(db, ARRIVAL, token)))
    if has_come_in(user):
        replace_password(db, user, password_hash)
    else:
        user.password_hash = password_hash
    if user.confirmed_at is None:
        arrive_vouched(db, user)
    return user
