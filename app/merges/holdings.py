"""Holdings: what each of two accounts holds before they are merged, and what meets where."""

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.shelves import edition_of
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.duties.duties import Duty
from app.duties.petitions import Petition
from app.identity.grants import Grant
from app.identity.institutions import NAMED
from app.identity.passkeys.passkeys import Passkey
from app.identity.placements import Placement
from app.identity.second_factors import SecondFactor
from app.identity.users import User
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from app.learning.inquiries import Inquiry
from app.learning.notes import Note
from app.merges.merges import check_pair
from app.merges.rounds import both_under_way


class Role(NamedTuple):
    """A role held on an institution; without a name it holds everywhere."""

    role: str
    institution: str


class Holdings(NamedTuple):
    """How much of each kind an account holds, and the roles and ways in by name."""

    rounds: int
    completed: int
    certificates: int
    notes: int
    inquiries: int
    required: int
    petitions: int
    placements: int
    second_steps: int
    roles: tuple[Role, ...]


class Preview(NamedTuple):
    """Both holdings, and the titles of the courses that both have under way."""

    stays: Holdings
    gone: Holdings
    under_way: tuple[str, ...]


_enrolments, _completions = Enrolment.__table__.c, Completion.__table__.c
_certificates, _duties, _petitions = (
    Certificate.__table__.c, Duty.__table__.c, Petition.__table__.c,
)  # fmt: skip
_versions = CourseVersion.__table__.c
_named = NAMED.order_by(None).subquery()


def preview(db: Session, by: int, stays_id: int, gone_id: int, language: str) -> Preview:
    """What a merge of these two would do; raises what the merge itself would raise."""
    check_pair(db, by, db.get_one(User, stays_id), db.get_one(User, gone_id))
    courses = both_under_way(db, gone_id, stays_id)
    versions = db.execute(
        select(_versions.id, _versions.compiler)
        .where(_versions.course_id.in_(courses), _versions.is_current)
        .order_by(_versions.course_id)
    )
    titles = tuple(
        edition_of(db, version_id, language, compiler).title.text
        for version_id, compiler in versions.all()
    )
    return Preview(holdings_of(db, stays_id), holdings_of(db, gone_id), titles)


def holdings_of(db: Session, person_id: int) -> Holdings:
    """What an account holds now."""
    rounds = select(_enrolments.id).where(_enrolments.learner_id == person_id)
    duties = select(_duties.id).where(_duties.person_id == person_id)
    certificates = _certificates.completion_id.in_(rounds), _certificates.replaced_at.is_(None)
    second_steps = (SecondFactor.user_id == person_id, Passkey.user_id == person_id)
    return Holdings(
        rounds=_count(db, _enrolments.learner_id == person_id),
        completed=_count(db, _completions.enrolment_id.in_(rounds)),
        certificates=_count(db, *certificates),
        notes=_count(db, Note.person_id == person_id),
        inquiries=_count(db, Inquiry.asker_id == person_id),
        required=_count(db, _duties.person_id == person_id, _duties.stands),
        petitions=_count(db, _petitions.duty_id.in_(duties)),
        placements=_count(db, Placement.user_id == person_id),
        second_steps=sum(_count(db, each) for each in second_steps),
        roles=tuple(_roles(db, person_id)),
    )


def _roles(db: Session, person_id: int) -> list[Role]:
    rows = db.execute(
        select(Grant.role, func.coalesce(_named.c.name, ""))
        .outerjoin(_named, _named.c.id == Grant.institution_id)
        .where(Grant.user_id == person_id, Grant.ended_at.is_(None))
        .order_by(Grant.role, _named.c.name)
    )
    return [Role(*row) for row in rows]


def _count(db: Session, *conditions: Any) -> int:
    return db.scalar(select(func.count()).where(*conditions)) or 0
