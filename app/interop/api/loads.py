"""Loads as the API gives and takes them: a file brought, each row's fate, and the steps onward."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, number
from app.interop.api.operations import Asking, Paging, Sent, Stream, operation, page_of
from app.interop.api.refusals import Faulty, RequestFaulty
from app.interop.scopes import LOADS_READ, LOADS_WRITE
from app.loads import loads
from app.loads.faults import Fault
from app.loads.files import MOST_BYTES, pieces_of
from app.loads.kinds import sentences_of
from app.loads.loads import Brought, LoadUnknown, bring, load_of
from app.loads.rows import rows_shown
from app.loads.surroundings import root_of

NO_BYTES = N_("Send the file as the body: CSV, or a workbook saved as .xlsx.")
FILE = Stream(
    MOST_BYTES,
    (
        "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/octet-stream",
    ),
)  # fmt: skip
Kind = Literal["units", "people", "enrolments"]
Fate = Literal["refused", "new", "changed", "transferred", "unchanged", "all"]
Step = Literal["look", "application", "undoing", "confirmation", "dropping"]


class Reason(BaseModel):
    """What is wrong, as a code and in words, and how to mend it."""

    code: str
    says: str
    mend: str


class FileLoad(BaseModel):
    """A file of rows and where it stands; `counts` is how many rows have which fate.

    `looking`, `applying`, `undoing` and `confirming` go on by themselves: ask again.
    """

    id: UUID
    kind: str
    institution: str
    name: str
    state: str
    counts: dict[str, int]
    done: int
    fault: Reason | None
    brought: datetime
    settled: datetime | None


class FileLoadList(BaseModel):
    """A page of files, latest first."""

    loads: list[FileLoad]


class FateOfRow(BaseModel):
    """A row by its line in the file: what was written, what becomes of it, and why."""

    line: int
    fate: str
    cells: list[str]
    faults: list[Reason]


class FateList(BaseModel):
    """A page of rows, by line; `head` is the first line of the file."""

    head: list[str]
    rows: list[FateOfRow]


class FileAsked(Asking):
    """What the rows of a file are, and how it is called and written."""

    kind: Annotated[Kind, Field(description="What each row is.")]
    name: Annotated[str, Field(max_length=200, description="What the file is called.")] = ""
    encoding: Annotated[
        Literal["", "windows-1252"], Field(description="Left out: UTF-8 or UTF-16.")
    ] = ""


class RowsAsked(Paging):
    """Rows of which fate."""

    fate: Annotated[Fate, Field(description="Only rows of this fate.")] = "all"


class StepMeant(Sent):
    """The step to take with a file."""

    step: Step


@operation(
    "POST", "/units/{unit}/loads", LOADS_WRITE, N_("Bring a file of rows"), answer=FileLoad,
    status=201, query=FileAsked, stream=FILE,
)  # fmt: skip
def create_load(call: Call) -> Told:
    """Keep a file for an institution and all under it; nothing but a look at each row is done."""
    asked: FileAsked = call.query
    unit = call.unit(call.part("unit"))
    (upload,) = call.request.state.uploads
    if not upload.size:
        raise RequestFaulty([Faulty("body", NO_BYTES, {})])
    file = Brought(asked.name, pieces_of(upload), asked.encoding)
    load = bring(call.db, asked.kind, unit.id, root_of(call.db, unit.id), call.by, file)
    return Told(_told(call, load), 201, location=f"{ROOT}/loads/{load.key}")


@operation("GET", "/loads", LOADS_READ, N_("List files of rows"), answer=FileLoadList, query=Paging)
def list_loads(call: Call) -> Told:
    """The files of the tree's institutions, of the last thirty days."""
    asked: Paging = call.query
    statement = select(loads.Load).where(loads.Load.institution_id.in_(call.within))
    after = key_in(asked.cursor, (number,))
    if after is not None:
        statement = statement.where(loads.Load.id < after[0])
    statement = statement.order_by(loads.Load.id.desc()).limit(asked.limit + 1)
    shown, cursor = page_of(call, list(call.db.scalars(statement)), lambda each: (each.id,))
    return Told(FileLoadList(loads=[_told(call, each) for each in shown]), next_cursor=cursor)


@operation("GET", "/loads/{load}", LOADS_READ, N_("Read a file of rows"), answer=FileLoad)
def read_load(call: Call) -> Told:
    """Where a file stands, and how many of its rows have which fate."""
    return Told(_told(call, _own(call)))


@operation(
    "GET", "/loads/{load}/rows", LOADS_WRITE, N_("List what becomes of each row"),
    answer=FateList, query=RowsAsked,
)  # fmt: skip
def list_rows(call: Call) -> Told:
    """The rows of a file as they came, each with its fate and the reasons for it."""
    asked: RowsAsked = call.query
    load = _own(call)
    after = key_in(asked.cursor, (number,))
    fate = "" if asked.fate == "all" else asked.fate
    rows = rows_shown(call.db, load.id, fate, after[0] if after else 0, asked.limit + 1)
    shown, cursor = page_of(call, rows, lambda each: (each.number,))
    told = [
        FateOfRow(
            line=each.number, fate=each.fate, cells=each.cells,
            faults=[_reason(call, fault) for fault in each.faults],
        )
        for each in shown
    ]  # fmt: skip
    return Told(FateList(head=load.head, rows=told), next_cursor=cursor)


@operation(
    "POST", "/loads/{load}/steps", LOADS_WRITE, N_("Take a file a step further"),
    answer=FileLoad, body=StepMeant, refuses=(409,),
)  # fmt: skip
def take_step(call: Call) -> Told:
    """Look again, apply for trial, undo, confirm, or put a file away; the work is done behind it."""
    told: StepMeant = call.body
    load = _own(call)
    steps: dict[str, Callable[[Session, loads.Load], None]] = {
        "look": loads.look_again,
        "application": loads.agree,
        "undoing": loads.take_back,
        "confirmation": loads.confirm,
        "dropping": lambda db, load: loads.drop(db, load, call.by),
    }
    steps[told.step](call.db, load)
    return Told(_told(call, load))


def _own(call: Call) -> loads.Load:
    """The load of the path, if it is of the token's tree; raises LoadUnknown."""
    load = load_of(call.db, call.by, call.part("load"))
    if not call.holds(load.institution_id):
        raise LoadUnknown
    return load


def _told(call: Call, load: loads.Load) -> FileLoad:
    fault: Any = load.fault or None
    return FileLoad(
        id=load.key, kind=load.kind, name=load.name, state=load.state,
        institution=call.db.get_one(Institution, load.institution_id).key,
        counts=load.counts or {}, done=load.done, brought=load.brought_at,
        settled=load.settled_at,
        fault=_reason(call, Fault("", fault["code"], fault["values"])) if fault else None,
    )  # fmt: skip


def _reason(call: Call, fault: Fault) -> Reason:
    gettext = translations_for(call.request.scope["language"]).gettext
    says, mend = sentences_of(fault, gettext)
    return Reason(code=fault.code, says=says, mend=mend)
