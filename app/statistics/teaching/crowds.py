"""Crowds: the learners of whom a page of figures tells, by version, language and quarter.

Figures are exact, and none is shown of fewer than five people. Quarters do not overlap, so that
two of them have no difference that would tell of fewer.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import Date, ScalarResult, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.catalogue.texts import CompiledText
from app.foundation.database import MomentType
from app.learning.enrolments import Enrolment
from app.learning.results import Result

MOST = 5_000  # learners, the latest to start; more would cost time and hardly change a figure
QUARTERS = 12  # that may be chosen


class Quarter(NamedTuple):
    """Three months: their name, as in "2026-Q4", the first day and the first day after them."""

    name: str
    since: date
    until: date

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month, as "2026-10"."""
        return f"{self.since:%Y-%m}", f"{self.since.year}-{self.since.month + 2:02}"


ALWAYS = Quarter("", date(2000, 1, 1), date(9999, 1, 1))


class Crowd(NamedTuple):
    """The learners of a version; of a language and of a quarter, if one is said."""

    version_id: int
    language: str = ""
    quarter: Quarter = ALWAYS

    def asked(self) -> Mapping[str, Any]:
        """What the statements of this package bind."""
        since, until = self.quarter.since, self.quarter.until
        return {
            "version_id": self.version_id,
            "language": self.language,
            "since": since,
            "until": until,
            "from": _moment(since),
            "before": _moment(until),
        }


_enrolments, _results = Enrolment.__table__.c, Result.__table__.c
_texts = CompiledText.__table__.c
OF = bindparam("version_id", type_=_enrolments.version_id.type)
SPEAKING = bindparam("language", type_=_results.language.type)
FROM, BEFORE = bindparam("from", type_=MomentType()), bindparam("before", type_=MomentType())
CROWD = (
    select(_enrolments.id)
    .where(
        _enrolments.version_id == OF,
        _enrolments.started_day.is_not(None),
        _enrolments.started_day >= bindparam("since", type_=Date()),
        _enrolments.started_day < bindparam("until", type_=Date()),
        or_(
            SPEAKING == "",
            exists().where(_results.enrolment_id == _enrolments.id, _results.language == SPEAKING),
        ),
    )
    .order_by(_enrolments.started_day.desc(), _enrolments.id.desc())
    .limit(MOST)
    .cte("crowd")
)
_LANGUAGES = (
    select(_texts.language)
    .where(_texts.version_id == OF, _texts.owner_key == "course")
    .order_by(_texts.language)
)


def languages_of(db: Session, version_id: int) -> list[str]:
    """The languages that a version can be read in."""
    spoken: ScalarResult[str] = db.scalars(_LANGUAGES, {"version_id": version_id})
    return list(spoken)


def quarters_until(today: date, first: date) -> list[Quarter]:
    """The quarters from that of `first` on, the current one first, QUARTERS at most."""
    count = today.year * 4 + (today.month - 1) // 3
    start = max(first.year * 4 + (first.month - 1) // 3, count - QUARTERS + 1)
    return [_quarter(number) for number in range(count, start - 1, -1)]


def _quarter(number: int) -> Quarter:
    (year, at), (later, then) = divmod(number, 4), divmod(number + 1, 4)
    return Quarter(f"{year}-Q{at + 1}", date(year, at * 3 + 1, 1), date(later, then * 3 + 1, 1))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
