"""Rights: what each role opens, right by right; a role that is not named here opens nothing."""

from collections.abc import Iterable
from enum import IntFlag, auto
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from app.identity.grants import (
    ADMINISTRATOR,
    AUDITOR,
    REGISTRAR,
    REPORTER,
    STUDIO_ROLES,
    Grant,
)


class Right(IntFlag):
    """What a route asks of who uses it; the first three are places in the head of each page."""

    COUNTS = auto()  # statistics without names
    STUDIO = auto()  # courses as they are written
    ADMINISTRATION = auto()  # what waits for who looks after an institution
    LEDGER = auto()  # what happened, by whom
    NAMES = auto()  # lists of people
    POWERS = auto()  # who may do what
    PEOPLE = auto()  # roles, invitations, claims
    INSTITUTIONS = auto()  # their tree and its reforms
    DUTIES = auto()  # how far people are with what is required
    REQUIREMENTS = auto()  # what is required
    LOADS = auto()  # files of rows
    PROGRAMS = auto()  # tokens and webhooks
    DATA = auto()  # what people ask about their data
    INQUIRIES = auto()  # what readers ask about lessons
    BULLETINS = auto()  # figures released to everybody


NOTHING = Right(0)
IN_THE_HEAD = Right.COUNTS | Right.STUDIO | Right.ADMINISTRATION
# What opens the same, role by role.
CLASSES: tuple[tuple[tuple[str, ...], Right], ...] = (
    (
        (ADMINISTRATOR,),
        Right.COUNTS | Right.POWERS | Right.PEOPLE | Right.INSTITUTIONS | Right.DUTIES
        | Right.REQUIREMENTS | Right.LOADS | Right.PROGRAMS | Right.DATA | Right.INQUIRIES
        | Right.BULLETINS | Right.ADMINISTRATION,
    ),
    ((REGISTRAR,), Right.COUNTS | Right.NAMES | Right.DUTIES | Right.ADMINISTRATION),
    ((REPORTER,), Right.COUNTS),
    ((AUDITOR,), Right.LEDGER | Right.POWERS | Right.ADMINISTRATION),
    (STUDIO_ROLES, Right.STUDIO),
)  # fmt: skip
COMMA = ","
MOST_SETS = 4_096  # of roles that are looked up once


def opened_by(roles: Iterable[str]) -> Right:
    """What these roles open together."""
    asked = set(roles)
    return reduce(or_, (opens for names, opens in CLASSES if asked.intersection(names)), NOTHING)


@lru_cache(maxsize=MOST_SETS)
def opened_to(roles: str | None) -> Right:
    """What roles open together that `roles_held_by` told."""
    return opened_by((roles or "").split(COMMA))


def roles_held_by(user_id: ColumnElement[int]) -> ColumnElement[str | None]:
    """The roles that a person holds somewhere, each as often, for the statement of a page."""
    grants = Grant.__table__.c
    # Written into the statement: a prepared one has all its values given by name.
    between: Any = literal_column(f"'{COMMA}'")
    return (
        select(func.aggregate_strings(grants.role, between))
        .where(grants.user_id == user_id, grants.ended_at.is_(None))
        .scalar_subquery()
    )
