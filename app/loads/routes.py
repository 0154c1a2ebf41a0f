"""Routes of loads: files brought, their rows with each one's fate, the steps onward, and code sheets."""

from collections.abc import Callable, Mapping
from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import NotFound
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import KeepsLoads
from app.identity.institutions import Institution, name_of_institution
from app.identity.units.listings import unit_of
from app.loads import loads
from app.loads.codes import ON_A_SHEET, slips_for, waiting_for_code
from app.loads.columns import REASON
from app.loads.faults import WORDS, Fault
from app.loads.files import MOST_BYTES, pieces_of
from app.loads.forms import LoadForm
from app.loads.kinds import BY_NAME, TITLES, kind_called, sentences_of
from app.loads.loads import SHOWN, Brought, Load, bring, load_of, loads_of
from app.loads.rows import FATES, MOVING, PAGE, REFUSED, refused_rows, rows_shown
from app.loads.surroundings import root_of
from app.statistics.exports import small_file
from app.web.forms import Filled, form_of
from app.web.marks import Db, takes_files
from app.web.pages import PRIVATE, number_of_page, onward, page
from app.web.turn import Turnstile
from app.web.uploads import MEGABYTE

router = Turnstile()
NO_FILE = N_("Choose a file: CSV, or a workbook saved as .xlsx.")
TOO_LARGE = N_("The file is larger than %(most)s MB. Divide it into several files.")
EMPTY: Filled[LoadForm] = Filled(None)


class StepUnknown(NotFound):
    """No step of a load is called so."""

    says = N_("There is no such step.")


@router.get("/institutions/{key}/loads")
def show_loads(request: Request, db: Db, visitor: KeepsLoads, key: str) -> Response:
    """The files brought for an institution and all under it, and the form for another."""
    return _loads_page(request, db, unit_of(db, visitor.id, key), EMPTY)


@router.post("/institutions/{key}/loads")
@takes_files
def create_load(
    request: Request,
    db: Db,
    visitor: KeepsLoads,
    key: str,
    form: Annotated[Filled[LoadForm], form_of(LoadForm)],
) -> Response:
    """Keep a file, of which every row is looked at before anything is changed."""
    unit = unit_of(db, visitor.id, key)
    upload = next(iter(request.state.uploads), None)
    gettext = translations_for(request.scope["language"]).gettext
    if upload is None or not upload.size:
        form = form.with_fault("file", gettext(NO_FILE))
    elif upload.size > MOST_BYTES:
        form = form.with_fault("file", gettext(TOO_LARGE) % {"most": MOST_BYTES // MEGABYTE})
    if form.value is None or upload is None:
        return _loads_page(request, db, unit, form, 422)
    told = form.value
    file = Brought(upload.name, pieces_of(upload), told.encoding)
    load = bring(db, told.kind, unit.id, root_of(db, unit.id), visitor.id, file)
    return onward(request, "show_load", key=str(load.key))


@router.get("/institutions/{key}/loads/{kind}.csv")
def show_example(request: Request, db: Db, visitor: KeepsLoads, key: str, kind: str) -> Response:
    """A file to begin with: the columns in the reader's language, and one row."""
    unit_of(db, visitor.id, key)
    gettext = translations_for(request.scope["language"]).gettext
    columns = kind_called(kind).columns
    head, row = [gettext(each.title) for each in columns], [each.example for each in columns]
    return _csv(small_file(head, [row]), kind)


@router.get("/loads/{key}")
def show_load(
    request: Request, db: Db, visitor: KeepsLoads, key: str, fate: str = "", after: str = ""
) -> Response:
    """Where a file stands: how many rows have which fate, and the rows, faulty ones first."""
    load = load_of(db, visitor.id, key)
    counts = load.counts or {}
    if fate not in FATES and fate != "all":
        fate = REFUSED if counts.get(REFUSED) else "all"
    at = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    rows = rows_shown(db, load.id, "" if fate == "all" else fate, at) if counts else []
    return page(
        request,
        "loads/load.html",
        load=load,
        unit=db.get_one(Institution, load.institution_id),
        name=name_of_institution(db, load.institution_id),
        counts=counts,
        moving=sum(counts.get(each, 0) for each in MOVING),
        fate=fate,
        fates=FATES,
        rows=rows[:PAGE],
        next_after=rows[PAGE - 1].number if len(rows) > PAGE else 0,
        is_working=load.state in loads.WORKING,
        words=WORDS,
        titles=TITLES,
        codes=waiting_for_code(db, load) if load.state == loads.CONFIRMED else 0,
    )


@router.get("/loads/{key}/faulty.csv")
def show_faulty_rows(request: Request, db: Db, visitor: KeepsLoads, key: str) -> Response:
    """The faulty rows as they came, with what is wrong with each, to mend and bring again."""
    load = load_of(db, visitor.id, key)
    gettext = translations_for(request.scope["language"]).gettext
    rows = ([*each.cells, _reasons(each.faults, gettext)] for each in refused_rows(db, load.id))
    return _csv(small_file([*load.head, gettext(REASON)], rows), f"{load.kind}-faulty")


@router.post("/loads/{key}/codes")
def create_codes(
    request: Request, db: Db, visitor: KeepsLoads, key: str, after: str = ""
) -> Response:
    """A sheet of slips with new codes, shown this once; earlier codes of these people are void."""
    load = load_of(db, visitor.id, key)
    at = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    return page(
        request,
        "loads/codes.html",
        load=load,
        slips=slips_for(db, load, visitor.id, at),
        waiting=waiting_for_code(db, load),
        next_after=at + ON_A_SHEET,
    )


@router.post("/loads/{key}/{step}")
def update_load(request: Request, db: Db, visitor: KeepsLoads, key: str, step: str) -> Response:
    """Take the file a step further: look again, apply, undo, confirm, or put it away."""
    load = load_of(db, visitor.id, key)
    steps: Mapping[str, Callable[[Session, Load], None]] = {
        "look": loads.look_again,
        "application": loads.agree,
        "undoing": loads.take_back,
        "confirmation": loads.confirm,
        "dropping": lambda db, load: loads.drop(db, load, visitor.id),
    }
    if step not in steps:
        raise StepUnknown
    steps[step](db, load)
    return onward(request, "show_load", key=str(load.key))


def _reasons(faults: list[Fault], gettext: Callable[[str], str]) -> str:
    return " ".join(part for fault in faults for part in sentences_of(fault, gettext))


def _csv(content: bytes, name: str) -> Response:
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, 200, headers, "text/csv; charset=utf-8")


def _loads_page(
    request: Request, db: Session, unit: Institution, form: Filled[LoadForm], status: int = 200
) -> Response:
    at = number_of_page(request)
    found = loads_of(db, unit.id, at)
    return page(
        request,
        "loads/loads.html",
        status,
        unit=unit,
        name=name_of_institution(db, unit.id),
        form=form,
        loads=found[:SHOWN],
        at=at,
        has_more=len(found) > SHOWN,
        most=MOST_BYTES // MEGABYTE,
        columns={kind: [each.title for each in told.columns] for kind, told in BY_NAME.items()},
    )
