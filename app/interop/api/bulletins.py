"""Bulletins as the API gives and takes them: prepared, released, revised and withdrawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy import select

from app.foundation import clock
from app.i18n.marking import N_
from app.identity.grants import ADMINISTRATOR
from app.identity.institutions import Institution
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, number
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.api.refusals import Faulty, RequestFaulty
from app.interop.api.units import Key
from app.interop.scopes import BULLETINS_WRITE
from app.statistics.bulletins import bulletins
from app.statistics.bulletins.bulletins import PREPARED, Bulletin
from app.statistics.bulletins.contents import Content
from app.statistics.bulletins.keys import key_now, key_that_signs
from app.statistics.bulletins.parcels import NO_PAPERS, Papers
from app.statistics.bulletins.shelves import bulletin_in, bulletins_of, files_in
from app.statistics.bulletins.snapshots import snapshot, wish_of
from app.statistics.bulletins.wishes import BulletinForm, said_by
from app.statistics.reports.papers import papers_to_sign
from app.statistics.scopes import COUNTS
from app.web.forms import filled

Word = Annotated[str, Field(min_length=1, max_length=100)]
RELEASING = (ADMINISTRATOR,)


class FiguresReleased(BaseModel):
    """A revision of a bulletin and where it stands; its files lie open once it is released."""

    key: str
    revision: int
    institution: str
    titles: Mapping[str, str]
    state: str
    since: str
    until: str
    measures: list[str]
    tables: list[str]
    prepared: datetime
    released: datetime | None
    withdrawn: datetime | None
    why: str | None
    files: list[str]


class FiguresReleasedList(BaseModel):
    """A page of bulletins, the last revision of each, latest first."""

    bulletins: list[FiguresReleased]


class NewFigures(Sent):
    """What a bulletin is to hold: months as 2026-01, tables as `course.month` or `all`."""

    name: Annotated[str, Field(min_length=1, max_length=48)]
    institution: Key
    since: Word
    until: Word
    measures: Annotated[list[Word], Field(min_length=1)]
    tables: Annotated[list[Word], Field(min_length=1)]


class Why(Sent):
    """Why a bulletin is revised or withdrawn, for everybody to read."""

    why: Annotated[str, Field(min_length=10, max_length=1000)]


def _frozen(call: Call) -> Content:
    """The tables asked for as they are now; raises RequestFaulty by the words of the page."""
    told: NewFigures = call.body
    call.unit(told.institution)
    fields = [
        (name, each)
        for name, value in told.model_dump().items()
        for each in (value if isinstance(value, list) else [value])
    ]
    form = filled(BulletinForm, fields, call.request.scope["language"])
    if form.value is None:
        raise RequestFaulty(
            [Faulty(f"body.{name}", each, {}) for name, each in form.faults.items()]
        )
    return snapshot(call.db, call.scope(COUNTS), form.value.wish())


def _frozen_again(call: Call) -> Content:
    frozen = snapshot(call.db, call.scope(COUNTS), wish_of(_own(call).content()))
    return frozen._replace(reason_language=call.request.scope["language"])


def _papers(call: Call) -> Papers:
    """The reports of a prepared bulletin, which take a second."""
    bulletin = _own(call)
    if bulletin.state != PREPARED:
        return NO_PAPERS
    home = call.request.app.state.settings.public_url
    return papers_to_sign(bulletin.content(), key_now(call.db), home, clock.now().date())


@operation(
    "GET", "/bulletins", BULLETINS_WRITE, N_("List bulletins"), answer=FiguresReleasedList,
    query=Paging,
)  # fmt: skip
def list_bulletins(call: Call) -> Told:
    """The bulletins of the tree's institutions, prepared ones too."""
    asked: Paging = call.query
    statement = bulletins_of(call.scope(COUNTS))
    after = key_in(asked.cursor, (number,))
    if after is not None:
        statement = statement.where(Bulletin.id < after[0])
    found = list(call.db.scalars(statement.limit(asked.limit + 1)))
    shown, cursor = page_of(call, found, lambda each: (each.id,))
    told = FiguresReleasedList(bulletins=[_told(call, each) for each in shown])
    return Told(told, next_cursor=cursor)


