"""Forms of requirements: which course, of whom, by when, how often, and on what legal basis."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.duties.audiences import EVERYONE, Condition, word_list
from app.duties.requirements import Requirement
from app.duties.terms import Wanted, faults_in, window_of
from app.i18n.marking import N_
from app.identity.choosing.choices import settled
from app.identity.choosing.matches import administered
from app.identity.grants import ADMINISTRATOR, institutions_administered
from app.identity.institutions import Institution, institution_called
from app.web.forms import Filled, Form

DAY_WORDS = N_("Write the date as year, month and day: 2026-06-12.")
FILL_IN = N_("Fill in this field.")


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
    condition: Condition = EVERYONE
    begins_on: Day = None
    due_days: Days = None
    due_on: Day = None
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
    wanted = wanted_of(told, 0)
    for name, words in faults_in(wanted, begins_on, today).items():
        form = form.with_fault(name, words)
    return form


def wanted_of(told: RequirementForm, audience_id: int) -> Wanted:
    """The terms as the form tells them."""
    return Wanted(
        audience_id,
        ", ".join(word_list(told.grades)),
        ", ".join(word_list(told.job_families)),
        told.condition,
        told.due_on,
        told.due_days,
        told.every_months,
        window_of(told.every_months, told.window_days),
        told.legal_basis,
    )


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
