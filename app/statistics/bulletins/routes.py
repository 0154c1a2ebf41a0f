"""Routes of bulletins for who makes them: prepared, looked at, released, revised, withdrawn."""

from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.i18n.languages import name_of
from app.i18n.refusals import said
from app.identity.access import ReleasesBulletins, SeesCounts, holder_of
from app.identity.choosing.choices import choice_of, settled
from app.identity.grants import ADMINISTRATOR
from app.identity.institutions import institution_called
from app.identity.rights import Right
from app.statistics.bulletins.bulletins import (
    PREPARED,
    Bulletin,
    drop,
    prepare,
    release,
    revise,
    withdraw,
)
from app.statistics.bulletins.contents import LANGUAGES, Content, said_in
from app.statistics.bulletins.definitions import protection_in
from app.statistics.bulletins.forms import OFFERED, ReasonForm, annual_of
from app.statistics.bulletins.keys import key_now, key_that_signs
from app.statistics.bulletins.parcels import NO_PAPERS, Papers
from app.statistics.bulletins.pictures import counted_in, pictures_of, title_by
from app.statistics.bulletins.refusals import InstitutionNotYours, NameTaken
from app.statistics.bulletins.shelves import bulletin_in, bulletins_of, revisions_of
from app.statistics.bulletins.snapshots import ALL, snapshot, wish_of
from app.statistics.bulletins.wishes import BulletinForm, by_of, said_by
from app.statistics.bulletins.words import label_of
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES
from app.statistics.questions import months_of, months_over
from app.statistics.reaches import reach_of
from app.statistics.reports.papers import papers_to_sign
from app.statistics.scopes import COUNTS, Scope, scope_of
from app.web.forms import Filled, filled, form_of
from app.web.marks import Before, Db
from app.web.pages import onward, page
from app.web.turn import Turnstile

router = Turnstile()
RELEASING = (ADMINISTRATOR,)
FAULT_PLACES: dict[type[Refusal], str] = {NameTaken: "name", InstitutionNotYours: "institution"}


def _frozen_now(request: Request) -> Content | Refusal | None:
    """The tables of the form as they are now, which may take seconds: before the transaction."""
    form = filled(BulletinForm, request.state.fields, request.scope["language"])
    if form.value is None:
        return None
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.COUNTS)(request, db)
        scope = scope_of(db, visitor.id, COUNTS)
        form = _settled(request, db, scope, form)
        if form.value is None:
            return None
        try:
            return snapshot(db, _scope_for(db, scope, form.value.institution), form.value.wish())
        except Refusal as refusal:
            return refusal


def _settled(
    request: Request, db: Session, scope: Scope, form: Filled[BulletinForm]
) -> Filled[BulletinForm]:
    return settled(request, db, reach_of(scope), form, needed=False)


def _frozen_again(request: Request) -> Content:
    """The tables of a bulletin as they are now."""
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.COUNTS)(request, db)
        scope, asked = scope_of(db, visitor.id, COUNTS), request.path_params
        before = bulletin_in(db, scope, asked["key"], asked["revision"]).content()
        return snapshot(db, scope, wish_of(before))


def _scope_for(db: Session, scope: Scope, institution: str) -> Scope:
    """The scope, or nothing where a bulletin of everybody is not theirs to make."""
    found = institution_called(db, institution) if institution else None
    is_theirs = scope.has(db, found.id) if found else not institution and scope.is_everywhere
    if not is_theirs:
        raise InstitutionNotYours
    return scope


def _papers_now(request: Request) -> Papers:
    """The reports of a prepared bulletin, which take a second: before the transaction."""
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.BULLETINS)(request, db)
        scope, asked = scope_of(db, visitor.id, RELEASING), request.path_params
        bulletin = bulletin_in(db, scope, asked["key"], asked["revision"])
        if bulletin.state != PREPARED:
            return NO_PAPERS
        content, key = bulletin.content(), key_now(db)
        home = request.app.state.settings.public_url
        return papers_to_sign(content, key, home, clock.now().date())


@router.get("/statistics/bulletins")
def show_bulletins(request: Request, db: Db, visitor: SeesCounts, done: str = "") -> Response:
    """The bulletins of the person's institutions, the latest first."""
    found = db.scalars(bulletins_of(scope_of(db, visitor.id, COUNTS))).all()
    year = clock.day_everywhere(clock.now()).year - 1
    return page(request, "statistics/bulletins/list.html", bulletins=found, year=year, done=done)


@router.get("/statistics/bulletins/new")
def new_bulletin(request: Request, db: Db, visitor: SeesCounts) -> Response:
    return _form_page(request, db, visitor.id, Filled(None))


@router.post("/statistics/bulletins")
def create_bulletin(
    request: Request,
    frozen: Annotated[Content | Refusal | None, Before(_frozen_now)],
    db: Db,
    visitor: SeesCounts,
    form: Annotated[Filled[BulletinForm], form_of(BulletinForm)],
) -> Response:
    """Freeze the figures of today for a look before they are released."""
    form = _settled(request, db, scope_of(db, visitor.id, COUNTS), form)
    if form.value is None or frozen is None:
        return _form_page(request, db, visitor.id, form, 422)
    try:
        if isinstance(frozen, Refusal):
            raise frozen
        institution = institution_called(db, form.value.institution)
        made = prepare(db, visitor.id, institution.id if institution else None, frozen)
        key_that_signs(db, request.app.state.settings.storage)  # reports print it
    except Refusal as refusal:
        words = said(refusal, request.scope["language"]).whole
        place = FAULT_PLACES.get(type(refusal), "tables")
        return _form_page(
            request, db, visitor.id, form.with_fault(place, words), max(refusal.status, 409)
        )
    return _to(request, made, "?done=prepared")


