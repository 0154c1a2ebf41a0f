"""Inspections: what the check says of a draft, the same as it says of a folder."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.faults import Fault
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.findings import check_course
from app.catalogue.recommendations import Recommendation
from app.identity.institutions import Institution
from app.studio.drafts import Draft, files_of

COURSE = "course.yaml"


def findings_of(db: Session, draft: Draft) -> tuple[Fault, ...]:
    """Every fault and remark on the draft, by file and line; a grave one refuses its publication."""
    return inspected(db, draft, files_of(db, draft))


def inspected(db: Session, draft: Draft, source: CourseFiles) -> tuple[Fault, ...]:
    """The same for files that are not stored, as the draft's."""
    found = check_course(source, known_recommendations(db))
    return tuple(sorted({*found, *_of_owner(db, draft, source)}))


def known_recommendations(db: Session) -> frozenset[str]:
    """The keys of the register."""
    return frozenset(db.scalars(select(Recommendation.key)))


def _of_owner(db: Session, draft: Draft, source: CourseFiles) -> Iterable[Fault]:
    """A draft speaks for the institution whose authors write it, and for no other."""
    key = db.scalar(select(Institution.key).where(Institution.id == draft.institution_id))
    lines = source.files.get(COURSE, b"").decode(errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("institution:") and line.removeprefix("institution:").strip() != key:
            what = "the institution is not the one whose authors write this draft"
            yield Fault(COURSE, number, what, f"write `institution: {key}`")
