"""Reactions of credentials: completions are certified."""

from sqlalchemy.orm import Session

from app.credentials.certificates import award
from app.learning.completions import CourseCompleted


def award_certificate(db: Session, completed: CourseCompleted) -> None:
    """Certify the completion; the file is made later, from the row."""
    if completed.enrolment_id is not None:
        award(db, completed.enrolment_id, completed.language or "en")
