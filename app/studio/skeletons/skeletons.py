"""Skeletons: courses to begin from: some of the platform's own, and drafts marked as templates."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.catalogue.compiling.declarations import CourseDeclaration
from app.catalogue.compiling.folders import CourseFiles
from app.foundation import clock
from app.foundation.database import Model, Moment, Ref, table_of
from app.foundation.errors import NotFound
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.studio.drafts import Draft, DraftFile, open_drafts, text_in
from app.studio.offers import texts_by_path
from app.studio.origins import COURSE
from app.studio.outlines import CourseMissing, title_in
from app.studio.sheets import Sheet

FOLDER = Path(__file__).parent
SKELETONS = {
    "short-course": N_("Short course: one module with two lessons and a quiz"),
    "case-course": N_("Case: a lesson, a situation to decide in, and a quiz"),
    "workshop": N_("Workshop handout: before, in the room, afterwards, and questions to practise"),
}
WRITTEN_IN = ("en", "fr", "ar")
RECOMMENDATION = "LL1"  # stands in every skeleton until an author chooses


class DraftTemplate(Model):
    """A draft that its institution offers to its authors to begin from."""

    __tablename__ = "draft_templates"

    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    marked_at: Mapped[Moment]
    marked_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))


class Beginning(NamedTuple):
    """What an author says of a new course before there is one."""

    slug: str
    title: str
    language: str
    institution: str
    author: str
    recommendation: str


class Begun(NamedTuple):
    """The files that a course begins with; media are stored already, under their hashes."""

    source: CourseFiles
    media: Mapping[str, bytes]


class TemplateUnknown(NotFound):
    """There is no such skeleton, and no draft of this name that is a template here."""

    says = N_("There is no such template.")
    mend = N_("Choose another one to begin from.")


_marked = Once(DraftTemplate)


def begun_from_skeleton(key: str, told: Beginning) -> Begun:
    """One of the platform's own, in the language if it is written in it; raises TemplateUnknown."""
    if key not in SKELETONS:
        raise TemplateUnknown
    language = told.language if told.language in WRITTEN_IN else WRITTEN_IN[0]
    files = {
        path: content.replace(RECOMMENDATION.encode(), told.recommendation.encode())
        for path, content in _files_in(key, language).items()
    }
    course = Sheet(COURSE, files[COURSE].decode(), CourseDeclaration)
    course.put("language", told.language)
    files[COURSE] = _named(course, told)
    return Begun(CourseFiles(told.slug, files), {})


def begun_from_draft(db: Session, scope: Collection[int], slug: str, told: Beginning) -> Begun:
    """A draft that is a template of the scope, with its own language; raises TemplateUnknown."""
    draft = db.scalar(_templates(scope).where(Draft.slug == slug))
    if draft is None:
        raise TemplateUnknown
    hashes = dict(
        db.execute(
            select(DraftFile.path, DraftFile.hash).where(DraftFile.draft_id == draft.id)
        ).all()
    )
    texts = texts_by_path(db, hashes)
    if COURSE not in texts:
        raise CourseMissing
    course = Sheet(COURSE, texts[COURSE].decode(errors="replace"), CourseDeclaration)
    course.put("reviewers", None)
    course.put("facts_checked", None)
    texts[COURSE] = _named(course, told)
    media = {path: name for path, name in hashes.items() if path not in texts}
    return Begun(CourseFiles(told.slug, texts), media)


def templates_in(db: Session, scope: Collection[int]) -> Sequence[tuple[str, str]]:
    """The drafts that institutions of the scope offer, by slug, with their titles."""
    found = []
    for draft in db.scalars(_templates(scope)).all():
        course = text_in(db, draft, COURSE)
        found.append((draft.slug, title_in(course.text if course else "") or draft.slug))
    return found


def is_template(db: Session, draft: Draft) -> bool:
    """Whether the draft is offered to begin from."""
    return db.get(DraftTemplate, draft.id) is not None


def mark_template(db: Session, author_id: int, draft: Draft, *, is_offered: bool) -> None:
    """Offer the draft to begin from, or no longer; twice is no fault."""
    if is_offered:
        values = {"draft_id": draft.id, "marked_at": clock.now(), "marked_by": author_id}
        _marked.add(db, values)
        return
    db.execute(delete(table_of(DraftTemplate)).where(DraftTemplate.draft_id == draft.id))


@cache
def _files_in(key: str, language: str) -> Mapping[str, bytes]:
    folder = FOLDER / key / language
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _templates(scope: Collection[int]) -> Select[Draft]:
    marked = select(DraftTemplate.draft_id)
    return open_drafts(scope).where(Draft.id.in_(marked))


def _named(course: Sheet, told: Beginning) -> bytes:
    course.put("title", told.title)
    course.put("institution", told.institution)
    course.put("authors", [told.author])
    return course.text().encode()
