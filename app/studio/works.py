"""Works: the courses that a person may write: drafts that are open, and versions without one."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.courses import Course, CourseOwner
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion, Source
from app.identity.grants import AUTHOR
from app.identity.institutions import NAMED
from app.identity.users import User
from app.studio.drafts import Draft, DraftFile, open_drafts, scope_of
from app.studio.inspections import Count, counted
from app.studio.outlines import COURSE, title_in

_named = NAMED.order_by(None).subquery()


class Work(NamedTuple):
    """An open draft as the list shows it; `checked` is known once somebody has looked at it here."""

    slug: str
    title: str
    institution: str
    version: int | None
    changed_at: datetime
    changed_by: str | None
    checked: Count | None


class Standing(NamedTuple):
    """A published course without a draft."""

    slug: str
    title: str
    institution: str
    version: int


def works_in(db: Session, scope: Collection[int]) -> list[Work]:
    """The open drafts of the scope, latest changed first."""
    rows = db.execute(
        open_drafts(scope)
        .add_columns(Source.bytes, _named.c.name, CourseVersion.number, User.name)
        .join(
            DraftFile, (DraftFile.draft_id == Draft.id) & (DraftFile.path == COURSE), isouter=True
        )
        .join(Source, Source.hash == DraftFile.hash, isouter=True)
        .join(_named, _named.c.id == Draft.institution_id)
        .join(CourseVersion, CourseVersion.id == Draft.based_on, isouter=True)
        .join(User, User.id == Draft.changed_by, isouter=True)
    ).all()
    return [
        Work(
            slug=draft.slug,
            title=title_in((course or b"").decode(errors="replace")) or draft.slug,
            institution=institution,
            version=version,
            changed_at=draft.changed_at,
            changed_by=name,
            checked=counted(db, draft),
        )
        for draft, course, institution, version, name in rows
    ]


def standing_in(db: Session, scope: Collection[int]) -> list[Standing]:
    """The published courses that an institution of the scope owns and nobody writes at, by title."""
    rows = db.execute(
        select(Course.slug, CompiledText.title, _named.c.name, CourseVersion.number)
        .join(CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current)
        .join(
            CompiledText,
            (CompiledText.version_id == CourseVersion.id)
            & (CompiledText.owner_key == "course")
            & (CompiledText.language == CourseVersion.source_language),
        )
        .join(_named, _named.c.id == Course.institution_id)
        .where(
            select(CourseOwner)
            .where(CourseOwner.course_id == Course.id, CourseOwner.institution_id.in_(scope))
            .exists(),
            ~select(Draft).where(Draft.slug == Course.slug, Draft.closed_at.is_(None)).exists(),
        )
        .order_by(CompiledText.title, Course.id)
    )
    return [Standing(*row) for row in rows]


def may_write(db: Session, person_id: int, draft: Draft) -> bool:
    """Whether the person is an author of an owner of the draft's course."""
    return holds(db, person_id, draft, AUTHOR)


def holds(db: Session, person_id: int, draft: Draft, role: str) -> bool:
    """Whether the person holds the role on an owner of the draft's course."""
    scope = scope_of(db, person_id, (role,))
    asked = open_drafts(scope).where(Draft.id == draft.id)
    return bool(scope) and db.scalar(asked) is not None
