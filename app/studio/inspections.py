"""Inspections: what the check says of a draft, the same as it says of a folder."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.compiled import COMPILER
from app.catalogue.compiling.faults import Fault
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.findings import check_course
from app.catalogue.licences import misfit
from app.catalogue.recommendations import Recommendation
from app.foundation.keeping import Kept
from app.i18n.sayings import saying
from app.identity.institutions import Institution
from app.studio.drafts import Draft, files_of
from app.studio.origins import COURSE, STAMP, licence_in, named_in, origin_of

MOST_KEPT = 64

_kept: Kept[tuple[int, int, int], tuple[Fault, ...]] = Kept(MOST_KEPT)


class Count(NamedTuple):
    """How many faults and remarks a draft has at its revision."""

    faults: int
    remarks: int


def findings_of(db: Session, draft: Draft) -> tuple[Fault, ...]:
    """Every fault and remark on the draft, by file and line; a grave one refuses its publication."""
    key = (draft.id, draft.revision, COMPILER)
    return _kept.get(db, key, lambda: inspected(db, draft, files_of(db, draft)))


def counted(db: Session, draft: Draft) -> Count | None:
    """The count of a draft that this process has checked since its last change, else none."""
    found = _kept.held(db, (draft.id, draft.revision, COMPILER))
    return None if found is None else count_of(found)


def count_of(findings: Iterable[Fault]) -> Count:
    """Faults and remarks, counted."""
    grave = [each.is_grave for each in findings]
    return Count(sum(grave), len(grave) - sum(grave))


def inspected(db: Session, draft: Draft, source: CourseFiles) -> tuple[Fault, ...]:
    """The same for files that are not stored, as the draft's."""
    found = check_course(source, known_recommendations(db))
    return tuple(sorted({*found, *_of_owner(db, draft, source), *_of_origin(db, draft, source)}))


def known_recommendations(db: Session) -> frozenset[str]:
    """The keys of the register."""
    return frozenset(db.scalars(select(Recommendation.key)))


def _of_owner(db: Session, draft: Draft, source: CourseFiles) -> Iterable[Fault]:
    """A draft speaks for the institution whose authors write it, and for no other."""
    key = db.scalar(select(Institution.key).where(Institution.id == draft.institution_id))
    lines = source.files.get(COURSE, b"").decode(errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("institution:") and line.removeprefix("institution:").strip() != key:
            what = saying("the institution is not the one whose authors write this draft")
            yield Fault(COURSE, number, what, saying("write `institution: %(key)s`", key=key))


def _of_origin(db: Session, draft: Draft, source: CourseFiles) -> Iterable[Fault]:
    """A course made from another institution's names it, and is under a licence that fits."""
    standing = origin_of(db, draft)
    if standing is None or standing.is_own:
        return
    text = source.files.get(COURSE, b"").decode(errors="replace")
    named = {each.get("course") for each in named_in(text)}
    earlier = (each["course"] for each in standing.base.facts.get(STAMP, ()))
    for slug in (standing.course.slug, *earlier):
        if slug not in named:
            what = saying("the course was made from `%(slug)s` and does not say so", slug=slug)
            mend = saying("put back what stood under `adapted_from`")
            yield Fault(COURSE, 1, what, mend)
    wrong = misfit(standing.base.licence, licence_in(text))
    if wrong:
        lines = text.split("\n")
        starts = [at for at, line in enumerate(lines, 1) if line.startswith("licence:")]
        yield Fault(COURSE, next(iter(starts), 1), *wrong)
