"""Publications: a folder of courses brought into the database, and compiled forms made anew."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.compiled import COMPILER, CompiledCourse
from app.catalogue.compiling.faults import CourseFaulty, Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder, source_hash
from app.catalogue.courses import Course
from app.catalogue.licences import misfit
from app.catalogue.ownerships import owner_ids
from app.catalogue.publishing import publish, store_derived
from app.catalogue.recommendations import Recommendation, load_recommendations
from app.catalogue.registers import RegisterUnreadable, register_at
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.institutions import Institution, found_institution, institution_called

COURSE, INSTITUTIONS = "course.yaml", "institutions.yaml"
RECOMMENDATIONS = "recommendations"


class RegisterFaulty(Refusal):
    """The list of institutions beside the courses lacks a field."""

    says = N_("An institution in %(path)s has no %(field)s.")
    mend = N_("Give each institution a key, a name, a kind and a time zone.")


class Published(NamedTuple):
    """What came of one course: its version, and whether this run made it."""

    slug: str
    number: int
    is_new: bool


class Recompiled(NamedTuple):
    """What came of one version; with faults it keeps the compiled form that it had."""

    slug: str
    number: int
    faults: tuple[Fault, ...]


def publish_folder(
    db: Session, folder: Path, slugs: tuple[str, ...] = (), publisher_id: int | None = None
) -> list[Published]:
    """Bring the register and the courses named (or all) into the database, in one transaction.

    The same source again changes nothing. Raises CourseFaulty for the first course with a fault,
    whose files it names by the course's folder.
    """
    _found_institutions(db, folder / INSTITUTIONS)
    load_recommendations(db, folder / RECOMMENDATIONS)
    known = _known(db)
    chosen = slugs or tuple(sorted(path.parent.name for path in folder.glob("*/course.yaml")))
    current = _current(db)
    published = []
    for slug in chosen:
        faults = Faults()
        source = read_folder(folder / slug, faults)
        if faults.are_grave:
            raise CourseFaulty(_named(slug, faults.in_order()))
        number, known_hash = current.get(slug, (0, b""))
        if source_hash(source.files) == known_hash:
            # Files in their one form, as they were: nothing has to be compiled to see it.
            published.append(Published(slug, number, is_new=False))
            continue
        try:
            compiled = _compiled(source, known)
            _hold_to_origin(db, source, compiled)
        except CourseFaulty as refusal:
            raise CourseFaulty(_named(slug, refusal.faults)) from None
        publication = publish(db, compiled, publisher_id)
        published.append(Published(slug, publication.version.number, publication.is_new))
    return published


def recompile(db: Session) -> list[Recompiled]:
    """Make the compiled form of every version that an older compiler made anew, from its source.

    A version that today's compiler refuses keeps its form: learners hold it, and its source is
    immutable.
    """
    known = _known(db)
    versions = db.execute(
        select(CourseVersion, Course.slug)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.compiler != COMPILER)
        .order_by(CourseVersion.id)
    ).all()
    made = []
    for version, slug in versions:
        faults: tuple[Fault, ...] = ()
        try:
            store_derived(db, version, _compiled(_source_of(db, version, slug), known))
        except CourseFaulty as refusal:
            faults = refusal.faults
        made.append(Recompiled(slug, version.number, faults))
    return made


def _source_of(db: Session, version: CourseVersion, slug: str) -> CourseFiles:
    files = db.execute(
        select(VersionFile.path, Source.bytes)
        .join(Source, Source.hash == VersionFile.hash)
        .where(VersionFile.version_id == version.id)
    )
    return CourseFiles(slug, dict(files.all()))


def _compiled(source: CourseFiles, known: frozenset[str]) -> CompiledCourse:
    return compile_course(source, known, lambda language: translations_for(language).gettext)


def _hold_to_origin(db: Session, source: CourseFiles, compiled: CompiledCourse) -> None:
    """A course made from another's is under a licence that fits; owners of both are not bound."""
    own = db.scalar(select(Institution.id).where(Institution.key == compiled.institution_key))
    for earlier in compiled.facts.get("adapted_from", ())[:1]:
        slug = earlier["course"]
        answering = db.scalar(select(Course.institution_id).where(Course.slug == slug))
        wrong = misfit(earlier["licence"], compiled.licence)
        if wrong and (answering is None or own not in owner_ids(db, slug, answering)):
            lines = source.files[COURSE].decode().split("\n")
            starts = (n for n, line in enumerate(lines, 1) if line.startswith("licence:"))
            raise CourseFaulty([Fault(COURSE, next(starts, 1), *wrong)])


def _named(slug: str, faults: Iterable[Fault]) -> list[Fault]:
    return [replace(fault, path=f"{slug}/{fault.path}") for fault in faults]


def _current(db: Session) -> dict[str, tuple[int, bytes]]:
    """By slug, the number and the source's hash of every current version."""
    rows = db.execute(
        select(Course.slug, CourseVersion.number, CourseVersion.source_hash)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.is_current)
    )
    return {slug: (number, known_hash) for slug, number, known_hash in rows}


def _known(db: Session) -> frozenset[str]:
    return frozenset(db.scalars(select(Recommendation.key)))


def _found_institutions(db: Session, path: Path) -> None:
    if not path.is_file():
        return
    listed = register_at(path) or []
    if not isinstance(listed, list):
        raise RegisterUnreadable(path=path, line=1)
    for each in listed:
        key, name = _of(each, "key", path), _of(each, "name", path)
        if institution_called(db, key) is None:
            found_institution(
                db, key, name, _of(each, "kind", path), time_zone=_of(each, "time_zone", path)
            )


def _of(entry: Any, field: str, path: Path) -> str:
    value = entry.get(field) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value:
        raise RegisterFaulty(path=path.name, field=field)
    return value
