"""People in bulk: accounts with a place of work, found again by address or by personal number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from app.activity.events import Event, Happening, record_all
from app.foundation import clock
from app.foundation.batches import add_all
from app.foundation.database import MomentType, table_of
from app.i18n.marking import N_
from app.identity.arrivals import PersonRegistered, tell_of_place, welcome
from app.identity.institutions import name_of_institution
from app.identity.placements import Placed, Placement
from app.identity.users import User, folded_address
from app.loads.accounts import (
    PLACED_BY,
    Account,
    account_of,
    accounts_meant,
    accounts_numbered,
    number_in,
    seen_before,
    theirs_of_others,
)
from app.loads.cells import (
    address_of,
    choice_of,
    country_of,
    key_of,
    language_of,
    number_of,
    past_day_of,
    place_code_of,
    text_of,
)
from app.loads.columns import Column, Told
from app.loads.faults import Fault
from app.loads.loads import Load
from app.loads.rows import CHANGED, NEW, REFUSED, TRANSFERRED, UNCHANGED, Applied, Decision, LoadRow
from app.loads.surroundings import Surroundings

GENDERS = {"woman": N_("Woman"), "man": N_("Man"), "other": N_("Other")}
COLUMNS = (
    Column("mail", N_("E-mail"), address_of, example="awa.diop@institute.example"),
    Column("number", N_("Personal number"), number_of, example="4711"),
    Column("name", N_("Name"), text_of(200), is_needed=True, example="Awa Diop"),
    Column("other_name", N_("Name in another script"), text_of(200), example="آوا ديوب"),
    Column("language", N_("Language"), language_of, example="fr"),
    Column("unit", N_("Institution code"), key_of, is_needed=True, example="roads-north"),
    Column("grade", N_("Grade"), text_of(64), example="A2"),
    Column("job_family", N_("Job family"), text_of(64), example="Finance"),
    Column("gender", N_("Gender"), choice_of(GENDERS), example="woman"),
    Column("country", N_("Country"), country_of, example="SN"),
    Column("place", N_("Place"), place_code_of, example="SN-DK"),
    Column("from", N_("From"), past_day_of, example="2026-01-01"),
)


_users, _placements = User.__table__.c, Placement.__table__.c
_events, _rows = Event.__table__.c, LoadRow.__table__.c
_END = (
    update(table_of(Placement))
    .where(_placements.id == bindparam("own_id"))
    .values(ended_at=bindparam("moment", type_=MomentType()))
)
_NUMBER = (
    update(table_of(User))
    .where(_users.id == bindparam("own_id"))
    .values(number=bindparam("new_number"))
)
_EMPTY = (
    update(table_of(User))
    .where(_users.id.in_(bindparam("ids", expanding=True)))
    .values(
        name="", other_name=None, name_language=None, email=None, email_folded=None, number=None,
        erased_at=bindparam("moment", type_=MomentType()),
    )
)  # fmt: skip
_CONFIRM = (
    update(table_of(Placement))
    .where(_placements.id.in_(bindparam("ids", expanding=True)))
    .values(on_trial=False)
)
_FORGET_PLACES = delete(table_of(Placement)).where(
    _placements.id.in_(bindparam("ids", expanding=True))
)


def decide(db: Session, around: Surroundings, rows: Sequence[Told]) -> list[Decision]:
    """What becomes of each row; nobody is changed."""
    by_mail, by_number = accounts_meant(db, around, rows)
    others = theirs_of_others(db, around, [*by_mail.values(), *by_number.values()])
    return [_decided(around, row, by_mail, by_number, others) for row in rows]


def _decided(
    around: Surroundings,
    row: Told,
    by_mail: dict[str, Account],
    by_number: dict[str, Account],
    others: frozenset[int],
) -> Decision:
    faults = list(row.faults)
    told = dict(row.values)
    unit = around.units.get(told.get("unit", ""))
    if "unit" in told and unit is None:
        faults.append(Fault("unit", "unit-unknown", {"value": told["unit"]}))
    country = told.get("country")
    if country and "place" in told and not told["place"].startswith(f"{country}-"):
        faults.append(Fault("place", "place-elsewhere", {}))
    account, unclear = account_of(around, row, by_mail, by_number)
    if not any(fault.column in {"mail", "number"} or fault.code == "swapped" for fault in faults):
        faults += unclear
    line = seen_before(around, row, account)
    if line:
        faults.append(Fault("", "twice", {"line": line}))
    if account and account.id in others:
        faults.append(Fault("", "person-elsewhere", {}))
    if faults:
        return Decision(row.number, REFUSED, faults, told, account.id if account else None)
    told["unit_id"] = unit
    if account is None:
        return Decision(row.number, NEW, [], told)
    return Decision(row.number, _fate(around, account, told), [], told, account.id)


def _fate(around: Surroundings, account: Account, told: dict[str, Any]) -> str:
    """What a row does to somebody who has an account; a cell left empty changes nothing."""
    if account.institution_id != told["unit_id"]:
        return TRANSFERRED if account.institution_id else CHANGED
    number = told.get("number")
    is_same = (
        account.confirmed_at is not None
        and all(told.get(name) in {None, getattr(account, name)} for name in PLACED_BY)
        and (number is None or account.number == number_in(around, number))
    )
    return UNCHANGED if is_same else CHANGED


def apply(
    db: Session, around: Surroundings, decisions: Sequence[Decision], by: int
) -> list[Applied]:
    """Make the accounts and placements that rows ask for; the ledger is not told yet."""
    new = [each for each in decisions if each.fate == NEW]
    ids = _open_accounts(db, around, new)
    places: list[dict[str, Any]] = [
        _place(around, ids[each.number], each.told, {}, by) for each in new
    ]
    kept: dict[int, dict[str, Any]] = {each.number: {"is_new": True} for each in new}
    numbers: list[dict[str, Any]] = []
    ended: list[dict[str, Any]] = []
    moment = clock.now()
    accounts = accounts_numbered(db, [each.subject_id for each in decisions if each.subject_id])
    for each in decisions:
        account = accounts.get(each.subject_id or 0)
        if each.fate == NEW or account is None:
            continue
        kept[each.number] = {
            "is_new": False, "old": account.placement_id, "number": account.number,
            "stood": account.institution_id is not None,
        }  # fmt: skip
        places.append(_place(around, account.id, each.told, account._asdict(), by))
        if account.placement_id is not None:
            ended.append({"own_id": account.placement_id, "moment": moment})
        number = each.told.get("number")
        if number is not None and account.number is None:
            numbers.append({"own_id": account.id, "new_number": number_in(around, number)})
        ids[each.number] = account.id
    if ended:
        db.execute(_END, ended)
    if numbers:
        db.execute(_NUMBER, numbers)
    placed = _insert_places(db, places)
    return [
        Applied(each.number, ids[each.number],
                kept[each.number] | {"placement": placed[ids[each.number]]}, each.told)
        for each in decisions if each.number in ids
    ]  # fmt: skip


def _open_accounts(
    db: Session, around: Surroundings, decisions: Sequence[Decision]
) -> dict[int, int]:
    """Accounts without a password, whose addresses nobody has proved yet; by line."""
    moment, language = clock.now(), "en"
    subjects = {uuid4(): each for each in decisions}
    values = [
        {
            "subject": subject,
            "email": each.told.get("mail"),
            "email_folded": folded_address(each.told["mail"]) if "mail" in each.told else None,
            "number": number_in(around, each.told["number"]) if "number" in each.told else None,
            "name": each.told["name"],
            "other_name": each.told.get("other_name"),
            "language": each.told.get("language", language),
            "made_at": moment,
        }
        for subject, each in subjects.items()
    ]
    rows = add_all(db, table_of(User), values, _users.id, _users.subject)
    return {subjects[subject].number: user_id for user_id, subject in rows}


def _place(
    around: Surroundings, user_id: int, told: dict[str, Any], stood: dict[str, Any], by: int
) -> dict[str, Any]:
    """A placement as a row says it; what the row leaves out stays as it stood."""
    moment = clock.now()
    since = moment
    if "from" in told:
        day = datetime.fromisoformat(told["from"]).date()
        since = min(moment, clock.start_of(day, around.time_zone))
    return {
        "user_id": user_id,
        "institution_id": told["unit_id"],
        **{name: told.get(name, stood.get(name)) for name in PLACED_BY},
        "valid_from": since,
        "recorded_at": moment,
        "confirmed_at": moment,
        "confirmed_by": by,
        "on_trial": True,
    }


def _insert_places(db: Session, places: list[dict[str, Any]]) -> dict[int, int]:
    rows = add_all(db, table_of(Placement), places, _placements.id, _placements.user_id)
    return {user_id: each for each, user_id in rows}


def overtaken(db: Session, load: Load) -> int:
    """How many rows cannot be undone, since something happened about their people meanwhile."""
    since = exists().where(_events.person_id == _rows.subject_id, _events.id > load.marker)
    moved = (_rows.load_id == load.id) & (_rows.step == 1)
    return db.scalar(select(func.count()).select_from(LoadRow).where(moved, since)) or 0


def undo(db: Session, applied: Sequence[Applied]) -> None:
    """Put people back where they stood; an account that was made is emptied."""
    moment = clock.now()
    db.execute(_FORGET_PLACES, {"ids": [each.before["placement"] for each in applied]})
    new = [each.subject_id for each in applied if each.before["is_new"]]
    if new:
        db.execute(_EMPTY, {"ids": new, "moment": moment})
    known = [each for each in applied if not each.before["is_new"]]
    reopened = [
        {"own_id": each.before["old"], "moment": None} for each in known if each.before["old"]
    ]
    if reopened:
        db.execute(_END, reopened)
    numbers = [{"own_id": each.subject_id, "new_number": each.before["number"]} for each in known]
    if numbers:
        db.execute(_NUMBER, numbers)


def tell(db: Session, around: Surroundings, applied: Sequence[Applied]) -> None:
    """Tell the ledger who stands where, and write to those who are new, or stood nowhere before."""
    by = around.load.brought_by
    db.execute(_CONFIRM, {"ids": [each.before["placement"] for each in applied]})
    happened: list[Happening] = []
    for each in applied:
        if each.before["is_new"]:
            happened.append(PersonRegistered(actor_id=by, person_id=each.subject_id))
        happened.append(
            Placed(
                actor_id=by,
                person_id=each.subject_id,
                placement_id=each.before["placement"],
                institution_id=each.told["unit_id"],
                confirmed=True,
            )
        )
    record_all(db, happened)
    welcome(db, _named(db, around, [each for each in applied if each.before["is_new"]]))
    taken_in = [each for each in applied if not each.before.get("stood", True)]
    if taken_in:
        tell_of_place(db, _named(db, around, taken_in))


def _named(db: Session, around: Surroundings, applied: Sequence[Applied]) -> dict[int, str]:
    """People by their new institutions' names."""
    units = {each.subject_id: each.told["unit_id"] for each in applied}
    for unit in set(units.values()) - around.names.keys():
        around.names[unit] = name_of_institution(db, unit)
    return {subject: around.names[unit] for subject, unit in units.items()}
