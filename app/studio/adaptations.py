"""Adaptations: a course of one's own made from another one that is published."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.audiences import courses_for, may_see
from app.catalogue.compiling.declarations import CourseDeclaration
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.courses import Course, CourseOwner, owners_of
from app.catalogue.licences import Licence, licence_called
from app.catalogue.ownerships import owner_ids
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.identity.grants import AUTHOR
from app.identity.institutions import Institution, InstitutionState, is_standing
from app.studio.drafts import AuthorNeeded, Draft, draft_from, scope_of
from app.studio.offers import offer_of
from app.studio.origins import COURSE, STAMP, remember
from app.studio.sheets import Sheet


class Adaptable(NamedTuple):
    """A published course that an author may look at, and whether they may make another of it.

    `is_own` says that an institution of theirs owns it, so that no licence is asked.
    """

    slug: str
    title: str
    language: str
    owners: tuple[str, ...]
    licence: Licence
    is_own: bool

    @property
    def is_free(self) -> bool:
        return self.is_own or self.licence.may_be_adapted


class Wanted(NamedTuple):
    """What the new course is called and to whom it belongs."""

    slug: str
    title: str
    institution: Institution
    licence: str


class CourseNotThere(NotFound):
    """No course of this name is published, or none that this person may find."""

    says = N_("No published course has this name.")
    mend = N_("Choose one from the list of courses that may be adapted.")


class LicenceForbids(Refusal):
    """The licence does not let others publish a changed course."""

    status = 403
    says = N_("The licence of this course, %(licence)s, lets nobody but its owners adapt it.")
    mend = N_("Ask its owners for another licence, or to own the course together.")


class LicenceUnfit(Refusal):
    """The licence of the origin asks another one of what is made from it."""

    status = 422
    says = N_("A course made from one under %(origin)s cannot be under %(own)s.")
    mend = N_("Take the same licence as the course it is made from.")


_TITLED = (
    select(Course, CourseVersion, CompiledText.title)
    .join(CourseVersion, CourseVersion.course_id == Course.id)
    .join(
        CompiledText,
        (CompiledText.version_id == CourseVersion.id)
        & (CompiledText.owner_key == "course")
        & (CompiledText.language == CourseVersion.source_language),
    )
    .order_by(CompiledText.title, Course.id)
)


def adaptable_courses(db: Session, author_id: int) -> list[Adaptable]:
    """Every course of the catalogue that the author finds, by title."""
    found = {each.id for each in courses_for(db, author_id)}
    rows = db.execute(_TITLED.where(CourseVersion.id.in_(found))).all()
    owners = _owners_by_course(db)
    scope = scope_of(db, author_id, (AUTHOR,))
    return [_adaptable(*row, owners, scope) for row in rows]


def adaptable_course(db: Session, author_id: int, slug: str) -> Adaptable:
    """The published course that the author wants to adapt; raises CourseNotThere."""
    _course, version = _published(db, author_id, slug)
    row = db.execute(_TITLED.where(CourseVersion.id == version.id)).one()
    return _adaptable(*row, _owners_by_course(db), scope_of(db, author_id, (AUTHOR,)))


def adapt(
    db: Session, author_id: int, author: str, slug: str, wanted: Wanted, address: str
) -> Draft:
    """A draft made from the current version of the course, with its media and its translations.

    Owners duplicate their course whole and under any licence; others get the quizzes that count to
    write anew. Raises CourseNotThere, AuthorNeeded, LicenceForbids, LicenceUnfit or SlugTaken.
    """
    course, version = _published(db, author_id, slug)
    if wanted.institution.id not in scope_of(db, author_id, (AUTHOR,)):
        raise AuthorNeeded
    is_own = wanted.institution.id in owner_ids(db, slug, course.institution_id)
    if not is_own:
        _refuse_unlicensed(licence_called(version.licence), wanted.licence)
    offer = offer_of(db, version, is_whole=is_own)
    sheet = Sheet(COURSE, offer.texts[COURSE].decode(), CourseDeclaration)
    sheet.put(STAMP, stamp_of(db, course, version, sheet, address))
    sheet.put("title", wanted.title)
    sheet.put("institution", wanted.institution.key)
    sheet.put("licence", wanted.licence)
    sheet.put("authors", list(dict.fromkeys([*sheet.keys("authors"), author])))
    sheet.put("reviewers", None)
    texts = {**offer.texts, COURSE: sheet.text().encode()}
    source = CourseFiles(wanted.slug, texts)
    draft = draft_from(db, author_id, source, wanted.institution, offer.media)
    remember(db, author_id, draft, version, is_own=is_own, is_new=True)
    return draft


def stamp_of(
    db: Session, course: Course, version: CourseVersion, sheet: Sheet, address: str
) -> list[dict[str, Any]]:
    """What course.yaml says of its origin, and of all that this one was made from in its turn."""
    named = {
        "course": course.slug,
        "version": version.number,
        "title": str(sheet.value("title")),
        "owners": owners_of(db, course.id),
        "licence": version.licence,
        "address": address,
    }
    return [named, *sheet.value(STAMP, [])]


def _refuse_unlicensed(origin: Licence, own: str) -> None:
    if not origin.may_be_adapted:
        raise LicenceForbids(licence=origin.name)
    if not origin.fits(own):
        raise LicenceUnfit(origin=origin.name, own=licence_called(own).name)


def _published(db: Session, author_id: int, slug: str) -> tuple[Course, CourseVersion]:
    row = db.execute(
        select(Course, CourseVersion)
        .join(CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current)
        .where(Course.slug == slug)
    ).one_or_none()
    if row is None:
        raise CourseNotThere
    course, version = row
    is_owner = scope_of(db, author_id) & owner_ids(db, slug, course.institution_id)
    if not is_owner and not may_see(db, course.id, author_id):
        raise CourseNotThere
    return course, version


def _owners_by_course(db: Session) -> dict[int, list[tuple[int, str]]]:
    """The id and the standing name of every owner of a published course."""
    rows = db.execute(
        select(CourseOwner.course_id, CourseOwner.institution_id, InstitutionState.name)
        .join(InstitutionState, InstitutionState.institution_id == CourseOwner.institution_id)
        .where(is_standing)
        .order_by(InstitutionState.name)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for course_id, institution_id, name in rows:
        found.setdefault(course_id, []).append((institution_id, name))
    return found


def _adaptable(
    course: Course,
    version: CourseVersion,
    title: str,
    owners: Mapping[int, Sequence[tuple[int, str]]],
    scope: Collection[int],
) -> Adaptable:
    own = owners.get(course.id, ())
    return Adaptable(
        course.slug,
        title,
        version.source_language,
        tuple(name for _id, name in own),
        licence_called(version.licence),
        any(institution_id in scope for institution_id, _name in own),
    )
