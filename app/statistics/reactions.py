"""Reactions of statistics: what counts becomes a fact in the same transaction."""

from sqlalchemy.orm import Session

from app.learning.completions import CourseCompleted
from app.learning.enrolments import Enrolled, Started
from app.statistics.facts import count


def count_happening(db: Session, happening: Enrolled | Started | CourseCompleted) -> None:
    """Write the fact of an enrolment opened, started or completed."""
    count(db, happening)
