"""Sittings: an attempt as its learner meets it; the lookup is the authorisation."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.courses import Course
from app.catalogue.editions import Edition
from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.documents import RowsOf
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Prepared
from app.i18n.marking import N_
from app.identity.access import (
    Visitor,
    check_made_for,
    is_signed_in,
    signed_in,
    token_hash_of,
    visitor_columns,
)
from app.identity.sign_ins import SignIn
from app.identity.users import User
from app.learning.enrolments import Enrolment, EnrolmentOver, Place, place_columns
from app.learning.standings import with_standing
from app.web.marks import InTurn

MOST_ATTEMPTS = 10**6


class AttemptUnknown(NotFound):
    """No such attempt of this person."""

    says = N_("There is no such attempt of yours.")
    mend = N_("Open the quiz from the course page.")


class AttemptOver(Refusal):
    """The attempt was handed in or its time is up; nothing more is saved in it."""

    says = N_("This attempt ended on %(ended)s. Answers sent after that are not counted.")
    mend = N_("Open the quiz to see its result or to try again.")


class Answered(NamedTuple):
    """An item of an attempt with its saved answer; `revision` is the attempt's at its last save."""

    position: int
    item_key: str
    answer: Any
    revision: int
    is_flagged: bool = False


class SatItem(NamedTuple):
    """An item of an attempt as it is shown, with its saved answer and, once graded, its score."""

    position: int
    item_key: str
    answer: Any
    revision: int
    is_flagged: bool
    shown: dict[str, Any]
    score: float | None


