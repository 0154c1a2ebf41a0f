"""Loads: a file of institutions, people or enrolments, looked at row by row before it changes anything."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

import zstandard
from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Id, Json, JsonType, Model, Moment, Ref, table_of
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.identity.grants import ADMINISTERED, ADMINISTRATOR
from app.queue.jobs import later

LOAD = "load"
UNITS, PEOPLE, ENROLMENTS = "units", "people", "enrolments"
KINDS = (UNITS, PEOPLE, ENROLMENTS)
KEPT = timedelta(days=30)
LARGE = 200_000  # bytes
SHOWN = 50
# Where a load stands. The second of each pair is what the worker is doing meanwhile.
LOOKING, LOOKED, UNREADABLE = "looking", "looked", "unreadable"
APPLYING, APPLIED = "applying", "applied"
UNDOING, UNDONE = "undoing", "undone"
CONFIRMING, CONFIRMED = "confirming", "confirmed"
DROPPED = "dropped"
WORKING = (LOOKING, APPLYING, UNDOING, CONFIRMING)
ON_TRIAL = (APPLYING, APPLIED, UNDOING, CONFIRMING)
CLOSED = (CONFIRMED, DROPPED, UNREADABLE)


class Load(Model):
    """A file brought for an institution and all under it; `kind` says what its rows are.

    `root_id` is the highest institution above, of which one load at a time is on trial; `marker` is
    the last event before it was applied, and `done` how many rows the present step has passed.
    """

    __tablename__ = "loads"
    __table_args__ = (Index("ix_loads_institution_id", "institution_id", "id"),)

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    root_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    encoding: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    hash: Mapped[Hash]
    state: Mapped[str] = mapped_column(String(16))
    head: Mapped[list[str]] = mapped_column(JsonType)
    counts: Mapped[Json]
    fault: Mapped[Json]
    done: Mapped[int] = mapped_column(Integer)
    marker: Mapped[Ref]
    brought_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    brought_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]

    @property
    def is_large(self) -> bool:
        """Whether a process of its own works on it, lest it share Python's lock with pages."""
        return self.size > LARGE