@operation(
    "POST", "/bulletins", BULLETINS_WRITE, N_("Prepare a bulletin"), answer=FiguresReleased,
    status=201, body=NewFigures, refuses=(409,), ahead=_frozen,
)  # fmt: skip
def create_bulletin(call: Call) -> Told:
    """Freeze the figures of today for a look before they are released."""
    told: NewFigures = call.body
    made = bulletins.prepare(call.db, call.by, call.unit(told.institution).id, call.found)
    key_that_signs(call.db, call.request.app.state.settings.storage)  # reports print it
    return Told(_told(call, made), 201, location=_place(made))


@operation(
    "GET", "/bulletins/{bulletin}/{revision}", BULLETINS_WRITE, N_("Read a bulletin"),
    answer=FiguresReleased,
)  # fmt: skip
def read_bulletin(call: Call) -> Told:
    """One revision of a bulletin, and where it stands."""
    return Told(_told(call, _own(call)))


@operation(
    "POST", "/bulletins/{bulletin}/{revision}/release", BULLETINS_WRITE,
    N_("Sign and release a bulletin"), answer=FiguresReleased, refuses=(409,), ahead=_papers,
)  # fmt: skip
def release_bulletin(call: Call) -> Told:
    """Sign a prepared bulletin with its reports and open it to everybody."""
    bulletin, storage = _own(call), call.request.app.state.settings.storage
    bulletins.release(call.db, storage, call.by, bulletin, call.found)
    return Told(_told(call, bulletin))


@operation(
    "POST", "/bulletins/{bulletin}/{revision}/revision", BULLETINS_WRITE,
    N_("Prepare a revision of a bulletin"), answer=FiguresReleased, status=201, body=Why,
    refuses=(409,), ahead=_frozen_again,
)  # fmt: skip
def revise_bulletin(call: Call) -> Told:
    """Freeze the same tables anew, to be released as the next revision."""
    told: Why = call.body
    made = bulletins.revise(call.db, call.by, _own(call), call.found, told.why)
    return Told(_told(call, made), 201, location=_place(made))


@operation(
    "POST", "/bulletins/{bulletin}/{revision}/withdrawal", BULLETINS_WRITE,
    N_("Withdraw a bulletin"), answer=FiguresReleased, body=Why, refuses=(409,),
)  # fmt: skip
def withdraw_bulletin(call: Call) -> Told:
    """Offer its files no longer, and say why on its page."""
    told: Why = call.body
    bulletin = _own(call)
    bulletins.withdraw(call.db, call.by, bulletin, told.why)
    return Told(_told(call, bulletin))


@operation(
    "DELETE", "/bulletins/{bulletin}/{revision}", BULLETINS_WRITE,
    N_("Throw a prepared bulletin away"), answer=None, status=204, refuses=(409,),
)  # fmt: skip
def delete_bulletin(call: Call) -> Told:
    """Throw a bulletin away before anybody outside saw it."""
    bulletins.drop(call.db, call.by, _own(call))
    return Told(None, 204)


def _own(call: Call) -> Bulletin:
    """The bulletin of the path, if it is of the token's tree; raises BulletinUnknown."""
    scope = call.scope(RELEASING)
    return bulletin_in(call.db, scope, call.part("bulletin"), call.part("revision"))


def _place(bulletin: Bulletin) -> str:
    return f"{ROOT}/bulletins/{bulletin.key}/{bulletin.revision}"


def _told(call: Call, bulletin: Bulletin) -> FiguresReleased:
    own: Any = select(Institution.key).where(Institution.id == bulletin.institution_id)
    content = bulletin.content()
    return FiguresReleased(
        key=bulletin.key, revision=bulletin.revision, institution=call.db.scalars(own).one(),
        titles=bulletin.titles, state=bulletin.state, since=content.since, until=content.until,
        measures=list(content.measures),
        tables=[said_by(each.dimensions) for each in content.tables],
        prepared=bulletin.prepared_at, released=bulletin.released_at,
        withdrawn=bulletin.withdrawn_at, why=bulletin.withdrawn_why,
        files=[
            f"/data/{bulletin.key}/{bulletin.revision}/{each.path}"
            for each in files_in(call.db, bulletin)
        ],
    )  # fmt: skip
