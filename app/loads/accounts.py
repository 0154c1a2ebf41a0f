"""Accounts: whom a row means by address or personal number, and where they stand now."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from app.foundation.lists import among_numbers, among_texts
from app.foundation.prepared import Prepared
from app.identity.grants import Grant
from app.identity.placements import Placement
from app.identity.users import User, folded_address
from app.loads.columns import Told
from app.loads.faults import Fault
from app.loads.surroundings import Surroundings

FEW = 20_000  # accounts whose keys are all held while a file is looked at, in a few megabytes
PLACED_BY = ("grade", "job_family", "gender", "country", "place")


class Account(NamedTuple):
    """Somebody a row may mean: their account and where they stand now."""

    id: int
    email_folded: str | None
    number: str | None
    placement_id: int | None
    institution_id: int | None
    grade: str | None
    job_family: str | None
    gender: str | None
    country: str | None
    place: str | None
    confirmed_at: datetime | None


_users, _placements, _grants = User.__table__.c, Placement.__table__.c, Grant.__table__.c
_STOOD = (
    select(
        _users.id, _users.email_folded, _users.number, _placements.id, _placements.institution_id,
        *(_placements[name] for name in PLACED_BY), _placements.confirmed_at,
    )
    .outerjoin_from(
        User.__table__,
        Placement.__table__,
        (_placements.user_id == _users.id) & _placements.ended_at.is_(None),
    )
    .where(_users.erased_at.is_(None))
)  # fmt: skip
# An address or number of an account that was merged means the one that holds everything now. Three
# questions instead of one: either database may read all users for what mixes any two of them.
_MEANT = select(
    func.coalesce(_users.merged_into, _users.id).label("meant"), _users.email_folded, _users.number
)
_TOLD = Prepared(
    union_all(
        _MEANT.where(among_texts(_users.email_folded, "mails")),
        _MEANT.where(among_texts(_users.number, "numbers")),
    )
)
_KEYS = select(_users.email_folded, _users.number).where(
    _users.email_folded.is_not(None) | _users.number.is_not(None)
)
_BY_ID = Prepared(_STOOD.where(among_numbers(_users.id, "ids")))
_ROLES = Prepared(
    select(_grants.user_id, _grants.institution_id).where(
        among_numbers(_grants.user_id, "ids"), _grants.ended_at.is_(None)
    )
)


def number_in(surroundings: Surroundings, number: str) -> str:
    """A personal number as the platform knows it: each highest institution has its own."""
    return f"{number}@{surroundings.root_key}"


def keys_known(db: Session) -> frozenset[str] | None:
    """Folded addresses and numbers that accounts are found by; none where they are many.

    A platform's first people come in its largest files, and need not be looked for one by one.
    """
    rows = db.execute(_KEYS.limit(FEW + 1)).all()
    return frozenset(key for row in rows for key in row if key) if len(rows) <= FEW else None


def accounts_meant(
    db: Session, around: Surroundings, rows: Iterable[Told]
) -> tuple[dict[str, Account], dict[str, Account]]:
    """The accounts that rows mean, by folded address and by personal number."""
    told = [row.values for row in rows]
    mails = [folded_address(each["mail"]) for each in told if "mail" in each]
    numbers = [number_in(around, each["number"]) for each in told if "number" in each]
    if around.keys is not None:
        mails = [each for each in mails if each in around.keys]
        numbers = [each for each in numbers if each in around.keys]
    if not mails and not numbers:
        return {}, {}
    named = _TOLD.rows(db, {"mails": mails, "numbers": numbers})
    stood = accounts_numbered(db, [each.meant for each in named])
    found = [
        stood[meant]._replace(email_folded=mail, number=number or stood[meant].number)
        for meant, mail, number in named
        if meant in stood
    ]
    return (
        {each.email_folded: each for each in found if each.email_folded},
        {each.number: each for each in found if each.number},
    )


def account_of(
    around: Surroundings,
    row: Told,
    by_mail: dict[str, Account],
    by_number: dict[str, Account],
) -> tuple[Account | None, list[Fault]]:
    """Whom a row means, if anybody yet, and what is wrong with how it says so."""
    mail, number = row.values.get("mail"), row.values.get("number")
    if mail is None and number is None:
        return None, [Fault("mail", "no-key", {})]
    full = number_in(around, number) if number is not None else None
    mailed = by_mail.get(folded_address(mail)) if mail is not None else None
    numbered = by_number.get(full) if full is not None else None
    if mailed and numbered and mailed.id != numbered.id:
        return None, [Fault("number", "two-people", {})]
    if numbered and mail is not None and not mailed:
        return None, [Fault("mail", "mail-differs", {})]
    if mailed and full is not None and mailed.number not in {None, full}:
        return None, [Fault("number", "number-differs", {})]
    return mailed or numbered, []


def theirs_of_others(
    db: Session, around: Surroundings, accounts: Iterable[Account]
) -> frozenset[int]:
    """Whom a file may not take: who stands elsewhere, if only by their own word, or holds a role there.

    Who stands in the load's institutions is theirs already, whatever else they hold.
    """
    stood = {each.id: each.institution_id for each in accounts}
    nowhere = [each for each, at in stood.items() if at is None]
    roles = _ROLES.rows(db, {"ids": nowhere}) if nowhere else []
    away = {each for each, at in stood.items() if at is not None and at not in around.scope}
    return frozenset(away.union(row[0] for row in roles if row[1] not in around.scope))


def seen_before(around: Surroundings, row: Told, account: Account | None, more: Any = "") -> int:
    """The line that told of the same already, or 0; from now on this row has."""
    keys: list[Any] = [account.id] if account else []
    if "mail" in row.values:
        keys.append(folded_address(row.values["mail"]))
    if "number" in row.values:
        keys.append(row.values["number"])
    if more:
        keys = [(key, more) for key in keys]
    line = next((around.seen[key] for key in keys if key in around.seen), 0)
    for key in keys:
        around.seen.setdefault(key, row.number)
    return line if line != row.number else 0


def accounts_numbered(db: Session, ids: list[int]) -> dict[int, Account]:
    """The accounts with these ids, as they stand now."""
    return {row[0]: Account(*row) for row in _BY_ID.rows(db, {"ids": ids})} if ids else {}
