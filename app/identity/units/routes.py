"""Routes of institutions: an administrator's tree, each one's history, and reforms with a preview."""

from datetime import date
from typing import Annotated, NamedTuple, get_args

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.identity.access import KeepsInstitutions, Visitor, holder_of
from app.identity.histories import day_begins, history_of, parts_made_of, path_of_names
from app.identity.institutions import KINDS, Institution, found_institution, name_of_institution
from app.identity.people.routes import scope_of
from app.identity.reforms import (
    Part,
    close_institution,
    merge_institutions,
    move_institution,
    rename_institution,
    split_institution,
)
from app.identity.rights import Right
from app.identity.units.forms import FILL_IN, NEEDED, How, ReformForm
from app.identity.units.listings import (
    PAGE,
    UnitUnknown,
    affected_by,
    unit_meant,
    unit_of,
    units_called,
    units_under,
)
from app.statistics.completions import Asked
from app.statistics.counts import totals
from app.statistics.scopes import COUNTS, Scope, sees_exactly
from app.web.forms import Filled, filled, form_of
from app.web.marks import Before, Db
from app.web.pages import number_of_page, onward, page
from app.web.turn import Turnstile

router = Turnstile()
HOWS = get_args(How)
BEGIN, END = date(1800, 1, 1), date(9999, 1, 1)


class Counted(NamedTuple):
    """What was completed at an institution ever, and whether the visitor sees it exactly."""

    completed: int = 0
    is_exact: bool = True


def _counted_now(request: Request) -> Counted:
    """What a preview says was completed there: before the transaction, as one look of many rows."""
    form = filled(ReformForm, request.state.fields, request.scope["language"])
    if form.value is None or form.value.agreed:
        return Counted()
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.INSTITUTIONS)(request, db)
        unit = unit_of(db, visitor.id, request.path_params["key"])
        exact = sees_exactly(db, visitor.id)
        return Counted(_completed(db, unit, exact=exact), exact)


@router.get("/institutions")
def show_institutions(request: Request, db: Db, visitor: KeepsInstitutions) -> Response:
    """The person's institutions, one level at a time, or those with some words in their name."""
    scope_of(db, visitor)
    get = request.query_params.get
    words, under, at = get("words", "").strip()[:300], get("under", ""), number_of_page(request)
    above = unit_of(db, visitor.id, under) if under and not words else None
    units = (
        units_called(db, visitor.id, words, at)
        if words
        else units_under(db, visitor.id, above.id if above else None, at)
    )
    return page(
        request,
        "identity/units/institutions.html",
        units=units[:PAGE],
        has_more=len(units) > PAGE,
        at=at,
        words=words,
        under=under,
        path=path_of_names(db, above.id, clock.now()) if above else [],
    )


@router.get("/institutions/{key}")
def show_institution(
    request: Request, db: Db, visitor: KeepsInstitutions, key: str, done: str = ""
) -> Response:
    """One institution: where it stands, what it was called, what may be done with it."""
    unit = unit_of(db, visitor.id, key)
    history = history_of(db, unit.id)
    return page(
        request,
        "identity/units/institution.html",
        unit=unit,
        name=name_of_institution(db, unit.id),
        path=path_of_names(db, unit.id, clock.now()),
        history=history[::-1],
        made=parts_made_of(db, unit.id),
        affected=affected_by(db, unit.id),
        units=units_under(db, visitor.id, unit.id, 1)[:PAGE],
        has_ended=history[-1].ending is not None,
        done=done,
        now=clock.now(),
    )


@router.get("/institutions/{key}/reforms/{how}")
def new_reform(
    request: Request, db: Db, visitor: KeepsInstitutions, key: str, how: str
) -> Response:
    unit = _unit(db, visitor, key, how)
    return _form_page(request, db, unit, how, Filled(None))


