"""People as the API gives and takes them: registered, invited, placed and transferred."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import select

from app.foundation.typed import in_one_line
from app.i18n.marking import N_
from app.identity.addresses import whole_address
from app.identity.arrivals import register, welcome
from app.identity.institutions import Institution, name_of_institution
from app.identity.invitations import invite
from app.identity.looks import note_look
from app.identity.placements import TOLD_BESIDE, Placement, place, transfer
from app.identity.users import User, person_called, user_called, user_numbered
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import SUBJECT, key_in
from app.interop.api.operations import (
    Paging,
    Sent,
    check_unchanged,
    operation,
    page_of,
)
from app.interop.api.refusals import PersonNotInReach
from app.interop.api.units import Country, Key, Place
from app.interop.scopes import PEOPLE_READ, PEOPLE_WRITE

BY_PROGRAM = "program"
Address = Annotated[
    str, Field(max_length=320, json_schema_extra={"format": "email"}), AfterValidator(whole_address)
]
Written = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(in_one_line)]
Short = Annotated[str, Field(min_length=1, max_length=64)]
Language = Literal["ar", "zh", "en", "fr", "ru", "es"]
Role = Literal[
    "administrator", "registrar", "reporter", "auditor", "author", "reviewer", "publisher",
    "translator-ar", "translator-zh", "translator-en", "translator-fr", "translator-ru",
    "translator-es",
]  # fmt: skip


class Person(BaseModel):
    """A person where they stand now; `confirmed` says whether somebody said that it is so."""

    id: UUID
    name: str
    other_name: str | None
    email: str | None
    number: str | None
    language: str
    institution: str
    grade: str | None
    job_family: str | None
    country: str | None
    place: str | None
    since: datetime
    confirmed: bool
    has_come_in: bool


class PersonList(BaseModel):
    """A page of people, by id."""

    people: list[Person]


class PeopleAsked(Paging):
    """Which people: of one institution, not of what stands under it; or who has an address."""

    institution: Annotated[str, Field(max_length=64, description="Key of an institution.")] = ""
    email: Annotated[str, Field(max_length=320, description="Address of mail.")] = ""


class Standing(Sent):
    """Where a person works and as what; what is left out stays as it was."""

    institution: Key
    grade: Short | None = None
    job_family: Short | None = None
    gender: Literal["woman", "man", "other"] | None = None
    country: Country | None = None
    place: Place | None = None


class Transfer(Standing):
    """Where a person works since a day, or from now; what is left out stays as it was."""

    since: date | None = None


class NewPerson(Standing):
    """A person to register: they get a letter that leads them to their first password."""

    name: Written
    email: Address
    other_name: Written | None = None
    language: Language = "en"


class NewInvitation(Sent):
    """Roles on an institution, offered by a letter."""

    email: Address
    institution: Key
    roles: Annotated[list[Role], Field(min_length=1)]


class Invitation(BaseModel):
    """An invitation that is on its way, and until when it can be accepted."""

    id: UUID
    email: str
    institution: str
    roles: list[str]
    until: datetime


_users, _placements = User.__table__.c, Placement.__table__.c
_institutions = Institution.__table__.c
_PEOPLE = (
    select(
        _users.subject.label("id"), _users.name, _users.other_name, _users.email, _users.number,
        _users.language, _institutions.key.label("institution"), _placements.grade,
        _placements.job_family, _placements.country, _placements.place,
        _placements.valid_from.label("since"), _placements.confirmed_at, _users.confirmed_at,
        _users.id.label("own_id"),
    )
    .join_from(
        User.__table__, Placement.__table__,
        (_placements.user_id == _users.id) & _placements.ended_at.is_(None),
    )
    .join(Institution.__table__, _institutions.id == _placements.institution_id)
    .where(_users.erased_at.is_(None))
    .order_by(_users.subject)
)  # fmt: skip


@operation("GET", "/people", PEOPLE_READ, N_("List people"), answer=PersonList, query=PeopleAsked)
def list_people(call: Call) -> Told:
    """The people of the token's tree; each of them can see that a program read it."""
    asked: PeopleAsked = call.query
    statement = _PEOPLE.where(_placements.institution_id.in_(call.within))
    if asked.institution:
        statement = statement.where(_placements.institution_id == call.unit(asked.institution).id)
    if asked.email:
        owner = person_called(call.db, asked.email)
        statement = statement.where(_users.id == (owner.id if owner else 0))
    after = key_in(asked.cursor, (SUBJECT,))
    if after is not None:
        statement = statement.where(_users.subject > after[0])
    rows = call.db.execute(statement.limit(asked.limit + 1)).all()
    shown, cursor = page_of(call, list(rows), lambda row: (row.id,))
    note_look(call.db, call.by, [row.own_id for row in shown], BY_PROGRAM)
    return Told(PersonList(people=[_person(row) for row in shown]), next_cursor=cursor)


