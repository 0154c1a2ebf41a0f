"""Routes of following: who is overdue, by name, and what people ask of who requires it."""

from datetime import date
from typing import Annotated, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.catalogue.editions import Edition
from app.catalogue.shelves import edition_of
from app.duties.boards import Required
from app.duties.duties import Duty
from app.duties.forms import PetitionForm, VerdictForm
from app.duties.listings import COLUMNS, PAGE, as_file, late_people, overdue
from app.duties.looks import note_exported, note_seen
from app.duties.petitions import (
    Petition,
    PetitionUnknown,
    Plea,
    ask,
    decide,
    open_petitions,
    petitions_about,
)
from app.duties.reckonings import FOR_GOOD
from app.duties.requirements import (
    Requirement,
    RequirementUnknown,
    requirement_called,
    today_at,
)
from app.duties.standing import DutyUnknown, duty_of, required_by, required_of, turns_of
from app.foundation import clock
from app.foundation.errors import Refusal
from app.identity.access import KeepsRequirements, Visitor
from app.identity.grants import ADMINISTRATOR, institutions_administered
from app.identity.placements import standing_placement
from app.identity.users import User
from app.statistics.exports import reserve, streamed
from app.statistics.registrars import MayName, Registrar
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import PRIVATE, onward, page
from app.web.turn import Turnstile

router = Turnstile()
NO_VERDICT: Filled[VerdictForm] = Filled(None)


class Waiting(NamedTuple):
    """An open petition with who asks it, about which course, and what stands now."""

    petition: Petition
    duty: Duty
    person: User
    required: Required
    edition: Edition


@router.get("/required/overdue")
@leaves_trace
def show_overdue(
    request: Request, db: Db, registrar: MayName, requirement: str = "", after: str = ""
) -> Response:
    """Who is overdue, the longest first, a page at a time; each look is an event."""
    asked = _asked(db, requirement)
    rows = overdue(registrar.scope, clock.now().date(), asked.key if asked else None)
    found = late_people(db, rows, _place_of(after), PAGE + 1)
    note_seen(db, registrar.visitor.id, [each.person_id for each in found[:PAGE]])
    return page(
        request,
        "duties/overdue.html",
        rows=found[:PAGE],
        has_more=len(found) > PAGE,
        requirement=requirement if asked else "",
        is_first=not after,
        today=clock.now().date(),
    )


@router.get("/required/overdue.csv")
@leaves_trace
def download_overdue(
    request: Request, db: Db, registrar: MayName, requirement: str = ""
) -> Response:
    """All of them as a file, streamed on a connection of its own; each file is an event."""
    asked = _asked(db, requirement)
    today = clock.now().date()
    rows = as_file(overdue(registrar.scope, today, asked.key if asked else None))
    note_exported(db, registrar.visitor.id, asked.id if asked else 0)
    reserve()
    blocks = streamed(request.app.state.engines, COLUMNS, rows)
    disposition = f'attachment; filename="overdue-{today}.csv"'
    headers = PRIVATE | {"Content-Disposition": disposition}
    return StreamingResponse(blocks, 200, headers, "text/csv; charset=utf-8")


@router.get("/required/requests")
@leaves_trace
def show_petitions(
    request: Request, db: Db, visitor: KeepsRequirements, done: str = ""
) -> Response:
    """What people ask about what the visitor's institutions require, oldest first."""
    return _petitions_page(request, db, visitor, done=done)


@router.post("/required/requests/{key}")
def update_petition(
    request: Request,
    db: Db,
    visitor: KeepsRequirements,
    key: str,
    form: Annotated[Filled[VerdictForm], form_of(VerdictForm)],
) -> Response:
    """Grant or refuse one; nobody decides their own."""
    petition = _petition(db, visitor, key)
    if form.value is None:
        return _petitions_page(request, db, visitor, 422, form=form)
    is_granted = form.value.verdict == "granted"
    decide(db, petition, visitor.id, is_granted=is_granted, answer=form.value.answer)
    return onward(request, "show_petitions", f"?done={form.value.verdict}")


@router.get("/required/{key}/people/{subject}")
@leaves_trace
def show_person_duty(
    request: Request, db: Db, registrar: MayName, key: str, subject: str, done: str = ""
) -> Response:
    """One person's duty, with its rounds; the way to exempt them or to give more time."""
    return _person_page(request, db, registrar, key, subject, Filled(None), done=done)


