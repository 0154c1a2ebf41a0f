"""Drafts: the source folder of a course while people write it, with all that ever stood in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Integer, LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.catalogue.compiling.folders import CourseFiles, file_hash
from app.catalogue.compiling.formats import canonical
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.files import MEDIA_FOLDER, TRANSLATIONS_FOLDER
from app.catalogue.ownerships import forget_proposals, owned_slugs
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.foundation import clock
from app.foundation.database import Hash, Id, Key, Model, Moment, Ref, index_where
from app.foundation.errors import NotFound, Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.identity.grants import AUTHOR, STUDIO_ROLES, WRITING_ROLES, institutions_held
from app.identity.institutions import Institution


class Draft(Model):
    """A course being written; `institution_id` answers for it, and all owners may open it.

    `revision` grows by one with every change to any of its files. `based_on` is the version that
    it was opened from, or last published as. A course has one draft that is open.
    """

    __tablename__ = "drafts"
    __table_args__ = (index_where("uq_drafts_open", "closed_at IS NULL", "slug", is_unique=True),)

    id: Mapped[Id]
    slug: Mapped[Key]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    based_on: Mapped[Ref | None] = mapped_column(ForeignKey("course_versions.id"))
    revision: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[Moment]
    made_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[Moment]
    changed_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[Moment | None]


class DraftFile(Model):
    """A file that stands in a draft now; `revision` is the draft's when it was last written."""

    __tablename__ = "draft_files"

    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    hash: Mapped[Hash] = mapped_column(ForeignKey("sources.hash"))
    revision: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[Moment]
    changed_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))


class DraftState(Model):
    """What a file became at a revision, kept for good; no hash says that it was taken out."""

    __tablename__ = "draft_states"

    draft_id: Mapped[Ref] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    path: Mapped[str] = mapped_column(String(255), primary_key=True)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), ForeignKey("sources.hash"))
    saved_at: Mapped[Moment]
    saved_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))


@dataclass(frozen=True, kw_only=True)
class DraftOpened(Happening):
    """A course can be written in the studio from now on."""

    kind: ClassVar[str] = "draft-opened"
    draft_id: int
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class DraftClosed(Happening):
    """A draft was given up; its states are kept."""

    kind: ClassVar[str] = "draft-closed"
    draft_id: int


@dataclass(frozen=True)
class DraftText:
    """A file as it stands in a draft, with the revision that a change of it has to name."""

    path: str
    content: bytes
    revision: int
    changed_at: datetime
    changed_by: int | None

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


class DraftUnknown(NotFound):
    """No draft has this slug, or none that this person may open."""

    says = N_("There is no such draft.")
    mend = N_("Look for it among your courses in the studio.")


class SlugTaken(Refusal):
    """Another course, or another draft, has the slug already."""

    says = N_("The short name %(slug)s belongs to another course.")
    mend = N_("Choose another short name.")


class AuthorNeeded(NotFound):
    """The person may not write courses for this institution."""

    says = N_("You do not write courses for this institution.")
    mend = N_("Ask an administrator of the institution to make you an author.")


RESERVED = ("new", "proposals", "origins")  # addresses of pages of the studio
_sources, _drafts = Once(Source), Once(Draft)


def open_drafts(scope: Collection[int]) -> Select[Draft]:
    """The open drafts of courses that an institution of the scope owns, latest changed first."""
    return (
        select(Draft)
        .where(Draft.closed_at.is_(None))
        .where(Draft.institution_id.in_(scope) | Draft.slug.in_(owned_slugs(scope)))
        .order_by(Draft.changed_at.desc(), Draft.id)
    )


def scope_of(db: Session, person_id: int, roles: Collection[str] = STUDIO_ROLES) -> frozenset[int]:
    """The institutions on which the person holds one of the roles, trees included."""
    return institutions_held(db, person_id, roles)


def draft_for(
    db: Session, person_id: int, slug: str, roles: Collection[str] = STUDIO_ROLES
) -> Draft:
    """The open draft of this course, for one who holds one of the roles on an owner of it."""
    scope = scope_of(db, person_id, roles)
    draft = db.scalar(open_drafts(scope).where(Draft.slug == slug)) if scope else None
    if draft is None:
        raise DraftUnknown
    return draft


def open_draft(db: Session, author_id: int, slug: str) -> Draft:
    """The draft of a published course, opened from its current version; an open one stays.

    Raises DraftUnknown for one who neither writes nor translates for an owner of the course.
    """
    owned = select(CourseOwner.course_id).where(
        CourseOwner.institution_id.in_(scope_of(db, author_id, WRITING_ROLES))
    )
    standing = db.execute(
        select(Course.institution_id, CourseVersion.id)
        .join(CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current)
        .where(Course.slug == slug, Course.id.in_(owned))
    ).first()
    if standing is None:
        raise DraftUnknown
    institution_id, version_id = standing
    draft, is_new = _new_draft(db, author_id, slug, institution_id, version_id)
    if is_new:
        hashes = db.execute(
            select(VersionFile.path, VersionFile.hash).where(VersionFile.version_id == version_id)
        )
        for path, name in hashes.all():
            _put(db, draft, author_id, path, name)
        db.flush()
    return draft


