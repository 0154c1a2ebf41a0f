"""Previews: one lesson rendered as learners will see it, by the compiler, without the rest.

The whole course is read when it is checked; a preview reads what its lesson can name, and so takes
a few hundredths of a second.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.checks import check_manuscript
from app.catalogue.compiling.compiled import placed
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, limit_of
from app.catalogue.compiling.manuscripts import read_manuscript
from app.catalogue.compiling.readings import Reading
from app.catalogue.compiling.texts import TextWriter
from app.catalogue.pedagogy.remarks import remark_on_pedagogy
from app.catalogue.versions import Source
from app.i18n.catalogues import translations_for
from app.studio.changes import FileTooLarge
from app.studio.drafts import Draft, DraftFile
from app.studio.inspections import known_recommendations

_MEDIA = re.compile(r"media/[a-z0-9][a-z0-9._-]*")
_ALWAYS = ("course.yaml", "bibliography.yaml", "glossary.yaml")


class Preview(NamedTuple):
    """A lesson's HTML, made safe by the compiler, what is to say of its text, and its measure."""

    html: Markup
    findings: tuple[Fault, ...]
    words: int
    bytes: int


def preview_of(
    db: Session,
    draft: Draft,
    path: str,
    text: str,
    *,
    media: str,
    lessons: str,
) -> Preview:
    """The lesson at this path as this text would show it; `media`, `lessons` are addresses.

    Raises FileTooLarge before anything is read.
    """
    size = len(text.encode())
    if size > limit_of(path):
        raise FileTooLarge(size=size // 1000, limit=limit_of(path) // 1000)
    files = files_around(db, draft, path, text) | {path: text.encode()}
    faults, key = Faults(), path.rpartition("/")[2].removesuffix(".md")
    manuscript = read_manuscript(CourseFiles(draft.slug, files), faults)
    for other in _lessons_in(db, draft):
        manuscript.activity_paths.setdefault(other.rpartition("/")[2].removesuffix(".md"), [other])
    check_manuscript(manuscript, known_recommendations(db), faults)
    language = manuscript.course.language if manuscript.course else "en"
    words = translations_for(language).gettext
    texts = TextWriter(manuscript, Reading(language, language, {}, words), faults).all()
    remark_on_pedagogy(manuscript, faults)
    found = next((each.html for each in texts.texts if each.owner_key == f"lesson/{key}"), "")
    measure = texts.lessons.get(key)
    return Preview(
        Markup(placed(found, media=media, lessons=lessons)),  # noqa: S704 - made safe by the compiler
        tuple(fault for fault in faults.in_order() if fault.path == path),
        measure.words if measure else 0,
        measure.bytes if measure else 0,
    )


def files_around(db: Session, draft: Draft, path: str, text: str) -> dict[str, bytes]:
    """The files that a lesson can name: its course, module, sources, terms and its own media."""
    wanted = {*_ALWAYS, f"{path.partition('/')[0]}/module.yaml", *_MEDIA.findall(text)}
    return _files(db, draft, wanted)


def _files(db: Session, draft: Draft, wanted: Collection[str]) -> dict[str, bytes]:
    rows = db.execute(
        select(DraftFile.path, Source.bytes)
        .join(Source, Source.hash == DraftFile.hash)
        .where(DraftFile.draft_id == draft.id, DraftFile.path.in_(wanted))
    )
    return dict(rows.all())


def _lessons_in(db: Session, draft: Draft) -> list[str]:
    asked = select(DraftFile.path).where(DraftFile.draft_id == draft.id)
    return list(db.scalars(asked.where(DraftFile.path.like("%.md"))))
