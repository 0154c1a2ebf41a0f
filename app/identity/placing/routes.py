"""Routes of placing: the register of people, one person with their places, a transfer, a slip."""

from typing import Annotated

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.i18n.refusals import said
from app.identity.choosing.choices import choice_of, settled
from app.identity.choosing.matches import Reach
from app.identity.institutions import institution_called
from app.identity.looks import ACCOUNT, note_look
from app.identity.placements import TransferAhead, TransferTooEarly, transfer
from app.identity.placing.forms import TransferForm
from app.identity.placing.registers import (
    PAGE,
    Entry,
    Within,
    entry_of,
    people_in,
    stays_of,
)
from app.identity.slips import print_slip
from app.merges.holdings import holdings_of
from app.statistics.reaches import reach_of
from app.statistics.registrars import KeepsNames, Registrar
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/people/register")
@leaves_trace
def show_register(
    request: Request, db: Db, registrar: KeepsNames, words: str = "", after: str = ""
) -> Response:
    """The people of the registrar's institutions, by name; who is shown can see that."""
    words = words.strip()[:200]
    found = people_in(db, _within(registrar), words, after, PAGE + 1)
    shown = found[:PAGE]
    note_look(db, registrar.visitor.id, [each.id for each in shown], ACCOUNT)
    return page(
        request,
        "identity/placing/register.html",
        people=shown,
        words=words,
        next_after=shown[-1].subject if len(found) > PAGE else "",
        is_first=not after,
    )


@router.get("/people/register/{subject}")
@leaves_trace
def show_person(
    request: Request, db: Db, registrar: KeepsNames, subject: str, done: str = ""
) -> Response:
    """One person: where they stand and stood, what their account holds, and the transfer."""
    entry = entry_of(db, _within(registrar), subject)
    note_look(db, registrar.visitor.id, [entry.id], ACCOUNT)
    return _person_page(request, db, registrar, entry, Filled(None), done=done)


@router.post("/people/register/{subject}/transfer")
def create_transfer(
    request: Request,
    db: Db,
    registrar: KeepsNames,
    subject: str,
    form: Annotated[Filled[TransferForm], form_of(TransferForm)],
) -> Response:
    """Let a person stand at another institution since a day; what they did stays where it was."""
    entry, reach = entry_of(db, _within(registrar), subject), _reach(registrar)
    form = settled(request, db, reach, form)
    told = form.value
    unit = institution_called(db, told.institution) if told else None
    if told is None or unit is None or not registrar.scope.has(db, unit.id):
        return _person_page(request, db, registrar, entry, form, 422)
    try:
        transfer(
            db, entry.id, unit, registrar.visitor.id, told.since,
            grade=told.grade, job_family=told.job_family,
        )  # fmt: skip
    except (TransferAhead, TransferTooEarly) as refusal:
        faulty = form.with_fault("since", said(refusal, request.scope["language"]).whole)
        return _person_page(request, db, registrar, entry, faulty, refusal.status)
    return onward(request, "show_person", "?done=transferred", subject=subject)


@router.post("/people/register/{subject}/slip")
def create_slip(request: Request, db: Db, registrar: KeepsNames, subject: str) -> Response:
    """A slip with a new code, shown this once, for who has no mailbox; earlier codes are void."""
    entry = entry_of(db, _within(registrar), subject)
    slip = print_slip(db, entry.id, registrar.visitor.id)
    return page(request, "identity/placing/slip.html", entry=entry, printed=slip)


def _within(registrar: Registrar) -> Within:
    scope = registrar.scope
    return None if scope.is_everywhere else select(scope.institutions().c.id)


def _reach(registrar: Registrar) -> Reach:
    """Where the registrar may send people: not to what has ended."""
    return reach_of(registrar.scope)._replace(has_former=False)


def _person_page(
    request: Request,
    db: Session,
    registrar: Registrar,
    entry: Entry,
    form: Filled[TransferForm],
    status: int = 200,
    done: str = "",
) -> Response:
    today = clock.now().date()
    typed = form.typed or {
        "since": today.isoformat(), "grade": entry.grade or "", "job_family": entry.job_family or "",
    }  # fmt: skip
    return page(
        request,
        "identity/placing/person.html",
        status,
        entry=entry,
        stays=stays_of(db, entry.id),
        holds=holdings_of(db, entry.id),
        pick=choice_of(db, _reach(registrar), typed),
        typed=typed,
        faults=form.faults,
        today=today,
        done=done,
    )