class LoadPiece(Model):
    """A piece of a load's file, compressed, kept until the load is closed."""

    __tablename__ = "load_pieces"

    load_id: Mapped[Ref] = mapped_column(ForeignKey("loads.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Brought(NamedTuple):
    """A file as it came: what it is called, its pieces, and the encoding that was told, if any."""

    name: str
    pieces: Iterable[bytes]
    encoding: str


@dataclass(frozen=True, kw_only=True)
class LoadBrought(Happening):
    """An administrator brought a file of rows; nothing is changed by that."""

    kind: ClassVar[str] = "load-brought"
    load_id: int
    institution_id: int
    what: str


@dataclass(frozen=True, kw_only=True)
class LoadSettled(Happening):
    """A load was applied, undone, confirmed or dropped; `rows` is how many rows that moved."""

    kind: ClassVar[str] = "load-settled"
    load_id: int
    institution_id: int
    state: str
    rows: int


class LoadUnknown(NotFound):
    """No load of the person's own institutions has this key."""

    says = N_("There is no such file, or it was forgotten after 30 days.")
    mend = N_("Look at the list of files of your institution.")


class LoadNotReady(Refusal):
    """The load does not stand where this step begins: another step was taken, or goes on."""

    says = N_("This step is not open now: somebody took another one, or the work still goes on.")
    mend = N_("Go back to the page of the file and see where it stands.")


class AnotherOnTrial(Refusal):
    """A load of the same tree is applied and neither confirmed nor undone."""

    says = N_("Another file, “%(name)s”, is applied for trial in this tree of institutions.")
    mend = N_("Confirm it or undo it first, so that each can be undone as a whole.")


_KEEP = table_of(LoadPiece).insert()


def bring(
    db: Session, kind: str, institution_id: int, root_id: int, by: int, file: Brought
) -> Load:
    """Keep a file and promise that its rows are looked at."""
    load = Load(
        key=uuid4(), kind=kind, institution_id=institution_id, root_id=root_id,
        name=file.name[:200], encoding=file.encoding, size=0, hash=b"", state=LOOKING, head=[],
        counts={}, fault={}, done=0, marker=0, brought_by=by, brought_at=clock.now(),
    )  # fmt: skip
    db.add(load)
    db.flush()
    digest, size = hashlib.sha256(), 0
    for number, piece in enumerate(file.pieces):
        digest.update(piece)
        size += len(piece)
        packed = zstandard.compress(piece, 1)
        db.execute(_KEEP, {"load_id": load.id, "number": number, "content": packed})
    load.size, load.hash = size, digest.digest()
    record(db, LoadBrought(actor_id=by, load_id=load.id, institution_id=institution_id, what=kind))
    _promise(db, load)
    db.flush()
    return load


def load_of(db: Session, person_id: int, key: str) -> Load:
    """The load with this key in the trees the person administers; raises LoadUnknown."""
    try:
        asked = select(Load).where(Load.key == UUID(key))
    except ValueError:
        raise LoadUnknown from None
    load = db.scalars(
        asked.where(Load.institution_id.in_(ADMINISTERED)),
        {"user_id": person_id, "role": ADMINISTRATOR},
    ).one_or_none()
    if load is None:
        raise LoadUnknown
    return load


def loads_of(db: Session, institution_id: int, page: int) -> list[Load]:
    """A page of the loads of an institution, latest first, and one more."""
    asked = select(Load).where(Load.institution_id == institution_id).order_by(Load.id.desc())
    return list(db.scalars(asked.limit(SHOWN + 1).offset((page - 1) * SHOWN)))


def piece_of(db: Session, load_id: int, number: int) -> bytes | None:
    """A piece of a load's file, if it has so many."""
    asked = select(LoadPiece.content).where(LoadPiece.load_id == load_id)
    packed = db.scalars(asked.where(LoadPiece.number == number)).one_or_none()
    return zstandard.decompress(packed) if packed is not None else None


def look_again(db: Session, load: Load) -> None:
    """Look at the file anew, after an undoing or a change elsewhere; raises LoadNotReady."""
    _go(db, load, (LOOKED, UNDONE), LOOKING)


def agree(db: Session, load: Load) -> None:
    """Let the rows be applied for trial; raises LoadNotReady or AnotherOnTrial."""
    asked = select(Load.name).where(
        Load.root_id == load.root_id, Load.state.in_(ON_TRIAL), Load.id != load.id
    )
    other = db.scalars(asked.limit(1)).one_or_none()
    if other is not None:
        raise AnotherOnTrial(name=other)
    _go(db, load, (LOOKED,), APPLYING)


def take_back(db: Session, load: Load) -> None:
    """Let everything the load applied be undone; raises LoadNotReady."""
    _go(db, load, (APPLIED,), UNDOING)


def confirm(db: Session, load: Load) -> None:
    """Let the load stand: the ledger and the people are told; raises LoadNotReady."""
    _go(db, load, (APPLIED,), CONFIRMING)


def drop(db: Session, load: Load, by: int) -> None:
    """Put a load away that has changed nothing; raises LoadNotReady."""
    locked = _locked(db, load, (LOOKED, UNDONE, UNREADABLE))
    settle(db, locked, DROPPED, 0, by)


def settle(db: Session, load: Load, state: str, rows: int, by: int | None = None) -> None:
    """Note where a step has brought the load; closed, it forgets its file."""
    load.state, load.settled_at = state, clock.now()
    if state in CLOSED:
        db.execute(delete(LoadPiece).where(LoadPiece.load_id == load.id))
    db.flush()
    record(
        db,
        LoadSettled(
            actor_id=by or load.brought_by,
            load_id=load.id,
            institution_id=load.institution_id,
            state=state,
            rows=rows,
        ),
    )


def standing_load(db: Session, load_id: int) -> Load:
    """The load a job is about, its row locked until the transaction ends."""
    return db.scalars(select(Load).where(Load.id == load_id).with_for_update()).one()


def _locked(db: Session, load: Load, states: tuple[str, ...]) -> Load:
    asked = select(Load).where(Load.id == load.id).with_for_update()
    locked = db.scalars(asked.execution_options(populate_existing=True)).one()
    if locked.state not in states:
        raise LoadNotReady
    return locked


def _go(db: Session, load: Load, states: tuple[str, ...], state: str) -> None:
    locked = _locked(db, load, states)
    locked.state, locked.done, locked.fault = state, 0, {}
    db.flush()
    _promise(db, locked)


def _promise(db: Session, load: Load) -> None:
    later(db, LOAD, {"load": load.id})


def old_loads(db: Session, before: datetime) -> list[int]:
    """The loads whose time is over: closed, or looked at and left alone, before a moment."""
    asked = select(Load.id).where(Load.state.not_in(ON_TRIAL), Load.brought_at < before)
    return list(db.scalars(asked.limit(SHOWN)))
