"""Terms: of whom a requirement asks, by when, how often and why; replaced, never edited."""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Date, ForeignKey, Integer, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.duties.audiences import Audience, word_list
from app.duties.reckonings import Terms
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, index_where
from app.i18n.marking import N_

LOOKS_AHEAD = timedelta(days=5 * 366)
USUAL_WINDOW = 60  # days
ONE_OF_TWO = N_("Write either a day for all or a number of days, not both.")
NO_PAST = N_("Choose today or a later day, at most five years from now.")
BEFORE_BEGIN = N_("Choose a day behind the one on which the requirement begins.")
WINDOW_TOO_LONG = N_("Choose fewer days: the window has to be shorter than the time between.")


class RequirementTerms(Model):
    """Of whom, by when, how often and why; a change replaces the row, which is kept.

    `grades` and `job_families` are lists with commas, empty for all. `due_on` is a day for all,
    else `due_days` counts from the day on which somebody comes under the requirement. `since` is
    the last day on which terms took time: let a completion run out sooner, or be renewed in less.
    """

    __tablename__ = "requirement_terms"
    __table_args__ = (
        index_where(
            "uq_requirement_terms_standing", "replaced_at IS NULL", "requirement_id", is_unique=True
        ),
    )

    id: Mapped[Id]
    requirement_id: Mapped[Ref] = mapped_column(ForeignKey("requirements.id"))
    audience_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    grades: Mapped[str] = mapped_column(String(500))
    job_families: Mapped[str] = mapped_column(String(500))
    condition: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[date | None] = mapped_column(Date)
    due_days: Mapped[int | None] = mapped_column(Integer)
    every_months: Mapped[int | None] = mapped_column(Integer)
    window_days: Mapped[int] = mapped_column(Integer)
    legal_basis: Mapped[str] = mapped_column(String(300))
    since: Mapped[date] = mapped_column(Date)
    set_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]

    @property
    def terms(self) -> Terms:
        """What the reckoning of a duty needs of them."""
        return Terms(self.due_on, self.due_days, self.every_months, self.window_days, self.since)

    def audience(self, course_id: int, begins_on: date, time_zone: str) -> Audience:
        """Whom they require a course of."""
        words = word_list(self.grades), word_list(self.job_families)
        return Audience(self.audience_id, *words, self.condition, begins_on, time_zone, course_id)


class Wanted(NamedTuple):
    """The terms that an administrator writes down; in the order of the table's columns."""

    audience_id: int
    grades: str
    job_families: str
    condition: str
    due_on: date | None
    due_days: int | None
    every_months: int | None
    window_days: int
    legal_basis: str


def window_of(every_months: int | None, told: int | None) -> int:
    """The days before a completion runs out in which its duty is open again."""
    if every_months is None:
        return 0
    return told or min(USUAL_WINDOW, every_months * 14)


def faults_in(wanted: Wanted, begins_on: date, today: date | None) -> dict[str, str]:
    """What does not fit, by name and as message ids; `today` for a requirement that is new."""
    faults, due_on, months = {}, wanted.due_on, wanted.every_months
    if today is not None and not today <= begins_on <= today + LOOKS_AHEAD:
        faults["begins_on"] = NO_PAST
    if (due_on is None) == (wanted.due_days is None):
        faults["due_days"] = ONE_OF_TWO
    elif due_on is not None and not begins_on < due_on <= begins_on + LOOKS_AHEAD:
        faults["due_on"] = BEFORE_BEGIN if due_on <= begins_on else NO_PAST
    if months and wanted.window_days >= months * 28:
        faults["window_days"] = WINDOW_TOO_LONG
    return faults


def takes_time(standing: RequirementTerms, wanted: Wanted) -> bool:
    """Whether other terms let a completion run out sooner, or give fewer days to renew it."""
    before, after = standing.every_months, wanted.every_months
    is_sooner = after is not None and (before is None or after < before)
    return is_sooner or wanted.window_days < standing.window_days


_TERMS = select(RequirementTerms).where(
    RequirementTerms.requirement_id == bindparam("requirement_id"),
    RequirementTerms.replaced_at.is_(None),
)


def terms_of(db: Session, requirement_id: int) -> RequirementTerms:
    """The terms that stand."""
    return db.scalars(_TERMS, {"requirement_id": requirement_id}).one()


def terms_before(db: Session, requirement_id: int) -> list[RequirementTerms]:
    """The terms that were replaced, the latest first."""
    former = RequirementTerms.requirement_id == requirement_id
    asked = select(RequirementTerms).where(former, RequirementTerms.replaced_at.is_not(None))
    return list(db.scalars(asked.order_by(RequirementTerms.id.desc())))


def write_terms(db: Session, by: int, requirement_id: int, wanted: Wanted, since: date) -> None:
    """Let these terms stand from now on; `since` is the last day on which terms took time."""
    row = RequirementTerms(
        requirement_id=requirement_id,
        **wanted._asdict(),
        since=since,
        set_by=by,
        set_at=clock.now(),
    )
    db.add(row)
    db.flush()
