"""Boards: what My learning shows of a learner, found in one statement, however much there is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, select, union_all
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.duties.duties import Duty, state_of
from app.duties.requirements import Requirement
from app.duties.terms import RequirementTerms
from app.foundation import clock
from app.foundation.prepared import Together
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.inquiries import has_news
from app.learning.progress import STEPS, Progress, Steps, steps_of_each
from app.learning.rounds import Round

_OF_A_ROUND = len(Round._fields)
SHOWN = 10  # rounds of a kind; the page of all has the others


class Timed(NamedTuple):
    """An attempt that runs against the clock: its quiz, its number, and when it ends."""

    activity_key: str
    number: int
    until: datetime


class Required(NamedTuple):
    """A duty as its learner's pages show it: who asks, by when, why; and the course."""

    key: UUID
    course_id: int
    slug: str
    version_id: int
    compiler: int
    institution: str
    legal_basis: str
    due_on: date
    done_on: date | None
    valid_until: date | None
    exempt_until: date | None
    time_zone: str

    @property
    def today(self) -> date:
        """The day at the institution that requires it."""
        return clock.day_in(clock.now(), self.time_zone)

    @property
    def state(self) -> str:
        """What it is today: due, overdue, exempt or done."""
        return state_of(self.due_on, self.done_on, self.exempt_until, None, self.today)

    @property
    def late(self) -> int:
        """By how many days it is late."""
        return max((self.today - self.due_on).days, 0)


class Board(NamedTuple):
    """A learner's rounds, newest first, some of each kind; and what is required of them.

    `steps` are those of the rounds under way; `more` says how many rounds are not shown.
    """

    rounds: tuple[Round, ...]
    steps: Mapping[int, Steps]
    more: int
    timed: Sequence[tuple[Round, Timed]]
    has_news: bool
    required: Sequence[Required]


_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_courses, _versions = Course.__table__.c, CourseVersion.__table__.c
_certificates, _attempts = Certificate.__table__.c, Attempt.__table__.c
_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_terms, _institutions = RequirementTerms.__table__.c, Institution.__table__.c
_states = InstitutionState.__table__.c
_progress = Progress.__table__.c
_is_mine = _enrolments.learner_id == bindparam("learner_id")
_with_completions = Enrolment.__table__.outerjoin(
    Completion.__table__, _completions.enrolment_id == _enrolments.id
)
_later = Enrolment.__table__.alias("later")
_columns = (
    _enrolments.id, _enrolments.course_id, _enrolments.version_id, _enrolments.round,
    _enrolments.opened_at, _enrolments.ended_at, _completions.day,
)  # fmt: skip
_last_done = (
    select(func.max(_progress.done_at))
    .where(_progress.enrolment_id == _enrolments.id)
    .scalar_subquery()
)
_newest = _enrolments.opened_at.desc(), _enrolments.id.desc()
# Each of the three stops at its limit, so that a long record costs little more than a short one.
_under_way = (
    select(*_columns)
    .select_from(_with_completions)
    .where(_is_mine, _enrolments.ended_at.is_(None), _completions.enrolment_id.is_(None))
    .order_by(func.coalesce(_last_done, _enrolments.opened_at).desc(), _enrolments.id.desc())
    .limit(SHOWN + 1)
    .cte("under_way")
)
_completed = (
    select(*_columns)
    .join_from(
        Enrolment.__table__, Completion.__table__, _completions.enrolment_id == _enrolments.id
    )
    .where(_is_mine)
    .order_by(*_newest)
    .limit(SHOWN)
    .subquery()
)
# A left course counts by its last round, and a round that was renewed is not left.
_left = (
    select(*_columns)
    .select_from(_with_completions)
    .where(
        _is_mine,
        _enrolments.end_reason != "renewed",
        _completions.enrolment_id.is_(None),
        ~exists().where(
            _later.c.learner_id == _enrolments.learner_id,
            _later.c.course_id == _enrolments.course_id,
            _later.c.round > _enrolments.round,
        ),
    )
    .order_by(*_newest)
    .limit(SHOWN)
    .subquery()
)
_placed = union_all(select(_under_way), select(_completed), select(_left)).subquery()
_total = select(func.count()).select_from(Enrolment.__table__).where(_is_mine).scalar_subquery()


_ROUNDS = (
    select(
        _placed.c.id, _courses.id.label("course_id"), _courses.slug, _placed.c.version_id,
        _versions.compiler, _placed.c.round, _placed.c.opened_at, _placed.c.ended_at,
        _placed.c.day, _certificates.code,
        _total.label("total"), has_news.label("has_news"),
        _attempts.activity_key, _attempts.number, _attempts.due_at,
    )
    .select_from(
        _placed.join(Course.__table__, _courses.id == _placed.c.course_id)
        .join(CourseVersion.__table__, _versions.id == _placed.c.version_id)
        .outerjoin(
            Certificate.__table__,
            and_(
                _certificates.completion_id == _placed.c.id,
                _certificates.replaced_at.is_(None),
                _certificates.revoked_at.is_(None),
            ),
        )
        .outerjoin(
            Attempt.__table__,
            and_(
                _attempts.enrolment_id == _placed.c.id,
                _attempts.submitted_at.is_(None),
                _attempts.due_at.is_not(None),
            ),
        )
    )
)  # fmt: skip
_required = (
    Duty.__table__.join(Requirement.__table__, _requirements.id == _duties.requirement_id)
    .join(
        RequirementTerms.__table__,
        and_(_terms.requirement_id == _requirements.id, _terms.replaced_at.is_(None)),
    )
    .join(Institution.__table__, _institutions.id == _requirements.institution_id)
    .join(InstitutionState.__table__, (_states.institution_id == _institutions.id) & is_standing)
    .join(Course.__table__, _courses.id == _requirements.course_id)
    .join(CourseVersion.__table__, and_(_versions.course_id == _courses.id, _versions.is_current))
)
REQUIRED = select(
    _requirements.key, _courses.id.label("course_id"), _courses.slug,
    _versions.id.label("version_id"), _versions.compiler, _states.name, _terms.legal_basis,
    _duties.due_on, _duties.done_on, _duties.valid_until, _duties.exempt_until,
    _institutions.time_zone,
).select_from(_required)  # fmt: skip
_BOARD = Together(
    _ROUNDS,
    REQUIRED.where(_duties.person_id == bindparam("learner_id"), _duties.stands),
    STEPS.where(Progress.enrolment_id.in_(select(_under_way.c.id))),
)


def board_of(db: Session, learner_id: int) -> Board:
    """What a learner follows, did and left, and what is required of them, open and late ones first."""
    found, required, steps = _BOARD.rows(db, {"learner_id": learner_id})
    rounds: dict[int, Round] = {}
    timed, total, has_news = [], 0, False
    for row in found:
        rounds[row[0]] = one = Round._make(row[:_OF_A_ROUND])
        total, has_news, *attempt = row[_OF_A_ROUND:]
        if attempt[0] is not None:
            timed.append((one, Timed._make(attempt)))
    return Board(
        rounds=tuple(sorted(rounds.values(), key=attrgetter("opened_at", "id"), reverse=True)),
        steps=steps_of_each(steps),
        more=total - len(rounds),
        timed=timed,
        has_news=has_news,
        required=sorted(map(Required._make, required), key=_open_and_late_first),
    )


def _open_and_late_first(one: Required) -> tuple[bool, date]:
    return one.done_on is not None, one.due_on
