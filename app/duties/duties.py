"""Duties: one round of one person under one requirement, materialised so that pages only read."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.activity.events import Happening
from app.foundation.database import Id, Model, Ref


class Duty(Model):
    """That a person is to complete a course by a day; a row for each round, one of which `stands`.

    `started_on` is when they came under the requirement, `since` when this round opened. A duty that
    is done is valid until a day, if it has to be done again. `missed_on` is the last due day that
    passed undone. The placements are those of the events, so that where it counts never moves.
    """

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("requirement_id", "person_id", "round"),
        # By hand: SQLite asks for what stands by `stands = 1`, and finds no index in other words.
        Index(
            "uq_duties_standing",
            "person_id",
            "requirement_id",
            unique=True,
            sqlite_where=text("stands = 1"),
            postgresql_where=text("stands"),
        ),
        Index("ix_duties_requirement_id", "requirement_id", "due_on", "id"),
    )

    id: Mapped[Id]
    requirement_id: Mapped[Ref] = mapped_column(ForeignKey("requirements.id"))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    round: Mapped[int] = mapped_column(Integer)
    stands: Mapped[bool] = mapped_column(Boolean)
    started_on: Mapped[date] = mapped_column(Date)
    since: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    extended_to: Mapped[date | None] = mapped_column(Date)
    exempt_until: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    done_placement_id: Mapped[Ref | None] = mapped_column(ForeignKey("placements.id"), index=True)
    valid_until: Mapped[date | None] = mapped_column(Date)
    reopens_on: Mapped[date | None] = mapped_column(Date)
    missed_on: Mapped[date | None] = mapped_column(Date)
    missed_placement_id: Mapped[Ref | None] = mapped_column(ForeignKey("placements.id"), index=True)
    ended_on: Mapped[date | None] = mapped_column(Date)
    reminded_on: Mapped[date | None] = mapped_column(Date)


@dataclass(frozen=True, kw_only=True)
class _OfDuty(Happening):
    """What every event of a duty says: the requirement, the round and the day (ISO 8601)."""

    requirement_id: int
    round: int
    day: str


@dataclass(frozen=True, kw_only=True)
class DutyBegan(_OfDuty):
    """A person is required to complete a course; `due` is by when."""

    kind: ClassVar[str] = "duty-began"

    due: str


@dataclass(frozen=True, kw_only=True)
class DutyMet(_OfDuty):
    """A person did what was required of them."""

    kind: ClassVar[str] = "duty-met"


@dataclass(frozen=True, kw_only=True)
class DutyMissed(_OfDuty):
    """The day by which a duty was due has passed, and it is not done."""

    kind: ClassVar[str] = "duty-missed"


@dataclass(frozen=True, kw_only=True)
class DutyLapsed(_OfDuty):
    """A duty is asked for no more: the person moved, or the requirement changed or ended."""

    kind: ClassVar[str] = "duty-lapsed"


DUE, OVERDUE, DONE, EXEMPT, ENDED = "due", "overdue", "done", "exempt", "ended"


def state_of(
    due_on: date,
    done_on: date | None,
    exempt_until: date | None,
    ended_on: date | None,
    today: date,
) -> str:
    """What a duty is on a day: done, ended, exempt, overdue or due; in this order."""
    if done_on is not None:
        return DONE
    if ended_on is not None:
        return ENDED
    if exempt_until is not None and exempt_until >= today:
        return EXEMPT
    return OVERDUE if due_on < today else DUE
