"""Institutions in bulk: a tree of thousands by code and the code above, new or changed in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.activity.events import Happening, record_all
from app.foundation import clock
from app.foundation.database import MomentType, table_of
from app.i18n.marking import N_
from app.identity.grants import Grant
from app.identity.institutions import Institution, InstitutionFounded, InstitutionState
from app.identity.invitations import Invitation
from app.identity.placements import Placement
from app.identity.reforms import InstitutionChanged, hold_the_tree
from app.loads.cells import choice_of, country_of, day_of, key_of, place_code_of, text_of
from app.loads.circles import circle_of, spans_since
from app.loads.columns import Column, Told
from app.loads.faults import Fault
from app.loads.loads import Load
from app.loads.rows import (
    CHANGED,
    NEW,
    REFUSED,
    UNCHANGED,
    Applied,
    Decision,
    LoadRow,
    Overtaken,
)
from app.loads.surroundings import Surroundings, known_by_id, known_units
from app.loads.trees import Tree, day_from, moment_of

KIND_WORDS = {
    "country": N_("Country"), "ministry": N_("Ministry"), "agency": N_("Agency"),
    "department": N_("Department"), "office": N_("Office"), "school": N_("School"),
    "institute": N_("Institute"), "civil-society": N_("Civil-society body"),
    "audit": N_("Audit body"), "parliament": N_("Parliament"),
}  # fmt: skip
COLUMNS = (
    Column("code", N_("Code"), key_of, is_needed=True, example="roads-north"),
    Column("parent", N_("Code above"), key_of, example="roads"),
    Column("kind", N_("Kind"), choice_of(KIND_WORDS), is_needed=True, example="office"),
    Column("name", N_("Name"), text_of(300), is_needed=True, example="Roads, northern office"),
    Column("country", N_("Country"), country_of, example="SN"),
    Column("place", N_("Place"), place_code_of, example="SN-DK"),
    Column("from", N_("From"), day_of, example="2026-01-01"),
)

_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_rows = LoadRow.__table__.c
_CLOSE = (
    update(table_of(InstitutionState))
    .where(_states.id == bindparam("own_id"))
    .values(
        valid_to=bindparam("new_end", type_=MomentType()),
        replaced_at=bindparam("new_replaced", type_=MomentType()),
    )
)
_FORGET_STATES = delete(table_of(InstitutionState)).where(
    _states.id.in_(bindparam("ids", expanding=True))
)
_FORGET_UNITS = delete(table_of(Institution)).where(
    _institutions.id.in_(bindparam("ids", expanding=True))
)
AT_ONCE = 1_000


def decide(db: Session, around: Surroundings, rows: Sequence[Told]) -> list[Decision]:
    """What becomes of each row, all of them looked at as one tree; nothing is changed."""
    named = {row.values[name] for row in rows for name in ("code", "parent") if name in row.values}
    known = known_by_id(db, sorted({*around.scope, around.load.institution_id}))
    known |= known_units(db, sorted(named - known.keys()))
    tree = Tree(around, rows, known)
    tree.check(lambda since: spans_since(db, since))
    return [_decided(around, tree, row) for row in rows]


def _decided(around: Surroundings, tree: Tree, row: Told) -> Decision:
    faults = tree.faults[row.number]
    if faults:
        return Decision(row.number, REFUSED, faults, row.values)
    key = row.values["code"]
    told = {
        **row.values,
        "parent": tree.parent_of(key),
        "moment": moment_of(around, row).isoformat(),
    }
    unit = tree.known.get(key)
    if unit is None:
        return Decision(row.number, NEW, [], told)
    parent = tree.keys.get(unit.parent_id or 0)
    is_same = (
        unit.name == told["name"]
        and told["parent"] == parent
        and told.get("country") in {None, unit.country}
        and told.get("place") in {None, unit.place}
    )
    if is_same:
        return Decision(row.number, UNCHANGED, [], told, unit.id)
    if moment_of(around, row) < unit.valid_from:
        fault = Fault("from", "changes-overlap", {"day": day_from(around, unit.valid_from)})
        return Decision(row.number, REFUSED, [fault], told, unit.id)
    return Decision(row.number, CHANGED, [], told, unit.id)


def apply(
    db: Session, around: Surroundings, decisions: Sequence[Decision], by: int
) -> list[Applied]:
    """Found and change institutions as rows ask for; the ledger is not told yet."""
    del by
    new = [each for each in decisions if each.fate == NEW]
    ids = _found(db, around, new)
    stood = known_by_id(db, [each.subject_id for each in decisions if each.subject_id])
    parents = _parents(db, decisions) | ids
    moment = clock.now()
    states: list[dict[str, Any]] = []
    closed: list[dict[str, Any]] = []
    kept: dict[int, dict[str, Any]] = {}
    for each in decisions:
        told, unit = each.told, stood.get(each.told["code"])
        since = datetime.fromisoformat(told["moment"])
        subject = unit.id if unit else ids[told["code"]]
        kept[subject] = {"is_new": unit is None, "since": told["moment"]}
        if unit is not None:
            is_instead = unit.valid_from == since
            closed.append({"own_id": unit.state_id, "new_end": None if is_instead else since,
                           "new_replaced": moment if is_instead else None})  # fmt: skip
            kept[subject]["old"] = unit.state_id
        parent = told["parent"]
        above = unit.parent_id if unit and told["code"] == _root(around) else parents.get(parent)
        states.append({
            "institution_id": subject, "name": told["name"], "parent_id": above,
            "country": told.get("country", unit.country if unit else None),
            "place": told.get("place", unit.place if unit else None),
            "valid_from": since, "recorded_at": moment,
        })  # fmt: skip
    if closed:
        db.execute(_CLOSE, closed)
    statement = insert(table_of(InstitutionState)).returning(_states.id, _states.institution_id)
    made = {subject: state for state, subject in db.execute(statement, states)} if states else {}
    return [
        Applied(each.number, subject, kept[subject] | {"state": made[subject]}, each.told)
        for each in decisions
        for subject in [each.subject_id or ids[each.told["code"]]]
    ]


def _root(around: Surroundings) -> str:
    own = around.load.institution_id
    return next((key for key, each in around.units.items() if each == own), "")


def _found(db: Session, around: Surroundings, decisions: Sequence[Decision]) -> dict[str, int]:
    values = [
        {"key": each.told["code"], "kind": each.told["kind"], "time_zone": around.time_zone}
        for each in decisions
    ]
    statement = insert(table_of(Institution)).returning(_institutions.key, _institutions.id)
    return dict(db.execute(statement, values).all()) if values else {}


def _parents(db: Session, decisions: Sequence[Decision]) -> dict[str, int]:
    keys = sorted({each.told["parent"] for each in decisions if each.told["parent"]})
    return {key: each.id for key, each in known_units(db, keys).items()}


def overtaken(db: Session, load: Load) -> int:
    """How many rows cannot be undone, since people, roles or other changes hang on them."""
    own = _rows.before["state"].as_integer()
    later = InstitutionState.__table__.alias("later").c
    used = or_(
        exists().where(_states.id == own, _states.valid_to.is_not(None)),
        exists().where(_states.id == own, _states.replaced_at.is_not(None)),
        _rows.before["is_new"].as_boolean()
        & or_(
            exists().where(Placement.institution_id == _rows.subject_id),
            exists().where(Grant.institution_id == _rows.subject_id),
            exists().where(Invitation.institution_id == _rows.subject_id),
            exists().where(
                later.parent_id == _rows.subject_id, later.recorded_at > load.settled_at
            ),
        ),
    )
    moved = (_rows.load_id == load.id) & (_rows.step == 1)
    return db.scalar(select(func.count()).select_from(LoadRow).where(moved, used)) or 0


def undo(db: Session, applied: Sequence[Applied]) -> None:
    """Take away what was founded, and let earlier states hold again; raises Overtaken."""
    hold_the_tree(db)
    states = [each.before["state"] for each in applied]
    for start in range(0, len(states), AT_ONCE):
        db.execute(_FORGET_STATES, {"ids": states[start : start + AT_ONCE]})
    reopened = [
        {"own_id": each.before["old"], "new_end": None, "new_replaced": None}
        for each in applied
        if not each.before["is_new"]
    ]
    if reopened:
        db.execute(_CLOSE, reopened)
    founded = [each.subject_id for each in applied if each.before["is_new"]]
    for start in range(0, len(founded), AT_ONCE):
        db.execute(_FORGET_UNITS, {"ids": founded[start : start + AT_ONCE]})
    if reopened:
        _check_places(db, [each for each in applied if not each.before["is_new"]])


def _check_places(db: Session, undone: Sequence[Applied]) -> None:
    """See that each stands on sound ground again: above it nothing has ended or went under it."""
    spans = spans_since(db, min(datetime.fromisoformat(each.before["since"]) for each in undone))
    stood = known_by_id(db, [each.subject_id for each in undone])
    above = known_by_id(db, sorted({each.parent_id for each in stood.values() if each.parent_id}))
    has_ended = any(each.ending is not None for each in above.values())
    if has_ended or any(circle_of(spans, key, each.valid_from) for key, each in stood.items()):
        raise Overtaken


def tell(db: Session, around: Surroundings, applied: Sequence[Applied]) -> None:
    """Tell the ledger what was founded and what is another from which moment on."""
    by = around.load.brought_by
    happened: list[Happening] = []
    for each in applied:
        unit = each.subject_id
        if each.before["is_new"]:
            happened.append(InstitutionFounded(actor_id=by, institution_id=unit))
        else:
            since = datetime.fromisoformat(each.before["since"])
            happened.append(InstitutionChanged(actor_id=by, institution_id=unit, since=since))
    record_all(db, happened)
