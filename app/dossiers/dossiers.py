"""Dossiers: everything kept about a person, as one archive that says what it holds."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from app.activity.events import Event, Happening, record
from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.courses import Course
from app.credentials.certificates import Certificate
from app.custody.data_requests import DataRequest
from app.custody.retentions import IdleWarning
from app.dossiers.offices import OFFICES
from app.duties.duties import Duty
from app.duties.mutes import Mute
from app.duties.petitions import Petition
from app.duties.requirements import Requirement
from app.identity.agreements import Agreement
from app.identity.federation.identities import FederatedIdentity
from app.identity.grants import Grant
from app.identity.institutions import NAMED
from app.identity.passkeys.passkeys import Passkey
from app.identity.placements import Placement
from app.identity.recovery_codes import RecoveryCode
from app.identity.second_factors import SecondFactor
from app.identity.sign_ins import SignIn
from app.identity.users import User, own_accounts
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.follow_ups import FollowUp
from app.learning.inquiries import Inquiry
from app.learning.notes import Note
from app.learning.opinions import Opinion
from app.learning.progress import Progress
from app.learning.reminders import Reminder, ReminderChoice
from app.learning.results import Result
from app.statistics.saving.saved_views import SavedView

README = "README.txt"


@dataclass(frozen=True, kw_only=True)
class DossierTaken(Happening):
    """A person took everything kept about them as one archive."""

    kind: ClassVar[str] = "dossier-taken"


_named = NAMED.order_by(None).subquery()
# Also what stays with an account that was merged into the person's.
_mine = own_accounts(bindparam("user_id"))
_users, _placements, _grants = User.__table__.c, Placement.__table__.c, Grant.__table__.c
_sign_ins, _agreements = SignIn.__table__.c, Agreement.__table__.c
_passkeys = Passkey.__table__.c
_enrolments, _courses = Enrolment.__table__.c, Course.__table__.c
_duties, _requirements = Duty.__table__.c, Requirement.__table__.c
_attempts, _certificates = Attempt.__table__.c, Certificate.__table__.c


def _columns(model: Any, *left_out: str) -> list[Any]:
    """All columns of a table but its inner numbers and what is named."""
    inner = {"id", "user_id", "learner_id", "enrolment_id", "attempt_id", "version_id"}
    return [each for each in model.__table__.c if each.name not in {*inner, *left_out}]


def _of_course(model: Any, *left_out: str) -> Select[Any]:
    table = model.__table__
    return (
        select(_courses.slug.label("course"), _enrolments.round, *_columns(model, *left_out))
        .join_from(table, Enrolment.__table__, _enrolments.id == table.c.enrolment_id)
        .join(Course.__table__, _courses.id == _enrolments.course_id)
        .where(_enrolments.learner_id.in_(_mine))
    )


# Left out: what only proves (hashes, the secret of a device) and what names other people.
SECTIONS: Mapping[str, Select[Any]] = {
    "account": select(*_columns(User, "password_hash", "email_folded")).where(_users.id.in_(_mine)),
    "placements": select(
        _named.c.name.label("institution"),
        *_columns(Placement, "institution_id", "confirmed_by"),
    )
    .join_from(Placement.__table__, _named, _named.c.id == _placements.institution_id, isouter=True)
    .where(_placements.user_id.in_(_mine)),
    "roles": select(
        _named.c.name.label("institution"), _grants.role, _grants.granted_at, _grants.ended_at
    )
    .join_from(Grant.__table__, _named, _named.c.id == _grants.institution_id, isouter=True)
    .where(_grants.user_id.in_(_mine)),
    "agreements": select(*_columns(Agreement)).where(_agreements.user_id.in_(_mine)),
    "passkeys": select(
        _passkeys.name, _passkeys.made_at, _passkeys.used_at, _passkeys.is_backed_up
    ).where(_passkeys.user_id.in_(_mine)),
    "second-steps": select(*_columns(SecondFactor, "secret", "last_step")).where(
        SecondFactor.__table__.c.user_id.in_(_mine)
    ),
    "recovery-codes": select(*_columns(RecoveryCode, "hash")).where(
        RecoveryCode.__table__.c.user_id.in_(_mine)
    ),
    "linked-sign-ins": select(*_columns(FederatedIdentity, "key")).where(
        FederatedIdentity.__table__.c.user_id.in_(_mine)
    ),
    "sign-ins": select(*_columns(SignIn, "token_hash", "key")).where(_sign_ins.user_id.in_(_mine)),
    "enrolments": select(_courses.slug.label("course"), *_columns(Enrolment, "course_id"))
    .join_from(Enrolment.__table__, Course.__table__, _courses.id == _enrolments.course_id)
    .where(_enrolments.learner_id.in_(_mine)),
    "progress": _of_course(Progress),
    "results": _of_course(Result),
    "attempts": _of_course(Attempt, "seed"),
    "answers": select(
        _courses.slug.label("course"),
        _attempts.activity_key,
        _attempts.number,
        *_columns(AttemptItem, "item_hash"),
    )
    .join_from(
        AttemptItem.__table__,
        Attempt.__table__,
        _attempts.id == AttemptItem.__table__.c.attempt_id,
    )
    .join(Enrolment.__table__, _enrolments.id == _attempts.enrolment_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .where(_enrolments.learner_id.in_(_mine)),
    "completions": _of_course(Completion, "placement_id"),
    "certificates": select(_courses.slug.label("course"), *_columns(Certificate, "completion_id"))
    .join_from(
        Certificate.__table__, Enrolment.__table__, _enrolments.id == _certificates.completion_id
    )
    .join(Course.__table__, _courses.id == _enrolments.course_id)
    .where(_enrolments.learner_id.in_(_mine)),
    "notes": select(_courses.slug.label("course"), *_columns(Note, "person_id", "course_id"))
    .join_from(Note.__table__, Course.__table__, _courses.id == Note.__table__.c.course_id)
    .where(Note.__table__.c.person_id.in_(_mine)),
    "opinions": _of_course(Opinion, "course_id"),
    "follow-ups": _of_course(FollowUp, "course_id", "token_hash"),
    "inquiries": select(
        _courses.slug.label("course"),
        *_columns(Inquiry, "key", "asker_id", "course_id", "answered_by"),
    )
    .join_from(Inquiry.__table__, Course.__table__, _courses.id == Inquiry.__table__.c.course_id)
    .where(Inquiry.__table__.c.asker_id.in_(_mine)),
    "data-requests": select(
        *_columns(DataRequest, "key", "person_id", "institution_id", "entered_by", "closed_by")
    ).where(DataRequest.__table__.c.person_id.in_(_mine)),
    "required": select(
        _courses.slug.label("course"),
        _named.c.name.label("required_by"),
        *_columns(Duty, "requirement_id", "person_id", "done_placement_id", "missed_placement_id"),
    )
    .join_from(Duty.__table__, Requirement.__table__, _requirements.id == _duties.requirement_id)
    .join(Course.__table__, _courses.id == _requirements.course_id)
    .join(_named, _named.c.id == _requirements.institution_id)
    .where(_duties.person_id.in_(_mine)),
    "petitions": select(
        _courses.slug.label("course"),
        *_columns(Petition, "key", "duty_id", "asked_by", "decided_by"),
    )
    .join_from(Petition.__table__, Duty.__table__, _duties.id == Petition.__table__.c.duty_id)
    .join(Requirement.__table__, _requirements.id == _duties.requirement_id)
    .join(Course.__table__, _courses.id == _requirements.course_id)
    .where(_duties.person_id.in_(_mine)),
    "mutes": select(*_columns(Mute)).where(Mute.__table__.c.user_id.in_(_mine)),
    "saved-views": select(*_columns(SavedView, "key", "person_id", "institution_id")).where(
        SavedView.__table__.c.person_id.in_(_mine)
    ),
    "reminders": _of_course(Reminder),
    "reminder-choices": select(ReminderChoice.__table__.c.muted_at).where(
        ReminderChoice.__table__.c.user_id.in_(_mine)
    ),
    "idle-warnings": select(*_columns(IdleWarning)).where(
        IdleWarning.__table__.c.user_id.in_(_mine)
    ),
    **OFFICES,
    "acts": select(Event.__table__.c.kind, Event.__table__.c.happened_at, Event.__table__.c.payload)
    .where(Event.__table__.c.person_id.in_(_mine))
    .order_by(Event.__table__.c.id),
}


def take_dossier(db: Session, user_id: int, told: Mapping[str, str], head: str) -> bytes:
    """The archive as ZIP: a JSON file a section, and a text that says what each one holds.

    `told` holds a sentence for each section, in the person's language, and `head` what stands first.
    """
    files = {name: _rows(db, statement, user_id) for name, statement in SECTIONS.items()}
    record(db, DossierTaken(actor_id=user_id, person_id=user_id))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = [f"{name}.json ({len(rows)}): {told[name]}" for name, rows in files.items()]
        archive.writestr(README, "\n".join([head, "", *lines, ""]))
        for name, rows in files.items():
            text = json.dumps(rows, ensure_ascii=False, indent=1, default=_plain)
            archive.writestr(f"{name}.json", text)
    return packed.getvalue()


def _rows(db: Session, statement: Select[Any], user_id: int) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(statement, {"user_id": user_id}).mappings()]


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no way to write {type(value).__name__} as JSON")