class Sitting(NamedTuple):
    """An attempt with the course it belongs to.

    `place_version_id` is the version in which the learner now reads the course; `place` is the
    enrolment, where its row is locked. `items` are the questions, where they were asked for with it.
    Where it `is_held`, its row is locked and nobody else writes in it meanwhile.
    """

    id: int
    number: int
    version_id: int
    language: str
    revision: int
    opened_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    activity_key: str
    enrolment_id: int
    learner_id: int
    round_ended_at: datetime | None
    slug: str
    course_id: int
    owners_revision: int
    compiler: int
    place_version_id: int
    place: Place | None = None
    items: Sequence[SatItem] | None = None
    is_held: bool = False

    @property
    def own_place(self) -> Place:
        """The enrolment; for what has locked it."""
        assert self.place is not None
        return self.place

    @property
    def address(self) -> dict[str, Any]:
        """The values of its routes' paths."""
        return {"slug": self.slug, "key": self.activity_key, "number": self.number}

    def is_over(self, moment: datetime) -> bool:
        """Whether its time is up; what was saved before still counts."""
        return self.due_at is not None and moment > self.due_at

    def check_open(self, moment: datetime) -> None:
        """Raise EnrolmentOver or AttemptOver unless answers may still be saved."""
        if self.submitted_at is not None:
            raise AttemptOver(ended=self.submitted_at)
        if self.round_ended_at is not None:
            raise EnrolmentOver
        if self.is_over(moment):
            raise AttemptOver(ended=self.due_at)


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_enrolments, _courses = Enrolment.__table__.c, Course.__table__.c
_versions = CourseVersion.__table__.c
_columns = (
    _attempts.id, _attempts.number, _attempts.version_id, _attempts.language, _attempts.revision,
    _attempts.opened_at, _attempts.due_at, _attempts.submitted_at, _attempts.activity_key,
    _enrolments.id, _enrolments.learner_id, _enrolments.ended_at, _courses.slug, _courses.id,
    _courses.owners_revision, _versions.compiler, _enrolments.version_id,
)  # fmt: skip
_joined = (
    Attempt.__table__.join(Enrolment.__table__, _enrolments.id == _attempts.enrolment_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .join(CourseVersion.__table__, _versions.id == _attempts.version_id)
)
_of_a_person = _joined.join(User.__table__, User.__table__.c.id == _enrolments.learner_id).join(
    SignIn.__table__, SignIn.__table__.c.user_id == User.__table__.c.id
)
_ASKED = (
    select(*visitor_columns, *_columns)
    .select_from(_of_a_person)
    .where(
        is_signed_in,
        _courses.slug == bindparam("slug"),
        _attempts.activity_key == bindparam("activity_key"),
        _attempts.number == bindparam("number"),
    )
    .order_by(_enrolments.round.desc())
    .limit(1)
)
# PostgreSQL locks the rows of a statement in the order in which it names their tables.
_held = (Enrolment.__table__, Attempt.__table__)
_TO_READ = Prepared(
    _ASKED.add_columns(
        select(RowsOf(*(_items[name] for name in SatItem._fields)))
        .where(_items.attempt_id == _attempts.id)
        .correlate(Attempt.__table__)
        .scalar_subquery()
    )
)
_TO_WRITE = Prepared(_ASKED.with_for_update(of=Attempt.__table__))
_TO_SUBMIT = Prepared(
    _ASKED.add_columns(*place_columns)
    .select_from(with_standing(_of_a_person, _enrolments.learner_id))
    .with_for_update(of=_held)
)
_CALLED = Prepared(
    select(*_columns, *place_columns)
    .select_from(with_standing(_joined, _enrolments.learner_id))
    .where(_attempts.id == bindparam("attempt_id"))
    .with_for_update(of=_held)
)
_COMPILER = Prepared(select(_versions.compiler).where(_versions.id == bindparam("version_id")))
_answers = select(*(_items[name] for name in Answered._fields)).where(
    _items.attempt_id == bindparam("attempt_id")
)
_SAT_ITEMS = Prepared(_answers.add_columns(_items.shown, _items.score).order_by(_items.position))
_ANSWERED = Prepared(_answers.order_by(_items.position))
_VISITOR_FIELDS, _OPENED_AT = len(Visitor._fields), Sitting._fields.index("opened_at")


def sitting_asked(request: Request, db: Session) -> Sitting:
    """The person's own attempt in the address, of the latest round that has one, with its questions.

    Raises SignInNeeded or AttemptUnknown.
    """
    *row, items = _asked(request, db, _TO_READ)
    in_order = sorted(map(SatItem._make, items), key=lambda each: each.position)
    return _sitting(row, items=in_order)


def sitting_to_write(request: Request, db: Session) -> Sitting:
    """As sitting_asked; within a transaction without questions, the attempt's row locked."""
    if request.state.is_alone:
        return sitting_asked(request, db)
    return _sitting(_asked(request, db, _TO_WRITE), is_held=True)


def sitting_to_submit(request: Request, db: Session) -> Sitting:
    """As sitting_asked, without questions, the enrolment's row and then the attempt's locked."""
    return _sitting(_asked(request, db, _TO_SUBMIT), is_held=True)


def _asked(request: Request, db: Session, statement: Prepared) -> Sequence[Any]:
    """The attempt's columns, and whatever else the statement asks for."""
    path = request.path_params
    number = str(path["number"])
    row = None
    if number.isascii() and number.isdigit() and int(number[:9]) < MOST_ATTEMPTS:
        row = statement.row(
            db,
            {
                "token_hash": token_hash_of(request),
                "now": clock.now(),
                "slug": path["slug"].replace("\x00", ""),
                "activity_key": path["key"].replace("\x00", ""),
                "number": int(number[:9]),
            },
        )
    if row is None:
        signed_in(request, db)
        raise AttemptUnknown
    request.state.visitor = visitor = Visitor(*row[:_VISITOR_FIELDS])
    own = tuple(row[_VISITOR_FIELDS:])
    check_made_for(request, visitor)
    _check_round(request, own[_OPENED_AT])
    return own


def _check_round(request: Request, opened_at: datetime) -> None:
    """Refuse a page of an earlier round, whose addresses are the same; raises EnrolmentOver."""
    opened = dict(request.state.fields).get("opened", "")
    if opened and opened != str(opened_at.timestamp()):
        raise EnrolmentOver


def sitting_called(db: Session, attempt_id: int) -> Sitting | None:
    """An attempt by its id, locked as in sitting_to_submit, for work that no browser asks for."""
    row = _CALLED.row(db, {"attempt_id": attempt_id})
    return _sitting(row, is_held=True) if row is not None else None


def _sitting(row: Sequence[Any], **more: Any) -> Sitting:
    """An attempt, and the enrolment where the statement has locked it."""
    own, place = row[: len(_columns)], row[len(_columns) :]
    return Sitting(*own)._replace(place=Place(*place) if place else None, **more)


def edition_read_in(db: Session, sitting: Sitting, language: str) -> Edition:
    """The edition in which the learner now reads the course; most often that of the attempt."""
    version_id, compiler = sitting.place_version_id, sitting.compiler
    if version_id != sitting.version_id:
        ((compiler,),) = _COMPILER.rows(db, {"version_id": version_id})
    return edition_of(db, version_id, language, compiler)


def answered_items(db: Session, attempt_id: int) -> list[Answered]:
    """The attempt's answers in the order shown."""
    return [Answered._make(row) for row in _ANSWERED.rows(db, {"attempt_id": attempt_id})]


def answers_of(items: Iterable[SatItem]) -> list[Answered]:
    """The answers of items alone."""
    return [Answered._make(sat[: len(Answered._fields)]) for sat in items]


def sat_items(db: Session, attempt_id: int) -> list[SatItem]:
    """The attempt's items in the order shown."""
    return [SatItem._make(row) for row in _SAT_ITEMS.rows(db, {"attempt_id": attempt_id})]


OwnSitting = Annotated[Sitting, InTurn(sitting_asked, who="learner of the attempt")]
OwnSittingToWrite = Annotated[Sitting, InTurn(sitting_to_write, who="learner of the attempt")]
OwnSittingToSubmit = Annotated[Sitting, InTurn(sitting_to_submit, who="learner of the attempt")]