def draft_from(
    db: Session,
    author_id: int,
    source: CourseFiles,
    institution: Institution,
    stored_as: Mapping[str, bytes] | None = None,
) -> Draft:
    """A new draft of these files and of those stored already; raises AuthorNeeded or SlugTaken."""
    if institution.id not in scope_of(db, author_id, (AUTHOR,)):
        raise AuthorNeeded
    is_known = db.scalar(select(Course.id).where(Course.slug == source.slug)) is not None
    if is_known or source.slug in RESERVED:
        raise SlugTaken(slug=source.slug)
    draft, is_new = _new_draft(db, author_id, source.slug, institution.id, None)
    if not is_new:
        raise SlugTaken(slug=source.slug)
    forget_proposals(db, draft.slug)
    written = {path: stored(db, canonical(path, each)) for path, each in source.files.items()}
    for path, name in sorted({**written, **(stored_as or {})}.items()):
        _put(db, draft, author_id, path, name)
    db.flush()
    return draft


def close_draft(db: Session, person_id: int, draft: Draft) -> None:
    """Give a draft up: the course can be opened anew from its version; closing twice is no fault."""
    if draft.closed_at is None:
        draft.closed_at = clock.now()
        db.flush()
        record(db, DraftClosed(actor_id=person_id, draft_id=draft.id))


def files_of(db: Session, draft: Draft) -> CourseFiles:
    """The draft as the compiler takes it: the source folder, path by path."""
    rows = db.execute(
        select(DraftFile.path, Source.bytes)
        .join(Source, Source.hash == DraftFile.hash)
        .where(DraftFile.draft_id == draft.id)
        .order_by(DraftFile.path)
    )
    return CourseFiles(draft.slug, dict(rows.all()))


def texts_of(db: Session, draft: Draft) -> dict[str, DraftText]:
    """What authors write in the draft by path: all files but media and translations."""
    return {each.path: each for each in _texts(db, draft)}


def text_in(db: Session, draft: Draft, path: str) -> DraftText | None:
    """One file of the draft, if it stands there."""
    return next(iter(_texts(db, draft, path)), None)


def stored(db: Session, content: bytes) -> bytes:
    """The hash under which these bytes are kept, once for all drafts and versions."""
    name = file_hash(content)
    _sources.add(db, {"hash": name, "bytes": content})
    return name


def _texts(db: Session, draft: Draft, path: str | None = None) -> list[DraftText]:
    asked = (
        select(
            DraftFile.path,
            Source.bytes,
            DraftFile.revision,
            DraftFile.changed_at,
            DraftFile.changed_by,
        )
        .join(Source, Source.hash == DraftFile.hash)
        .where(DraftFile.draft_id == draft.id)
        .order_by(DraftFile.path)
    )
    if path is not None:
        asked = asked.where(DraftFile.path == path)
    else:
        asked = asked.where(~DraftFile.path.startswith(f"{MEDIA_FOLDER}/"))
        asked = asked.where(~DraftFile.path.startswith(f"{TRANSLATIONS_FOLDER}/"))
    return [DraftText(*row) for row in db.execute(asked)]


def _new_draft(
    db: Session, author_id: int, slug: str, institution_id: int, version_id: int | None
) -> tuple[Draft, bool]:
    """The open draft of the slug, and whether this call opened it; it does so exactly once."""
    now = clock.now()
    values = {
        "slug": slug,
        "institution_id": institution_id,
        "based_on": version_id,
        "revision": 1,
        "made_at": now,
        "made_by": author_id,
        "changed_at": now,
        "changed_by": author_id,
    }
    is_new = _drafts.add(db, values)
    draft = db.scalars(select(Draft).where(Draft.slug == slug, Draft.closed_at.is_(None))).one()
    if is_new:
        opened = DraftOpened(actor_id=author_id, draft_id=draft.id, institution_id=institution_id)
        record(db, opened)
    return draft, is_new


def _put(db: Session, draft: Draft, author_id: int, path: str, name: bytes) -> None:
    at = {"draft_id": draft.id, "path": path, "hash": name, "revision": draft.revision}
    db.add(DraftFile(**at, changed_at=draft.changed_at, changed_by=author_id))
    db.add(DraftState(**at, saved_at=draft.changed_at, saved_by=author_id))
