"""Institutions as the API gives and takes them: the same verbs as the pages, in a token's tree."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.foundation.typed import in_one_line
from app.i18n.marking import N_
from app.identity.histories import day_begins
from app.identity.institutions import (
    Institution,
    InstitutionState,
    found_institution,
    is_standing,
)
from app.identity.reforms import (
    Part,
    close_institution,
    merge_institutions,
    move_institution,
    rename_institution,
    split_institution,
)
from app.identity.units.listings import UnitUnknown
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, text
from app.interop.api.operations import (
    Paging,
    Sent,
    check_unchanged,
    operation,
    page_of,
)
from app.interop.scopes import UNITS_READ, UNITS_WRITE

Key = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1, two letters.")]
Place = Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", description="ISO 3166-2.")]
Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(in_one_line)]
Kind = Literal[
    "country", "ministry", "agency", "department", "office", "school", "institute",
    "civil-society", "audit", "parliament",
]  # fmt: skip


class Unit(BaseModel):
    """An institution as it stands now; `ending` says how it ended, if it has."""

    key: str
    name: str
    kind: str
    parent: str | None
    time_zone: str
    country: str | None
    place: str | None
    since: datetime
    ending: str | None


class UnitList(BaseModel):
    """A page of institutions, by key."""

    units: list[Unit]


class UnitsAsked(Paging):
    """Which institutions: those directly under one, and whether those that have ended too."""

    under: Annotated[str, Field(max_length=64, description="Key of the one above.")] = ""
    ended: Annotated[
        Literal["no", "yes"], Field(description="Whether those that have ended are listed too.")
    ] = "no"


class NewUnit(Sent):
    """An institution to found under another one, from a day on, or from now."""

    key: Key
    name: Name
    kind: Kind
    parent: Key
    country: Country | None = None
    place: Place | None = None
    since: date | None = None


class UnitChange(Sent):
    """What an institution is called, or what it stands under, from a day on, or from now."""

    name: Name | None = None
    parent: Key | None = None
    since: date | None = None


class Closing(Sent):
    """The day from which an institution has ended, or now."""

    since: date | None = None


class Merging(Sent):
    """The institution in which another one goes on, and from which day, or now."""

    into: Key
    since: date | None = None


class NewPart(Sent):
    """What a split makes: the key and the name of one new institution."""

    key: Key
    name: Name


class Splitting(Sent):
    """The institutions that come from one; what stands under it goes to the `heir` among them."""

    parts: Annotated[list[NewPart], Field(min_length=2, max_length=50)]
    heir: Key | None = None
    since: date | None = None


_states, _institutions = InstitutionState.__table__.c, Institution.__table__.c
_above = aliased(Institution.__table__).c
_UNITS = (
    select(
        _institutions.key, _states.name, _institutions.kind,
        select(_above.key).where(_above.id == _states.parent_id).scalar_subquery().label("parent"),
        _institutions.time_zone, _states.country, _states.place,
        _states.valid_from.label("since"), _states.ending,
    )
    .join_from(
        Institution.__table__, InstitutionState.__table__,
        (_states.institution_id == _institutions.id),
    )
    .order_by(_institutions.key)
)  # fmt: skip
_STANDING = _UNITS.where(is_standing)


@operation("GET", "/units", UNITS_READ, N_("List institutions"), answer=UnitList, query=UnitsAsked)
def list_units(call: Call) -> Told:
    """The institutions of the token's tree, by key."""
    asked: UnitsAsked = call.query
    statement = _STANDING.where(_institutions.id.in_(call.within))
    if asked.under:
        statement = statement.where(_states.parent_id == call.unit(asked.under).id)
    if asked.ended == "no":
        statement = statement.where(_states.ending.is_(None))
    after = key_in(asked.cursor, (text,))
    if after is not None:
        statement = statement.where(_institutions.key > after[0])
    rows = [_unit(row) for row in call.db.execute(statement.limit(asked.limit + 1))]
    shown, cursor = page_of(call, rows, lambda unit: (unit.key,))
    return Told(UnitList(units=shown), next_cursor=cursor)


