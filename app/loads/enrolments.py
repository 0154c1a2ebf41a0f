"""Enrolments in bulk: people of an institution given places in courses, as if they had started them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.activity.events import Event, record_all
from app.catalogue.audiences import OPEN
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.versions import CourseVersion
from app.foundation import clock
from app.foundation.batches import add_all
from app.foundation.database import table_of
from app.i18n.marking import N_
from app.identity.institutions import Institution
from app.identity.placements import Placement
from app.identity.users import User
from app.learning.enrolments import Enrolled, Enrolment
from app.learning.progress import Progress
from app.loads.accounts import Account, account_of, accounts_meant, seen_before
from app.loads.cells import address_of, key_of, number_of, past_day_of
from app.loads.columns import Column, Told
from app.loads.faults import Fault
from app.loads.loads import Load
from app.loads.rows import NEW, REFUSED, UNCHANGED, Applied, Decision, LoadRow
from app.loads.surroundings import Surroundings

COLUMNS = (
    Column("mail", N_("E-mail"), address_of, example="awa.diop@institute.example"),
    Column("number", N_("Personal number"), number_of, example="4711"),
    Column("course", N_("Course"), key_of, is_needed=True, example="first-course"),
    Column("from", N_("From"), past_day_of, example="2026-01-01"),
)


class Offer(NamedTuple):
    """A course with a published version, and who it is for: owners, or nobody's in particular."""

    course_id: int
    version_id: int
    owners: frozenset[int] | None


class _Stay(NamedTuple):
    """A placement of somebody, and the time zone (IANA) of the institution where they stood."""

    placement_id: int
    institution_id: int
    time_zone: str
    since: datetime
    until: datetime | None

    def holds(self, day: str) -> bool:
        """Whether some of this day (ISO 8601), by the clocks there, lies in it."""
        first = clock.start_of(date.fromisoformat(day), self.time_zone)
        is_begun = self.since < first + timedelta(days=1)
        return is_begun and (self.until is None or self.until > first)


_courses, _versions, _owners = (
    Course.__table__.c,
    CourseVersion.__table__.c,
    CourseOwner.__table__.c,
)
_enrolments, _users, _placements = (
    Enrolment.__table__.c, User.__table__.c, Placement.__table__.c,
)  # fmt: skip
_events, _rows, _progress = Event.__table__.c, LoadRow.__table__.c, Progress.__table__.c
_OFFERS = select(_courses.slug, _courses.id, _versions.id, _courses.audience).join_from(
    Course.__table__, CourseVersion.__table__,
    (_versions.course_id == _courses.id) & _versions.is_current,
)  # fmt: skip
_STANDING = select(_enrolments.learner_id, _enrolments.course_id).where(
    _enrolments.learner_id.in_(bindparam("learners", expanding=True)),
    _enrolments.ended_at.is_(None),
)
_STAYS = (
    select(
        _placements.user_id, _placements.id, _placements.institution_id, Institution.time_zone,
        _placements.valid_from, _placements.ended_at,
    )
    .join_from(Placement.__table__, Institution.__table__, Institution.id == _placements.institution_id)
    .where(_placements.user_id.in_(bindparam("learners", expanding=True)))
    .order_by(_placements.valid_from, _placements.id)
)  # fmt: skip
_ROUNDS = (
    select(_enrolments.learner_id, _enrolments.course_id, func.max(_enrolments.round))
    .where(_enrolments.learner_id.in_(bindparam("learners", expanding=True)))
    .group_by(_enrolments.learner_id, _enrolments.course_id)
)
_FORGET = delete(table_of(Enrolment)).where(_enrolments.id.in_(bindparam("ids", expanding=True)))
_LANGUAGES = select(_users.id, _users.language).where(
    _users.id.in_(bindparam("ids", expanding=True))
)
_ZONES = select(Institution.id, Institution.time_zone).where(
    Institution.id.in_(bindparam("ids", expanding=True))
)


def decide(db: Session, around: Surroundings, rows: Sequence[Told]) -> list[Decision]:
    """What becomes of each row; nobody is enrolled.

    Who is enrolled as of an earlier day counts where they stood on it, as far as that lies under the
    institution of the file; else where they stand now.
    """
    by_mail, by_number = accounts_meant(db, around, rows)
    offers = _offers(db)
    learners = [each.id for each in {*by_mail.values(), *by_number.values()}]
    standing = {tuple(row) for row in db.execute(_STANDING, {"learners": learners})}
    stays = _stays(db, around, learners)
    decisions = []
    for row in rows:
        faults, told = list(row.faults), dict(row.values)
        account, unclear = account_of(around, row, by_mail, by_number)
        if not any(
            fault.column in {"mail", "number"} or fault.code == "swapped" for fault in faults
        ):
            faults += unclear
        if not faults and (account is None or account.institution_id not in around.scope):
            faults.append(Fault("mail" if "mail" in told else "number", "person-unknown", {}))
        offer = offers.get(told.get("course", ""))
        at = account.institution_id if account else None
        over = around.above.get(at or 0, frozenset())
        if not faults and (offer is None or not _is_for(offer, account, over)):
            faults.append(Fault("course", "course-unknown", {"value": told["course"]}))
        line = seen_before(around, row, account, told.get("course", ""))
        if line:
            faults.append(Fault("", "twice", {"line": line}))
        if faults or account is None or offer is None:
            decisions.append(Decision(row.number, REFUSED, faults, told))
            continue
        day = told.get("from")
        of_day = [each for each in stays[account.id] if day and each.holds(day)]
        placement_id, at = of_day[-1][:2] if of_day else (account.placement_id, at)
        told |= {"course_id": offer.course_id, "version_id": offer.version_id,
                 "placement_id": placement_id, "unit_id": at}  # fmt: skip
        fate = UNCHANGED if (account.id, offer.course_id) in standing else NEW
        decisions.append(Decision(row.number, fate, [], told, account.id))
    return decisions