@router.post("/institutions/{key}/reforms/{how}")
def create_reform(
    request: Request,
    counted: Annotated[Counted, Before(_counted_now)],
    db: Db,
    visitor: KeepsInstitutions,
    key: str,
    how: str,
    form: Annotated[Filled[ReformForm], form_of(ReformForm)],
) -> Response:
    """Show what the reform affects, tried out and taken back; agreed to, it is done."""
    unit = _unit(db, visitor, key, how)
    if form.typed.get("back"):
        return _form_page(request, db, unit, how, Filled(None, form.typed))
    form = _with_gaps(request, form, how)
    if form.value is None:
        return _form_page(request, db, unit, how, form, 422)
    trial = db.begin_nested()
    try:
        _reform(db, visitor, unit, how, form.value)
    except Refusal as refusal:
        trial.rollback()
        return _form_page(request, db, unit, how, form, refusal.status, refusal=refusal)
    if form.value.agreed:
        trial.commit()
        return onward(request, "show_institution", f"?done={how}", key=key)
    trial.rollback()
    target = _target(db, visitor, how, form.value)
    return _form_page(request, db, unit, how, form, counted=counted, target=target)


def _unit(db: Session, visitor: Visitor, key: str, how: str) -> Institution:
    if how not in HOWS:
        raise UnitUnknown(name=how)
    return unit_of(db, visitor.id, key)


def _with_gaps(request: Request, form: Filled[ReformForm], how: str) -> Filled[ReformForm]:
    gettext = translations_for(request.scope["language"]).gettext
    for name in NEEDED[how]:
        if name not in form.faults and not form.typed.get(name, "").strip():
            form = form.with_fault(name, gettext(FILL_IN))
    return form


def _reform(db: Session, visitor: Visitor, unit: Institution, how: str, told: ReformForm) -> None:
    since, by = day_begins(told.since, unit.time_zone), visitor.id
    if how == "found":
        found_institution(
            db, told.key, told.name, told.kind, parent_id=unit.id, time_zone=unit.time_zone,
            since=since, by=by,
        )  # fmt: skip
    elif how == "rename":
        rename_institution(db, unit, told.name, since=since, by=by)
    elif how == "move":
        target = unit_meant(db, visitor.id, told.target)
        move_institution(db, unit, target.id, since=since, by=by)
    elif how == "merge":
        target = unit_meant(db, visitor.id, told.target)
        merge_institutions(db, [unit], target, since=since, by=by)
    elif how == "split":
        parts = [Part(told.first_key, told.first_name), Part(told.second_key, told.second_name)]
        heir = {"first": told.first_key, "second": told.second_key}.get(told.heir, "")
        split_institution(db, unit, parts, heir=heir, since=since, by=by)
    else:
        close_institution(db, unit, since=since, by=by)


def _target(db: Session, visitor: Visitor, how: str, told: ReformForm) -> str:
    """The name of what is meant by a key or a name that was typed, where the reform has one."""
    if "target" not in NEEDED[how]:
        return ""
    return name_of_institution(db, unit_meant(db, visitor.id, told.target).id)


def _form_page(
    request: Request,
    db: Session,
    unit: Institution,
    how: str,
    form: Filled[ReformForm],
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    counted: Counted | None = None,
    target: str = "",
) -> Response:
    """The form, with what stands in its way; or what it affects, where that was counted."""
    return page(
        request,
        "identity/units/reform.html",
        status,
        unit=unit,
        name=name_of_institution(db, unit.id),
        how=how,
        form=form,
        kinds=KINDS,
        today=clock.day_in(clock.now(), unit.time_zone),
        affected=affected_by(db, unit.id),
        counted=counted,
        refusal=refusal,
        target=target,
    )


def _completed(db: Session, unit: Institution, *, exact: bool) -> int:
    """What was completed at an institution ever; protected, in months that are over."""
    everywhere = Scope(0, COUNTS, is_everywhere=True, is_empty=False)
    end = END if exact else clock.now().date().replace(day=1)
    return totals(db, everywhere, Asked(BEGIN, end, institution=unit.key), exact=exact).completed
