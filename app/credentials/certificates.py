"""Certificates: rows that say what was earned; the PDF is made from the row, on demand."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.courses import Course
from app.credentials.earnings import earning_of
from app.credentials.printing import Printed
from app.foundation import clock
from app.foundation.database import Id, Json, Model, Moment, Ref, index_where, table_of
from app.foundation.errors import NotFound
from app.foundation.typed import bare_code
from app.i18n.marking import N_
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
CODE_LENGTH = 16


class Certificate(Model):
    """One issue of a completion's certificate; a reissue replaces, a revocation is kept.

    `printed` holds all that stands on the paper but the holder's name, which erasure empties, at
    `name_until` where the institution has to keep it for a while.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("completion_id", "issue"),
        index_where(
            "uq_certificates_standing", "replaced_at IS NULL", "completion_id", is_unique=True
        ),
    )

    id: Mapped[Id]
    completion_id: Mapped[Ref] = mapped_column(ForeignKey("completions.enrolment_id"))
    issue: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    holder_name: Mapped[str | None] = mapped_column(String(200))
    name_until: Mapped[Moment | None]
    holder_language: Mapped[str] = mapped_column(String(16))
    printed: Mapped[Json]
    issued_at: Mapped[Moment]
    replaced_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]
    reason: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, kw_only=True)
class CertificateIssued(Happening):
    """A certificate was issued for a completion."""

    kind: ClassVar[str] = "certificate-issued"

    certificate_id: int
    issue: int


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked(Happening):
    """A certificate was withdrawn, with its reason's code."""

    kind: ClassVar[str] = "certificate-revoked"

    certificate_id: int
    reason: str


class CertificateUnknown(NotFound):
    """The person holds no standing certificate of this code."""

    says = N_("You hold no certificate with this code.")
    mend = N_("Open it from your list of certificates.")


class Held(NamedTuple):
    """A certificate as its holder's list and file need it."""

    code: str
    holder_name: str | None
    holder_language: str
    printed: dict[str, Any]
    issued_at: datetime
    replaced_at: datetime | None
    revoked_at: datetime | None
    day: date
    slug: str
    round: int

    @property
    def stands(self) -> bool:
        return self.replaced_at is None and self.revoked_at is None


_certificates, _completions = Certificate.__table__.c, Completion.__table__.c
_enrolments, _courses = Enrolment.__table__.c, Course.__table__.c
_HELD = (
    select(
        _certificates.code,
        _certificates.holder_name,
        _certificates.holder_language,
        _certificates.printed,
        _certificates.issued_at,
        _certificates.replaced_at,
        _certificates.revoked_at,
        _completions.day,
        _courses.slug,
        _enrolments.round,
    )
    .join_from(
        Certificate.__table__,
        Completion.__table__,
        _completions.enrolment_id == _certificates.completion_id,
    )
    .join(Enrolment.__table__, _enrolments.id == _completions.enrolment_id)
    .join(Course.__table__, _courses.id == _enrolments.course_id)
)
_HELD_BY = _HELD.where(
    _enrolments.learner_id == bindparam("learner_id"), _certificates.replaced_at.is_(None)
).order_by(_completions.completed_at.desc())
_OWN = _HELD.where(
    _enrolments.learner_id == bindparam("learner_id"), _certificates.code == bindparam("code")
)
_BY_CODE = _HELD.where(_certificates.code == bindparam("code"))
_INSERT = insert(table_of(Certificate)).returning(_certificates.id)
_REVOKE = (
    update(table_of(Certificate))
    .where(_certificates.code == bindparam("of_code"), _certificates.revoked_at.is_(None))
    .returning(_certificates.id, _certificates.completion_id)
)

_FORGET_HOLDER = (
    update(table_of(Certificate))
    .where(
        _certificates.completion_id.in_(
            select(_enrolments.id).where(_enrolments.learner_id == bindparam("person_id"))
        )
    )
    .values(holder_name=None)
)


def award(db: Session, enrolment_id: int, language: str) -> str:
    """Issue the first certificate of a completion, in its own transaction; returns the code.

    All that the paper says is fixed now, in the learner's language; no file is made here. A second
    award of the same completion is refused by the unique key (completion, issue).
    """
    earning = earning_of(db, enrolment_id, language)
    code = new_code()
    certificate_id = db.execute(
        _INSERT,
        {
            "completion_id": enrolment_id,
            "issue": 1,
            "code": code,
            "holder_name": earning.holder_name,
            "holder_language": earning.holder_language,
            "printed": earning.printed,
            "issued_at": clock.now(),
        },
    ).scalar_one()
    record(
        db,
        CertificateIssued(
            person_id=earning.learner_id,
            course_id=earning.course_id,
            version_id=earning.version_id,
            enrolment_id=enrolment_id,
            placement_id=earning.placement_id,
            language=language,
            certificate_id=certificate_id,
            issue=1,
        ),
    )
    return code


def printed(held: Held, public_url: str) -> Printed:
    """The paper's content: the row's, with the holder's name and where it can be verified."""
    content = held.printed | {
        "holder_name": held.holder_name,
        "holder_language": held.holder_language,
        "code": held.code,
        "address": f"{public_url}/verify/{held.code}",
    }
    return Printed.model_validate(content)


def revoke(db: Session, actor_id: int | None, code: str, reason: str) -> bool:
    """Withdraw a certificate, keeping its row and reason; False when it is unknown or withdrawn."""
    values = {"revoked_at": clock.now(), "reason": reason}
    row = db.execute(_REVOKE.values(values), {"of_code": code}).one_or_none()
    if row is None:
        return False
    certificate_id, enrolment_id = row
    record(
        db,
        CertificateRevoked(
            actor_id=actor_id,
            enrolment_id=enrolment_id,
            certificate_id=certificate_id,
            reason=reason,
        ),
    )
    return True


def forget_holder(db: Session, person_id: int) -> None:
    """Take an erased person's name off their certificates, whose codes stay verifiable."""
    db.execute(_FORGET_HOLDER, {"person_id": person_id})


def certificates_of(db: Session, learner_id: int) -> list[Held]:
    """The learner's certificates that were not replaced, latest completion first."""
    return [Held._make(row) for row in db.execute(_HELD_BY, {"learner_id": learner_id})]


def own_certificate(db: Session, learner_id: int, code: str) -> Held | None:
    """The learner's own certificate of this code, also when withdrawn or replaced."""
    row = db.execute(_OWN, {"learner_id": learner_id, "code": read_code(code)}).one_or_none()
    return Held._make(row) if row is not None else None


def certificate_called(db: Session, code: str) -> Held | None:
    """Anybody's certificate of this code, for verification."""
    row = db.execute(_BY_CODE, {"code": read_code(code)}).one_or_none()
    return Held._make(row) if row is not None else None


def new_code() -> str:
    """A code of 80 random bits, in letters that are not mistaken for digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed: str) -> str:
    """The code as stored: hyphens and spaces dropped, capitals, I and L read as 1, O as 0."""
    bare = bare_code(typed).upper()
    return bare.translate(str.maketrans("ILO", "110"))[: CODE_LENGTH + 1]
