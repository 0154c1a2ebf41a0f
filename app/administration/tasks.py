"""Tasks: what waits for a person's decision in the institutions that they administer."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course
from app.custody.data_requests import DataRequest
from app.duties.listings import overdue
from app.duties.petitions import waiting_in
from app.identity.grants import ADMINISTERED, ADMINISTRATOR, Grant
from app.identity.institutions import NAMED, InstitutionState
from app.identity.people.claims import is_claim
from app.interop.webhooks import Webhook
from app.learning.inquiries import Inquiry, is_owned_by
from app.loads.loads import APPLIED, LOOKED, Load
from app.statistics.scopes import Scope

MOST_INSTITUTIONS = 20
MOST_SHOWN = 10  # of files, and of webhooks; the rest is a number


class Tasks(NamedTuple):
    """How many of each wait; `answer_by` is the day on which the first data request is due."""

    claims: int
    petitions: int
    data_requests: int
    answer_by: date | None
    inquiries: int
    loads: int
    webhooks: int

    @property
    def total(self) -> int:
        """How many wait together."""
        return sum(each for each in self if isinstance(each, int))


NOTHING = Tasks(0, 0, 0, None, 0, 0, 0)


class Waiting(NamedTuple):
    """A file or a webhook that waits: what it is called, and the institution where it stands."""

    key: UUID
    name: str
    institution_key: str
    institution: str


class Administered(NamedTuple):
    """An institution that somebody administers by a role held on just it."""

    key: str
    name: str


_requests, _inquiries, _courses = (
    DataRequest.__table__.c, Inquiry.__table__.c, Course.__table__.c
)  # fmt: skip
_loads, _webhooks, _grants = Load.__table__.c, Webhook.__table__.c, Grant.__table__.c

_person: BindParameter[int] = bindparam("user_id")
_everywhere = exists().where(
    _grants.user_id == _person, _grants.role == bindparam("role"),
    _grants.ended_at.is_(None), _grants.institution_id.is_(None),
)  # fmt: skip
_is_kept = _requests.closed_at.is_(None) & (
    _requests.institution_id.in_(ADMINISTERED) | (_requests.institution_id.is_(None) & _everywhere)
)
_load_waits = _loads.state.in_((LOOKED, APPLIED)) & _loads.institution_id.in_(ADMINISTERED)
_webhook_waits = (
    _webhooks.institution_id.in_(ADMINISTERED)
    & _webhooks.ended_at.is_(None)
    & (_webhooks.failing_since.is_not(None) | _webhooks.disabled_at.is_not(None))
)
_TASKS = select(
    select(func.count()).where(is_claim(ADMINISTERED, _person)).scalar_subquery(),
    waiting_in(ADMINISTERED, _person).scalar_subquery(),
    select(func.count()).where(_is_kept).scalar_subquery(),
    select(func.min(_requests.due_on)).where(_is_kept).scalar_subquery(),
    select(func.count())
    .join_from(Inquiry.__table__, Course.__table__, _courses.id == _inquiries.course_id)
    .where(_inquiries.closed_at.is_(None), is_owned_by(ADMINISTERED))
    .scalar_subquery(),
    select(func.count()).where(_load_waits).scalar_subquery(),
    select(func.count()).where(_webhook_waits).scalar_subquery(),
)
_states = InstitutionState.__table__.c
_named = NAMED.add_columns(_states.parent_id, _states.ending).order_by(None).subquery()


def _first_of(rows: Any, name: ColumnElement[str], waits: ColumnElement[bool]) -> Select[Any]:
    """The first of what waits, the oldest before, as Waiting."""
    return (
        select(rows.key, name, _named.c.key, _named.c.name)
        .join(_named, _named.c.id == rows.institution_id)
        .where(waits)
        .order_by(rows.id)
        .limit(MOST_SHOWN)
    )


_LOADS = _first_of(_loads, _loads.name, _load_waits)
_WEBHOOKS = _first_of(_webhooks, _webhooks.address, _webhook_waits)
_is_highest = _named.c.parent_id.is_(None) & _named.c.ending.is_(None)
_HELD = (
    select(_named.c.key, _named.c.name)
    .join(
        Grant.__table__,
        (_grants.institution_id == _named.c.id) | (_grants.institution_id.is_(None) & _is_highest),
    )
    .where(_grants.user_id == _person, _grants.role == bindparam("role"))
    .where(_grants.ended_at.is_(None))
    .distinct()
    .order_by(_named.c.name)
    .limit(MOST_INSTITUTIONS)
)


def tasks_of(db: Session, person_id: int) -> Tasks:
    """What waits for the person as an administrator; nothing for who is none."""
    asked = {"user_id": person_id, "role": ADMINISTRATOR}
    return Tasks._make(db.execute(_TASKS, asked).one())


def waiting_loads(db: Session, person_id: int) -> list[Waiting]:
    """The first files that wait for the person's decision, the oldest before."""
    return _waiting(db, _LOADS, person_id)


def failing_webhooks(db: Session, person_id: int) -> list[Waiting]:
    """The first webhooks of the person's institutions that fail or were switched off."""
    return _waiting(db, _WEBHOOKS, person_id)


def _waiting(db: Session, asked: Select[Any], person_id: int) -> list[Waiting]:
    found = db.execute(asked, {"user_id": person_id, "role": ADMINISTRATOR})
    return [Waiting._make(row) for row in found]


def overdue_count(db: Session, scope: Scope, today: date) -> int:
    """How many required courses are overdue among the people of a scope; nobody is looked at."""
    return db.scalar(select(func.count()).select_from(overdue(scope, today).subquery())) or 0


def institutions_of(db: Session, person_id: int) -> list[Administered]:
    """The institutions on which the person is an administrator themselves, by name.

    Of one for everything they are the highest: those that stand under no other.
    """
    asked = {"user_id": person_id, "role": ADMINISTRATOR}
    return [Administered._make(row) for row in db.execute(_HELD, asked)]
