"""Routes of requirements: an administrator's list, a new one with its preview, its changes, its end."""

from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.audiences import courses_for
from app.catalogue.cards import cards_of
from app.catalogue.courses import Course
from app.catalogue.editions import Edition
from app.catalogue.shelves import edition_of
from app.duties.audiences import CONDITIONS, Unreachable, count_of
from app.duties.listings import SOON, Listed, counted_then, requirements_in
from app.duties.overseeing.forms import (
    FILL_IN,
    RequirementForm,
    checked,
    places_of,
    wanted_of,
)
from app.duties.petitions import open_count
from app.duties.requirements import (
    Requirement,
    RequirementOver,
    RequirementUnknown,
    change_terms,
    end_requirement,
    require,
    requirement_called,
    today_at,
    zone_of,
)
from app.duties.terms import RequirementTerms, terms_before, terms_of
from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.identity.access import KeepsRequirements, SeesDuties, Visitor
from app.identity.choosing.choices import choice_of
from app.identity.choosing.matches import administered
from app.identity.grants import ADMINISTRATOR, institutions_administered
from app.identity.institutions import Institution
from app.statistics.scopes import COUNTS, NAMES, scope_of
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
Filling = Annotated[Filled[RequirementForm], form_of(RequirementForm)]


class Shown(NamedTuple):
    """A requirement in a list, with its course in the reader's language."""

    told: Listed
    edition: Edition


@router.get("/required")
def show_requirements(request: Request, db: Db, visitor: SeesDuties, done: str = "") -> Response:
    """What the person's institutions require, and what is required of their people, in figures."""
    scope = scope_of(db, visitor.id, COUNTS)
    return page(
        request,
        "duties/requirements.html",
        shown=_shown(request, db, visitor),
        waiting=open_count(
            db, institutions_administered(db, visitor.id, ADMINISTRATOR), visitor.id
        ),
        may_set=not scope.is_empty,
        may_name=not scope_of(db, visitor.id, NAMES).is_empty,
        done=done,
    )


@router.get("/required/new")
def new_requirement(
    request: Request, db: Db, visitor: KeepsRequirements, course: str = ""
) -> Response:
    return _form_page(request, db, visitor, Filled(None, {"course": course}))


@router.post("/required/new")
def create_requirement(
    request: Request, db: Db, visitor: KeepsRequirements, form: Filling
) -> Response:
    """Show how many it would concern; agreed to, require it."""
    if form.typed.get("back"):
        return _form_page(request, db, visitor, Filled(None, form.typed))
    institution, audience, form = places_of(request, db, visitor.id, form)
    today = today_at(db, institution.id) if institution is not None else clock.now().date()
    begins = (form.value.begins_on if form.value else None) or today
    form = _in_words(request, checked(form, begins, today))
    course = _course(db, form)
    if form.value is not None and course is None:
        form = form.with_fault("course", _said(request, FILL_IN))
    told = form.value
    if told is None or course is None or institution is None or audience is None:
        return _form_page(request, db, visitor, form, 422)
    wanted = wanted_of(told, audience.id)
    trial = db.begin_nested()
    try:
        requirement = require(db, visitor.id, institution, course, begins, wanted)
    except Unreachable as refusal:
        trial.rollback()
        return _form_page(request, db, visitor, form, 409, refusal=refusal)
    if told.agreed:
        trial.commit()
        return onward(request, "show_requirement", "?done=set", key=requirement.key)
    count = _count(db, requirement)
    trial.rollback()
    return _form_page(request, db, visitor, form, count=count)


@router.get("/required/{key}")
def show_requirement(
    request: Request, db: Db, visitor: SeesDuties, key: str, done: str = ""
) -> Response:
    """One requirement: of whom, by when, why, what it was before, and how far people are."""
    found = requirement_called(db, key)
    listed = _shown(request, db, visitor, found) if found is not None else []
    if found is None or not listed:
        raise RequirementUnknown
    (shown,) = listed
    return page(
        request,
        "duties/requirement.html",
        shown=shown,
        terms=terms_of(db, found.id),
        former=terms_before(db, found.id) if shown.told.is_own else [],
        then=counted_then(db, found.id) if shown.told.is_own else [],
        may_name=not scope_of(db, visitor.id, NAMES).is_empty,
        done=done,
    )


@router.get("/required/{key}/terms")
def edit_requirement(request: Request, db: Db, visitor: KeepsRequirements, key: str) -> Response:
    requirement = own_requirement(db, visitor, key)
    standing = terms_of(db, requirement.id)
    return _form_page(request, db, visitor, Filled(None, _typed(db, standing)), of=requirement)


