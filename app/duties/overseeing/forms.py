"""Forms of requirements: which course, of whom, by when, how often, and on what legal basis."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.duties.audiences import EVERYONE
from app.duties.requirements import Requirement
from app.i18n.marking import N_
from app.identity.choosing.choices import settled
from app.identity.choosing.matches import administered
from app.identity.grants import ADMINISTRATOR, institutions_administered
from app.identity.institutions import Institution, institution_called
from app.web.forms import Filled, Form

LOOKS_AHEAD = timedelta(days=5 * 366)
USUAL_WINDOW = 60  # days
DAY_WORDS = N_("Write the date as year, month and day: 2026-06-12.")
FILL_IN = N_("Fill in this field.")
ONE_OF_TWO = N_("Write either a day for all or a number of days, not both.")
NO_PAST = N_("Choose today or a later day, at most five years from now.")
BEFORE_BEGIN = N_("Choose a day behind the one on which the requirement begins.")
WINDOW_TOO_LONG = N_("Choose fewer days: the window has to be shorter than the time between.")


def _nothing(value: object) -> object:
    return None if value == "" else value


Words = Annotated[str, Field(max_length=500)]
Day = Annotated[date | None, BeforeValidator(_nothing)]
Days = Annotated[int | None, Field(ge=1, le=1500), BeforeValidator(_nothing)]
Months = Annotated[int | None, Field(ge=1, le=120), BeforeValidator(_nothing)]


class RequirementForm(Form):
    """A requirement as its administrator writes it; `agreed` once the preview was seen."""

    course: Annotated[str, Field(max_length=64)] = ""
    institution: Annotated[str, Field(max_length=64)] = ""
    audience: Annotated[str, Field(max_length=64)] = ""
    grades: Words = ""
    job_families: Words = ""
    condition: Literal["everyone", "newcomers", "confirmed", "leaders"] = EVERYONE  # type: ignore[assignment]  # one of them
    begins_on: Day = None
    due_on: Day = None
    due_days: Days = None
    every_months: Months = None
    window_days: Days = None
    legal_basis: Annotated[str, Field(min_length=1, max_length=300)]
    agreed: Literal["", "yes"] = ""

    words: ClassVar[Mapping[str, str]] = {
        "begins_on": DAY_WORDS,
        "due_on": DAY_WORDS,
        "due_days": N_("Write a number of days from 1 to 1500."),
        "every_months": N_("Write a number of months from 1 to 120, or nothing."),
        "window_days": N_("Write a number of days from 1 to 1500, or nothing."),
        "condition": N_("Choose one of the answers."),
        "legal_basis.string_too_short": N_("Name the law, decree or decision that requires it."),
    }


def checked(
    form: Filled[RequirementForm], begins_on: date, today: date | None
) -> Filled[RequirementForm]:
    """The form with a fault where its parts do not fit; `today` for one that is new."""
    told = form.value
    if told is None:
        return form
    last = begins_on + LOOKS_AHEAD
    if today is not None and not today <= begins_on <= today + LOOKS_AHEAD:
        form = form.with_fault("begins_on", NO_PAST)
    if (told.due_on is None) == (told.due_days is None):
        form = form.with_fault("due_days", ONE_OF_TWO)
    elif told.due_on is not None and not begins_on < told.due_on <= last:
        form = form.with_fault("due_on", BEFORE_BEGIN if told.due_on <= begins_on else NO_PAST)
    if told.every_months and window_of(told) >= told.every_months * 28:
        form = form.with_fault("window_days", WINDOW_TOO_LONG)
    return form


def window_of(told: RequirementForm) -> int:
    """The days before a completion runs out in which its duty is open again."""
    if told.every_months is None:
        return 0
    usual = min(USUAL_WINDOW, told.every_months * 14)
    return told.window_days or usual


def places_of(
    request: Request,
    db: Session,
    person_id: int,
    form: Filled[RequirementForm],
    of: Requirement | None = None,
) -> tuple[Institution | None, Institution | None, Filled[RequirementForm]]:
    """Who requires, and whose people are meant: institutions of the person's own, or faults."""
    own = administered(person_id)
    for name in ("institution", "audience"):
        form = settled(request, db, own, form, name, needed=False)
    mine = institutions_administered(db, person_id, ADMINISTRATOR)
    key = form.typed.get("institution", "")
    institution = (
        institution_called(db, key) if of is None else db.get(Institution, of.institution_id)
    )
    if institution is None or institution.id not in mine:
        return None, None, _with_gap(form, "institution")
    key = form.typed.get("audience", "")
    audience = institution_called(db, key) if key else institution
    if audience is None or audience.id not in mine:
        return institution, None, _with_gap(form, "audience")
    return institution, audience, form


def _with_gap(form: Filled[RequirementForm], name: str) -> Filled[RequirementForm]:
    return form if name in form.faults else form.with_fault(name, FILL_IN)
