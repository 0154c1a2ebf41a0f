"""Long files: lists of names that the worker writes for one person, who takes them within a week."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import zstandard
from sqlalchemy import Date, ForeignKey, Integer, LargeBinary, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Event
from app.foundation import clock
from app.foundation.database import BigId, Engines, Id, JsonType, Model, Moment, Ref
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.identity.grants import Grant
from app.identity.users import User
from app.queue.jobs import later
from app.statistics.looks import ListAsked, note_look
from app.statistics.questions import Question, question_asked
from app.statistics.scopes import NAMES

MAKE, TIDY_FILES = "make-long-file", "tidy-long-files"
KEPT = timedelta(days=7)
MOST = 4  # files of one person that are kept or under way
MAKING, READY, STOPPED, GONE = "making", "ready", "stopped", "gone"
EVERYWHERE = 0  # in the place of an institution, for a right that holds everywhere


class LongFile(Model):
    """A list that a person asked for, as the ledger stood after the event `marker`.

    `rows`, `size`, `pieces` and the place (`day`, `enrolment_id`) are those of the last row that is
    written; `roots` are the institutions whose names the person could see when they asked. It is
    bound to the person and those rights, and ends at `until`.
    """

    __tablename__ = "long_files"

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    query: Mapped[str] = mapped_column(Text)
    roots: Mapped[list[int]] = mapped_column(JsonType)
    marker: Mapped[Ref]
    state: Mapped[str] = mapped_column(String(16))
    expected: Mapped[int | None] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    pieces: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(BigId)
    day: Mapped[date | None] = mapped_column(Date)
    enrolment_id: Mapped[Ref | None]
    asked_at: Mapped[Moment]
    written_at: Mapped[Moment]
    until: Mapped[Moment]

    @property
    def question(self) -> Question:
        return question_asked(self.query)

    @property
    def name(self) -> str:
        """What the file is called on the disk of who takes it."""
        asked = self.question
        return f"list-{asked.measure}-{asked.since}-{asked.until}.csv"


class LongFilePiece(Model):
    """Whole rows of a long file, compressed; `start` is where they stand in it, in bytes."""

    __tablename__ = "long_file_pieces"

    file_id: Mapped[Ref] = mapped_column(ForeignKey("long_files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(BigId)
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LongFileUnknown(NotFound):
    """No file of the person's has this key, or its week is over."""

    says = N_("There is no such file of yours, or its seven days are over.")
    mend = N_("Open the list and ask for the file again.")


class LongFileNotReady(Refusal):
    """The file is still being made, or its making was stopped."""

    says = N_("This file is not finished.")
    mend = N_("Its page says how far it is.")


class RightsChanged(Refusal):
    """The person may no longer see all the names that the file was asked with."""

    status = 403
    says = N_("You may no longer see all the names that are in this file.")
    mend = N_("Open the list and ask for a file of what you may see now.")


class TooManyFiles(Refusal):
    """A person has so many files at a time and no more."""

    says = N_("You have %(most)s files already that are kept for you or being made.")
    mend = N_("Delete one that you no longer need, then ask again.")


_files, _pieces = LongFile.__table__.c, LongFilePiece.__table__.c


def ask_for(db: Session, person_id: int, question: Question) -> LongFile:
    """Promise the file of a question; one that is being made for the person is given as it is."""
    db.execute(select(User.id).where(User.id == person_id).with_for_update())
    kept, query = files_of(db, person_id), question.query()
    same = next((each for each in kept if (each.state, each.query) == (MAKING, query)), None)
    if same is not None:
        return same
    if len(kept) >= MOST:
        raise TooManyFiles(most=MOST)
    now = clock.now()
    file = LongFile(
        key=uuid4(), person_id=person_id, query=query, roots=roots_of(db, person_id),
        marker=db.scalar(select(func.max(Event.id))) or 0, state=MAKING, rows=0, pieces=0, size=0,
        asked_at=now, written_at=now, until=now + KEPT,
    )  # fmt: skip
    db.add(file)
    db.flush()
    later(db, MAKE, {"file": file.id})
    note_look(db, ListAsked, person_id, question.asked(), question.measure)
    return file


def roots_of(db: Session, person_id: int) -> list[int]:
    """The institutions under which a person may see names, in order."""
    held = select(func.coalesce(Grant.institution_id, EVERYWHERE)).where(
        Grant.user_id == person_id, Grant.role.in_(NAMES), Grant.ended_at.is_(None)
    )
    return sorted(set(db.scalars(held)))


def files_of(db: Session, person_id: int) -> Sequence[LongFile]:
    """What is kept for a person or being made, the latest first."""
    own = select(LongFile).where(
        LongFile.person_id == person_id, LongFile.state != GONE, LongFile.until > clock.now()
    )
    return db.scalars(own.order_by(LongFile.id.desc())).all()


def file_of(db: Session, person_id: int, key: str) -> LongFile:
    """A file of the person's that is kept or being made; raises LongFileUnknown."""
    found = next((each for each in files_of(db, person_id) if str(each.key) == key), None)
    if found is None:
        raise LongFileUnknown
    return found


def finished_file(db: Session, person_id: int, key: str) -> LongFile:
    """A file to be taken, its right asked again; raises LongFileNotReady or RightsChanged."""
    file = file_of(db, person_id, key)
    if file.state != READY:
        raise LongFileNotReady
    held = roots_of(db, person_id)
    if EVERYWHERE not in held and not set(file.roots) <= set(held):
        raise RightsChanged
    return file


def bytes_between(engines: Engines, file_id: int, first: int, last: int) -> Iterator[bytes]:
    """The bytes of a file from one place to another, each piece by a look of its own."""
    end = _pieces.start + _pieces.size
    asked = select(_pieces.number, _pieces.start).where(
        _pieces.file_id == file_id, end > first, _pieces.start <= last
    )
    with engines.reading() as db:
        numbers = [tuple(row) for row in db.execute(asked.order_by(_pieces.number))]
    for number, start in numbers:
        with engines.reading() as db:
            packed = db.scalars(
                select(_pieces.content).where(_pieces.file_id == file_id, _pieces.number == number)
            ).one()
        yield zstandard.decompress(packed)[max(first - start, 0) : last + 1 - start]


def let_go(db: Session, files: Collection[LongFile]) -> None:
    """Nobody sees these files from now on; the worker forgets their bytes at once."""
    for file in files:
        file.state = GONE
    db.flush()
    if files:
        later(db, TIDY_FILES, {})


def files_over(db: Session, now: datetime) -> Sequence[int]:
    """The ids of files that are let go or whose days are over."""
    return db.scalars(
        select(_files.id).where((_files.state == GONE) | (_files.until <= now)).order_by(_files.id)
    ).all()


def forget_pieces(db: Session, file_id: int, most: int) -> bool:
    """Delete some of a file's pieces, and with the last of them the file; tells whether any is left."""
    numbers = select(_pieces.number).where(_pieces.file_id == file_id)
    some = list(db.scalars(numbers.order_by(_pieces.number.desc()).limit(most)))
    if some:
        of_file = LongFilePiece.file_id == file_id
        db.execute(delete(LongFilePiece).where(of_file, LongFilePiece.number >= min(some)))
        return True
    db.execute(delete(LongFile).where(LongFile.id == file_id))
    return False