@operation(
    "POST", "/people", PEOPLE_WRITE, N_("Register a person"), answer=Person, status=201,
    body=NewPerson, refuses=(409,), is_tagged=True,
)  # fmt: skip
def create_person(call: Call) -> Told:
    """Make an account without a password, place it and write to the person how to come in."""
    told: NewPerson = call.body
    unit = call.unit(told.institution)
    if user_called(call.db, told.email) is not None:
        raise PersonNotInReach
    user = register(
        call.db, name=told.name, email=told.email, language=told.language, by=call.by,
        other_name=told.other_name,
    )  # fmt: skip
    place(
        call.db, user.id, unit.id, grade=told.grade, job_family=told.job_family,
        gender=told.gender, country=told.country, place=told.place, confirmed_by=call.by,
    )  # fmt: skip
    welcome(call.db, {user.id: name_of_institution(call.db, unit.id)})
    location = f"{ROOT}/people/{user.subject}"
    return Told(person_of(call, user.id), 201, location=location, is_tagged=True)


@operation(
    "GET", "/people/{person}", PEOPLE_READ, N_("Read a person"), answer=Person, is_tagged=True
)
def read_person(call: Call) -> Told:
    """One person of the tree, who can see that a program read it."""
    user = call.person(call.part("person"))
    note_look(call.db, call.by, [user.id], BY_PROGRAM)
    return Told(person_of(call, user.id), is_tagged=True)


@operation(
    "POST", "/people/{person}/placements", PEOPLE_WRITE, N_("Place or transfer a person"),
    answer=Person, status=201, body=Transfer, refuses=(409, 412), is_tagged=True,
)  # fmt: skip
def create_placement(call: Call) -> Told:
    """Let a person of the tree stand at an institution of it since a day; that confirms it too."""
    told: Transfer = call.body
    user, unit = call.person(call.part("person")), call.unit(told.institution)
    check_unchanged(call, person_of(call, user.id))
    beside = {name: getattr(told, name) for name in TOLD_BESIDE}
    transfer(call.db, user.id, unit, call.by, told.since, **beside)
    return Told(person_of(call, user.id), 201, is_tagged=True)


@operation(
    "POST", "/invitations", PEOPLE_WRITE, N_("Invite a colleague to roles"), answer=Invitation,
    status=201, body=NewInvitation,
)  # fmt: skip
def create_invitation(call: Call) -> Told:
    """Offer roles on an institution by a letter, as far as the token's maker may give them."""
    told: NewInvitation = call.body
    unit, inviter = call.unit(told.institution), user_numbered(call.db, call.by)
    made = invite(call.db, inviter, told.email, told.roles, unit.id)
    return Told(
        Invitation(
            id=made.key, email=made.email, institution=unit.key, roles=made.roles, until=made.until
        ),
        201,
    )


def person_of(call: Call, user_id: int) -> Person:
    """A person as they stand now."""
    return _person(call.db.execute(_PEOPLE.where(_users.id == user_id)).one())


def _person(row: Any) -> Person:
    *told, confirmed_at, came_at, _own_id = row
    names = list(Person.model_fields)[:-2]
    values = dict(zip(names, told, strict=True))
    return Person(**values, confirmed=confirmed_at is not None, has_come_in=came_at is not None)