def _stays(
    db: Session, around: Surroundings, learners: Sequence[int]
) -> Mapping[int, Sequence[_Stay]]:
    """Where people stood under the institution of the file, first to last."""
    stays: dict[int, list[_Stay]] = defaultdict(list)
    for person_id, *row in db.execute(_STAYS, {"learners": learners}):
        stay = _Stay(*row)
        if stay.institution_id in around.scope:
            stays[person_id].append(stay)
    return stays


def _is_for(offer: Offer, account: Account | None, over: frozenset[int]) -> bool:
    """Whether a course is open to all, or for the confirmed people of an institution above them."""
    is_staff = account is not None and account.confirmed_at is not None
    return offer.owners is None or (is_staff and not offer.owners.isdisjoint(over))


def _offers(db: Session) -> dict[str, Offer]:
    owners: dict[int, set[int]] = {}
    for course_id, institution_id in db.execute(select(_owners.course_id, _owners.institution_id)):
        owners.setdefault(course_id, set()).add(institution_id)
    return {
        slug: Offer(
            course_id,
            version_id,
            None if audience == OPEN else frozenset(owners.get(course_id, ())),
        )
        for slug, course_id, version_id, audience in db.execute(_OFFERS)
    }


def apply(
    db: Session, _around: Surroundings, decisions: Sequence[Decision], _by: int
) -> list[Applied]:
    """Open a round for each row; the ledger is not told yet.

    Version and placement are kept as they were applied: what was staged may be days older.
    """
    learners = [each.subject_id for each in decisions]
    rounds = {(row[0], row[1]): row[2] for row in db.execute(_ROUNDS, {"learners": learners})}
    zones = _zones(db, decisions)
    values: list[dict[str, Any]] = []
    for each in decisions:
        told, zone = each.told, zones[each.told["unit_id"]]
        moment = clock.now()
        if "from" in told:
            moment = min(moment, clock.start_of(date.fromisoformat(told["from"]), zone))
        values.append(
            {
                "learner_id": each.subject_id,
                "course_id": told["course_id"],
                "version_id": told["version_id"],
                "round": rounds.get((each.subject_id or 0, told["course_id"]), 0) + 1,
                "opened_at": moment,
                "opened_day": clock.day_in(moment, zone),
            }
        )
    rows = add_all(
        db, table_of(Enrolment), values, _enrolments.id, _enrolments.learner_id,
        _enrolments.course_id, _enrolments.round, _enrolments.opened_day,
    )  # fmt: skip
    made = {(row[1], row[2]): row for row in rows}
    applied = []
    for each in decisions:
        row = made[each.subject_id, each.told["course_id"]]
        before = {
            "enrolment": row[0], "round": row[3], "day": row[4].isoformat(),
            "version": each.told["version_id"], "placement": each.told["placement_id"],
        }  # fmt: skip
        applied.append(Applied(each.number, each.subject_id or 0, before, each.told))
    return applied


def _zones(db: Session, decisions: Sequence[Decision]) -> dict[int, str]:
    ids = list({each.told["unit_id"] for each in decisions})
    return {row[0]: row[1] for row in db.execute(_ZONES, {"ids": ids})}


def overtaken(db: Session, load: Load) -> int:
    """How many rows cannot be undone, since the course was begun or left meanwhile."""
    own = _rows.before["enrolment"].as_integer()
    used = or_(
        exists().where(_enrolments.id == own, _enrolments.started_at.is_not(None)),
        exists().where(_enrolments.id == own, _enrolments.ended_at.is_not(None)),
        exists().where(_progress.enrolment_id == own),
        exists().where(_events.enrolment_id == own),
    )
    moved = (_rows.load_id == load.id) & (_rows.step == 1)
    return db.scalar(select(func.count()).select_from(LoadRow).where(moved, used)) or 0


def undo(db: Session, applied: Sequence[Applied]) -> None:
    """Take the rounds away that were opened."""
    db.execute(_FORGET, {"ids": [each.before["enrolment"] for each in applied]})


def tell(db: Session, _around: Surroundings, applied: Sequence[Applied]) -> None:
    """Tell the ledger who has a place in which course, as of the day it began."""
    asked = {"ids": [each.subject_id for each in applied]}
    languages = {row[0]: row[1] for row in db.execute(_LANGUAGES, asked)}
    opened = dict(
        db.execute(
            select(_enrolments.id, _enrolments.opened_at).where(
                _enrolments.id.in_([each.before["enrolment"] for each in applied])
            )
        ).all()
    )
    by = _around.load.brought_by
    record_all(
        db,
        [
            Enrolled(
                actor_id=by,
                person_id=each.subject_id,
                course_id=each.told["course_id"],
                version_id=each.before["version"],
                enrolment_id=each.before["enrolment"],
                placement_id=each.before["placement"],
                language=languages.get(each.subject_id, "en"),
                mode="online",
                happened_at=opened[each.before["enrolment"]],
                round=each.before["round"],
                day=each.before["day"],
            )
            for each in applied
        ],
    )