@operation(
    "POST", "/units", UNITS_WRITE, N_("Add an institution"), answer=Unit, status=201, body=NewUnit,
    refuses=(409,), is_tagged=True,
)  # fmt: skip
def create_unit(call: Call) -> Told:
    """Found an institution under one of the tree."""
    told: NewUnit = call.body
    parent = call.unit(told.parent)
    since = day_begins(told.since, parent.time_zone) if told.since else None
    unit = found_institution(
        call.db, told.key, told.name, told.kind, parent_id=parent.id, since=since, by=call.by,
        time_zone=parent.time_zone, country=told.country, place=told.place,
    )  # fmt: skip
    return Told(unit_of(call, unit), 201, location=f"{ROOT}/units/{unit.key}", is_tagged=True)


@operation(
    "GET", "/units/{unit}", UNITS_READ, N_("Read an institution"), answer=Unit, is_tagged=True
)
def read_unit(call: Call) -> Told:
    """One institution of the tree."""
    return Told(unit_of(call, call.unit(call.part("unit"))), is_tagged=True)


@operation(
    "PATCH", "/units/{unit}", UNITS_WRITE, N_("Rename or move an institution"), answer=Unit,
    body=UnitChange, refuses=(409, 412), is_tagged=True,
)  # fmt: skip
def update_unit(call: Call) -> Told:
    """Give an institution another name or parent; what it was stays known."""
    told: UnitChange = call.body
    unit = call.unit(call.part("unit"))
    check_unchanged(call, unit_of(call, unit))
    since = day_begins(told.since, unit.time_zone) if told.since else None
    if told.name is not None:
        rename_institution(call.db, unit, told.name, since=since, by=call.by)
    if told.parent is not None:
        parent = call.unit(told.parent)
        move_institution(call.db, unit, parent.id, since=since, by=call.by)
    return Told(unit_of(call, unit), is_tagged=True)


@operation(
    "POST", "/units/{unit}/closing", UNITS_WRITE, N_("Close an institution"), answer=Unit,
    body=Closing, refuses=(409, 412), is_tagged=True,
)  # fmt: skip
def close_unit(call: Call) -> Told:
    """End an institution under which nothing stands."""
    told: Closing = call.body
    unit = call.unit(call.part("unit"))
    check_unchanged(call, unit_of(call, unit))
    since = day_begins(told.since, unit.time_zone) if told.since else None
    close_institution(call.db, unit, since=since, by=call.by)
    return Told(unit_of(call, unit), is_tagged=True)


@operation(
    "POST", "/units/{unit}/merger", UNITS_WRITE, N_("Merge an institution into another"),
    answer=Unit, body=Merging, refuses=(409, 412), is_tagged=True,
)  # fmt: skip
def merge_unit(call: Call) -> Told:
    """End an institution that goes on in another one of the tree, with all that stands under it."""
    told: Merging = call.body
    unit, into = call.unit(call.part("unit")), call.unit(told.into)
    check_unchanged(call, unit_of(call, unit))
    since = day_begins(told.since, unit.time_zone) if told.since else None
    merge_institutions(call.db, [unit], into, since=since, by=call.by)
    return Told(unit_of(call, unit), is_tagged=True)


@operation(
    "POST", "/units/{unit}/split", UNITS_WRITE, N_("Split an institution"), answer=UnitList,
    status=201, body=Splitting, refuses=(409, 412),
)  # fmt: skip
def split_unit(call: Call) -> Told:
    """End an institution and found those that come from it; they are answered."""
    told: Splitting = call.body
    unit = call.unit(call.part("unit"))
    check_unchanged(call, unit_of(call, unit))
    since = day_begins(told.since, unit.time_zone) if told.since else None
    parts = [Part(each.key, each.name) for each in told.parts]
    founded = split_institution(call.db, unit, parts, heir=told.heir or "", since=since, by=call.by)
    return Told(UnitList(units=[unit_of(call, each) for each in founded]), 201)


def unit_of(call: Call, unit: Institution) -> Unit:
    """An institution as it stands now; by its first state, if it is still to be founded."""
    own = _institutions.id == unit.id
    row = call.db.execute(_STANDING.where(own)).one_or_none()
    if row is None:
        first = _UNITS.where(own, _states.replaced_at.is_(None)).order_by(_states.valid_from)
        row = call.db.execute(first.limit(1)).one_or_none()
    if row is None:
        raise UnitUnknown(name=unit.key)
    return _unit(row)


def _unit(row: Any) -> Unit:
    return Unit.model_validate(row._asdict())
