"""Rights: what each role opens, right by right; a role that is not named here opens nothing."""

from collections.abc import Iterable
from enum import IntFlag, auto
from functools import reduce
from operator import or_

from sqlalchemy import ColumnElement, Integer, case, distinct, func, literal_column, select

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
# Classes of roles that open the same. Each has a bit of its own, so that the database can add
# them up, and each set of them is looked up once here.
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
OPENED = tuple(
    reduce(or_, (opens for at, (_, opens) in enumerate(CLASSES) if held >> at & 1), NOTHING)
    for held in range(1 << len(CLASSES))
)


def opened_by(roles: Iterable[str]) -> Right:
    """What these roles open together."""
    asked = set(roles)
    return reduce(or_, (opens for names, opens in CLASSES if asked.intersection(names)), NOTHING)


def _bit_of(role: ColumnElement[str]) -> ColumnElement[int]:
    # Literals of our own, not parameters: this is a part of the statement of every page.
    bits: list[tuple[ColumnElement[str], ColumnElement[int]]] = [
        (literal_column(f"'{name}'"), literal_column(str(1 << at), Integer))
        for at, (roles, _) in enumerate(CLASSES)
        for name in roles
    ]
    return case(*bits, value=role, else_=literal_column("0", Integer))


def roles_held_by(user_id: ColumnElement[int]) -> ColumnElement[int]:
    """The classes of roles that a person holds somewhere, as bits, for the statement of a page."""
    grants = Grant.__table__.c
    return (
        select(
            func.coalesce(func.sum(distinct(_bit_of(grants.role))), literal_column("0", Integer))
        )
        .where(grants.user_id == user_id, grants.ended_at.is_(None))
        .scalar_subquery()
    )