@router.post("/required/{key}/people/{subject}")
def create_grant(
    request: Request,
    db: Db,
    registrar: MayName,
    key: str,
    subject: str,
    form: Annotated[Filled[PetitionForm], form_of(PetitionForm)],
) -> Response:
    """Exempt a person or give them more time, without their asking."""
    requirement, person = _person(db, registrar, key, subject)
    told = form.value
    if told is None:
        return _person_page(request, db, registrar, key, subject, form, 422)
    duty, by = duty_of(db, requirement.id, person.id), registrar.visitor.id
    trial = db.begin_nested()
    try:
        today = today_at(db, requirement.institution_id)
        petition = ask(db, duty, by, Plea(told.kind, told.until, told.reason), today)
    except Refusal as refusal:
        trial.rollback()
        return _person_page(
            request, db, registrar, key, subject, form, refusal.status, refusal=refusal
        )
    decide(db, petition, by, is_granted=True, answer="")
    trial.commit()
    return onward(request, "show_person_duty", "?done=granted", key=key, subject=subject)


def _asked(db: Session, key: str) -> Requirement | None:
    """The requirement of a question, if it names one that there is."""
    requirement = requirement_called(db, key) if key else None
    if key and requirement is None:
        raise RequirementUnknown
    return requirement


def _place_of(after: str) -> tuple[date, int] | None:
    """A place in the list, as its pages are linked: the day and the number of the last row."""
    day, _, number = after.partition("_")
    try:
        place = date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None
    return place if place[1] >= 0 else None


def _petition(db: Session, visitor: Visitor, key: str) -> Petition:
    mine = institutions_administered(db, visitor.id, ADMINISTRATOR)
    try:
        asked = open_petitions().where(Petition.key == UUID(key))
    except ValueError:
        raise PetitionUnknown from None
    row = db.execute(asked).one_or_none()
    if row is None or row[2].institution_id not in mine or row[3].id == visitor.id:
        raise PetitionUnknown
    petition: Petition = row[0]
    return petition


def _petitions_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    status: int = 200,
    *,
    form: Filled[VerdictForm] = NO_VERDICT,
    done: str = "",
) -> Response:
    mine = institutions_administered(db, visitor.id, ADMINISTRATOR)
    language = request.scope["language"]
    asked = open_petitions().where(Requirement.institution_id.in_(mine), User.id != visitor.id)
    rows = db.execute(asked.limit(PAGE)).all()
    needed, waiting = required_by(db, [row[1].id for row in rows]), []
    for petition, duty, _requirement, person in rows:
        required = needed.get(duty.id)
        if required is not None:
            edition = edition_of(db, required.version_id, language, required.compiler)
            waiting.append(Waiting(petition, duty, person, required, edition))
    note_seen(db, visitor.id, [each.person.id for each in waiting])
    return page(
        request, "duties/petitions.html", status, waiting=waiting, most=PAGE, form=form, done=done
    )


def _person(db: Session, registrar: Registrar, key: str, subject: str) -> tuple[Requirement, User]:
    """A person whose name the visitor may see, under a requirement of their own institutions.

    Raises DutyUnknown, RequirementUnknown and PetitionUnknown.
    """
    requirement = requirement_called(db, key)
    mine = institutions_administered(db, registrar.visitor.id, ADMINISTRATOR)
    try:
        asked = select(User).where(
            User.subject == UUID(subject), User.erased_at.is_(None), User.merged_into.is_(None)
        )
    except ValueError:
        raise DutyUnknown from None
    person = db.scalars(asked).one_or_none()
    if requirement is None or requirement.institution_id not in mine or person is None:
        raise RequirementUnknown
    if person.id == registrar.visitor.id:
        raise PetitionUnknown
    standing = standing_placement(db, person.id)
    at = standing.institution_id if standing else None
    if not registrar.scope.is_everywhere and (at is None or not registrar.scope.has(db, at)):
        raise DutyUnknown
    return requirement, person


def _person_page(
    request: Request,
    db: Session,
    registrar: Registrar,
    key: str,
    subject: str,
    form: Filled[PetitionForm],
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    done: str = "",
) -> Response:
    requirement, person = _person(db, registrar, key, subject)
    required = required_of(db, key, person.id)
    note_seen(db, registrar.visitor.id, [person.id])
    language = request.scope["language"]
    return page(
        request,
        "duties/person.html",
        status,
        person=person,
        required=required,
        edition=edition_of(db, required.version_id, language, required.compiler),
        turns=turns_of(db, requirement.id, person.id),
        asked=petitions_about(db, requirement.id, person.id),
        for_good=FOR_GOOD,
        form=form,
        refusal=refusal,
        done=done,
    )
