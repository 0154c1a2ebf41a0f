"""Reactions of credentials: completions are certified, erased holders are no longer named."""

from sqlalchemy.orm import Session

from app.credentials.certificates import award, forget_holder
from app.identity.erasures import PersonErased
from app.learning.completions import CourseCompleted


def award_certificate(db: Session, completed: CourseCompleted) -> None:
    """Certify the completion; the file is made later, from the row."""
    if completed.enrolment_id is not None:
        award(db, completed.enrolment_id, completed.language or "en")


def forget_name(db: Session, erased: PersonErased) -> None:
    """Take the erased person's name off every certificate they hold."""
    if erased.person_id is not None:
        forget_holder(db, erased.person_id)