@router.post("/required/{key}/terms")
def update_requirement(
    request: Request, db: Db, visitor: KeepsRequirements, key: str, form: Filling
) -> Response:
    """Show how many it would concern; agreed to, put the new terms in place of the old ones."""
    requirement = own_requirement(db, visitor, key)
    if form.typed.get("back"):
        return _form_page(request, db, visitor, Filled(None, form.typed), of=requirement)
    _institution, audience, form = places_of(request, db, visitor.id, form, of=requirement)
    form = _in_words(request, checked(form, requirement.begins_on, None))
    told = form.value
    if told is None or audience is None:
        return _form_page(request, db, visitor, form, 422, of=requirement)
    trial = db.begin_nested()
    try:
        change_terms(db, visitor.id, requirement, wanted_of(told, audience.id))
    except (Unreachable, RequirementOver) as refusal:
        trial.rollback()
        return _form_page(request, db, visitor, form, 409, of=requirement, refusal=refusal)
    if told.agreed:
        trial.commit()
        return onward(request, "show_requirement", "?done=changed", key=key)
    count = _count(db, requirement)
    trial.rollback()
    return _form_page(request, db, visitor, form, of=requirement, count=count)


@router.get("/required/{key}/end")
def new_requirement_end(request: Request, db: Db, visitor: KeepsRequirements, key: str) -> Response:
    requirement = own_requirement(db, visitor, key)
    (shown,) = _shown(request, db, visitor, requirement)
    return page(request, "duties/end.html", shown=shown)


@router.post("/required/{key}/end")
def create_requirement_end(
    request: Request, db: Db, visitor: KeepsRequirements, key: str
) -> Response:
    end_requirement(db, visitor.id, own_requirement(db, visitor, key))
    return onward(request, "show_requirement", "?done=ended", key=key)


def own_requirement(db: Session, visitor: Visitor, key: str) -> Requirement:
    """A requirement of an institution that the visitor administers; raises RequirementUnknown."""
    requirement = requirement_called(db, key)
    mine = institutions_administered(db, visitor.id, ADMINISTRATOR)
    if requirement is None or requirement.institution_id not in mine:
        raise RequirementUnknown
    return requirement


def _count(db: Session, requirement: Requirement) -> int:
    terms = terms_of(db, requirement.id)
    zone = zone_of(db, requirement.institution_id)
    audience = terms.audience(requirement.course_id, requirement.begins_on, zone)
    return count_of(db, audience)


def _course(db: Session, form: Filled[RequirementForm]) -> Course | None:
    slug = form.typed.get("course", "")[:64]
    return db.scalars(select(Course).where(Course.slug == slug)).one_or_none()


def _typed(db: Session, standing: RequirementTerms) -> dict[str, str]:
    audience = db.get_one(Institution, standing.audience_id)
    names = ("grades", "job_families", "condition", "due_on", "due_days", "every_months",
             "window_days", "legal_basis")  # fmt: skip
    told = {name: getattr(standing, name) for name in names}
    return {"audience": audience.key} | {name: str(value or "") for name, value in told.items()}


def _shown(
    request: Request, db: Session, visitor: Visitor, of: Requirement | None = None
) -> list[Shown]:
    today: date = clock.now().date()
    scope = scope_of(db, visitor.id, COUNTS)
    key = of.key if of is not None else None
    listed = requirements_in(db, scope, today, today + timedelta(days=SOON), key)
    language = request.scope["language"]
    return [
        Shown(each, edition_of(db, each.version_id, language, each.compiler)) for each in listed
    ]


def _form_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    form: Filled[RequirementForm],
    status: int = 200,
    of: Requirement | None = None,
    **more: Any,
) -> Response:
    """The form, or its preview once a count is told."""
    mine = institutions_administered(db, visitor.id, ADMINISTRATOR)
    if not mine:
        raise RequirementUnknown
    cards = cards_of(db, courses_for(db, visitor.id), request.scope["language"])
    courses = [(card.slug, card.title.text) for card in cards]
    slug = db.scalar(select(Course.slug).where(Course.id == of.course_id)) if of else ""
    return page(
        request,
        "duties/requirement_form.html",
        status,
        form=form,
        of=of,
        slug=slug,
        courses=courses,
        pick=choice_of(db, administered(visitor.id), form.typed),
        audience=choice_of(db, administered(visitor.id), form.typed, "audience"),
        conditions=CONDITIONS,
        today=clock.now().date(),
        **{"refusal": None, "count": None, **more},
    )


def _in_words(request: Request, form: Filled[RequirementForm]) -> Filled[RequirementForm]:
    said = {name: _said(request, words) for name, words in form.faults.items()}
    return Filled(form.value if not said else None, form.typed, said)


def _said(request: Request, words: str) -> str:
    return translations_for(request.scope["language"]).gettext(words)