@router.get("/statistics/bulletins/{key}/{revision}")
def show_bulletin(
    request: Request, db: Db, visitor: SeesCounts, key: str, revision: str, done: str = ""
) -> Response:
    """A bulletin as everybody will see it or does, with what may be done to it."""
    bulletin = bulletin_in(db, scope_of(db, visitor.id, COUNTS), key, revision)
    return _bulletin_page(request, db, visitor.id, bulletin, Filled(None), done=done)


@router.post("/statistics/bulletins/{key}/{revision}/release")
def create_bulletin_release(
    request: Request,
    papers: Annotated[Papers, Before(_papers_now)],
    db: Db,
    visitor: ReleasesBulletins,
    key: str,
    revision: str,
) -> Response:
    """Sign it with its reports and open it to everybody."""
    bulletin = bulletin_in(db, scope_of(db, visitor.id, RELEASING), key, revision)
    release(db, request.app.state.settings.storage, visitor.id, bulletin, papers)
    return _to(request, bulletin, "?done=released")


@router.post("/statistics/bulletins/{key}/{revision}/end")
def delete_bulletin(
    request: Request, db: Db, visitor: SeesCounts, key: str, revision: str
) -> Response:
    """Throw a prepared bulletin away."""
    drop(db, visitor.id, bulletin_in(db, scope_of(db, visitor.id, COUNTS), key, revision))
    return onward(request, "show_bulletins", "?done=dropped")


@router.post("/statistics/bulletins/{key}/{revision}/revision")
def create_revision(
    request: Request,
    frozen: Annotated[Content, Before(_frozen_again)],
    db: Db,
    visitor: SeesCounts,
    key: str,
    revision: str,
    form: Annotated[Filled[ReasonForm], form_of(ReasonForm)],
) -> Response:
    """Freeze the same tables anew, to be released as the next revision."""
    bulletin = bulletin_in(db, scope_of(db, visitor.id, COUNTS), key, revision)
    if form.value is None:
        return _bulletin_page(request, db, visitor.id, bulletin, form, 422)
    said = frozen._replace(reason_language=request.scope["language"])
    return _to(request, revise(db, visitor.id, bulletin, said, form.value.why), "?done=prepared")


@router.post("/statistics/bulletins/{key}/{revision}/withdrawal")
def create_bulletin_withdrawal(
    request: Request,
    db: Db,
    visitor: ReleasesBulletins,
    key: str,
    revision: str,
    form: Annotated[Filled[ReasonForm], form_of(ReasonForm)],
) -> Response:
    """Offer its files no longer, and say why on its page."""
    bulletin = bulletin_in(db, scope_of(db, visitor.id, RELEASING), key, revision)
    if form.value is None:
        return _bulletin_page(request, db, visitor.id, bulletin, form, 422)
    withdraw(db, visitor.id, bulletin, form.value.why)
    return _to(request, bulletin, "?done=withdrawn")


def _to(request: Request, bulletin: Bulletin, query: str) -> Response:
    place = {"key": bulletin.key, "revision": bulletin.revision}
    return onward(request, "show_bulletin", query, **place)


def _bulletin_page(
    request: Request,
    db: Session,
    person_id: int,
    bulletin: Bulletin,
    form: Filled[Any],
    status: int = 200,
    done: str = "",
) -> Response:
    content, language = bulletin.content(), request.scope["language"]
    revisions = revisions_of(db, bulletin.key)
    releasing = scope_of(db, person_id, RELEASING)
    at = bulletin.institution_id
    return page(
        request,
        "statistics/bulletins/bulletin.html",
        status,
        bulletin=bulletin,
        content=content,
        title=said_in(content.titles, language),
        pictures=pictures_of(content, language),
        counted=counted_in(content, language),
        protection=protection_in(content, language),
        revisions=revisions,
        is_latest=not any(each.revision > bulletin.revision for each in revisions),
        may_release=releasing.is_everywhere if at is None else releasing.has(db, at),
        report_languages=[(each, name_of(each)) for each in LANGUAGES],
        form=form,
        done=done,
    )


def _form_page(
    request: Request, db: Session, person_id: int, form: Filled[Any], status: int = 200
) -> Response:
    scope, language = scope_of(db, person_id, COUNTS), request.scope["language"]
    query, today = request.query_params, clock.day_everywhere(clock.now())
    annual = annual_of(query.get("year", ""))
    wished = [value for name, value in request.state.fields if name == "tables"]
    wished = wished or query.getlist("tables") or annual.get("tables", [])
    counted = [value for name, value in request.state.fields if name == "measures"]
    counted = (
        counted or query.getlist("measures") or annual.get("measures", ["enrolled", "completed"])
    )
    splits = list(dict.fromkeys([*map(said_by, OFFERED), *wished]))
    since, until = months_over(*months_of(today, *annual.get("months", ("", ""))), today)
    return page(
        request,
        "statistics/bulletins/new.html",
        status,
        form=form,
        name=annual.get("name", ""),
        since=since,
        until=until,
        measures=[(each, label_of(each)[language], each in counted) for each in MEASURES],
        tables=[(each, _called(each, language), each in wished) for each in splits],
        pick=choice_of(db, reach_of(scope), form.typed),
        everybody=translations_for(language).gettext(ALL) if scope.is_everywhere else "",
    )


def _called(text: str, language: str) -> str:
    return title_by(
        [label_of(each)[language] for each in by_of(text) if each in DIMENSIONS], language
    )
