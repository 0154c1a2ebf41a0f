"""Changes: files of a draft written, moved and taken out, so that nobody's text is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.folders import FILES_LIMIT, belongs, limit_of
from app.catalogue.compiling.formats import canonical
from app.catalogue.versions import Source
from app.foundation import clock
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.studio.drafts import Draft, DraftFile, DraftState, DraftText, stored, text_in

NOT_THERE = 0  # the revision of a file that does not stand in the draft


@dataclass(frozen=True)
class Change:
    """What one file shall become, and the revision its writer had before their eyes.

    No content takes the file out. NOT_THERE says that the writer saw no such file.
    """

    content: bytes | None
    revision: int


@dataclass(frozen=True)
class Saved:
    """The change stands; `revision` is the draft's now."""

    revision: int


@dataclass(frozen=True)
class Conflict:
    """Somebody else changed the file meanwhile: theirs stands, mine is kept by who sent it."""

    path: str
    mine: bytes | None
    theirs: DraftText | None


@dataclass(frozen=True)
class State:
    """What a file was at a revision, as its history lists it."""

    revision: int
    saved_at: datetime
    saved_by: int | None
    content: bytes | None


class PathRefused(Refusal):
    """A file of this name does not belong in a course."""

    status = 422
    says = N_("A course holds no file named %(path)s.")
    mend = N_("Use lower-case letters, digits and hyphens.")


class FileTooLarge(Refusal):
    """The text is longer than the format allows."""

    status = 413
    says = N_("This text has %(size)s KB. A file of this kind may have %(limit)s KB.")
    mend = N_("Split it in two, or make it shorter. What stood there before is still there.")


class TooManyFiles(Refusal):
    """The draft holds as many files as a course may have."""

    says = N_("The course holds too many files.")
    mend = N_("Take out what no lesson uses.")


class StateUnknown(NotFound):
    """The file never had that revision."""

    says = N_("There is no such earlier state of this file.")


def change(
    db: Session, author_id: int, draft: Draft, changes: Mapping[str, Change]
) -> Saved | Conflict:
    """Change all these files or none, as one revision; the same content again changes nothing.

    Texts are brought into their one form. Raises PathRefused, FileTooLarge or TooManyFiles.
    """
    for path, each in changes.items():
        _refuse_misfit(path, each.content)
    lock(db, draft)
    for path, each in changes.items():
        there = text_in(db, draft, path)
        content = each.content and canonical(path, each.content)
        is_same = content == (there and there.content)
        if not is_same and each.revision != (there.revision if there else NOT_THERE):
            return Conflict(path, each.content, there)
    return Saved(
        write(db, author_id, draft, {path: each.content for path, each in changes.items()})
    )


def write(db: Session, author_id: int, draft: Draft, contents: Mapping[str, bytes | None]) -> int:
    """Write files of a locked draft as one revision, which it gives; what is the same stays.

    Raises PathRefused, FileTooLarge or TooManyFiles.
    """
    wanted = {}
    for path, content in contents.items():
        _refuse_misfit(path, content)
        formed = None if content is None else canonical(path, content)
        there = text_in(db, draft, path)
        if formed != (there and there.content):
            wanted[path] = formed
    return _written(db, author_id, draft, wanted)


def save(
    db: Session, author_id: int, draft: Draft, path: str, content: bytes, revision: int
) -> Saved | Conflict:
    """Write one file over the revision that its writer saw."""
    return change(db, author_id, draft, {path: Change(content, revision)})


def remove(db: Session, author_id: int, draft: Draft, path: str, revision: int) -> Saved | Conflict:
    """Take one file out; its states stay."""
    return change(db, author_id, draft, {path: Change(None, revision)})


def move(
    db: Session, author_id: int, draft: Draft, path: str, to: str, revision: int
) -> Saved | Conflict:
    """Give one file another path, which nothing else has."""
    there = text_in(db, draft, path)
    if there is None:
        return Conflict(path, None, None)
    moved = {path: Change(None, revision), to: Change(there.content, NOT_THERE)}
    return change(db, author_id, draft, moved)


def states_of(db: Session, draft: Draft, path: str) -> list[State]:
    """All that the file ever was in this draft, latest first."""
    rows = db.execute(
        select(DraftState.revision, DraftState.saved_at, DraftState.saved_by, Source.bytes)
        .join(Source, Source.hash == DraftState.hash, isouter=True)
        .where(DraftState.draft_id == draft.id, DraftState.path == path)
        .order_by(DraftState.revision.desc())
    )
    return [State(*row) for row in rows]


def restore(
    db: Session, author_id: int, draft: Draft, path: str, to: int, revision: int
) -> Saved | Conflict:
    """Write again what the file was at the revision `to`; raises StateUnknown."""
    found = next((each for each in states_of(db, draft, path) if each.revision == to), None)
    if found is None:
        raise StateUnknown
    return change(db, author_id, draft, {path: Change(found.content, revision)})


def undo(db: Session, author_id: int, draft: Draft, undone: int) -> Saved | Conflict:
    """Take one revision back in all its files, if none of them has changed since."""
    touched = db.scalars(
        select(DraftState.path).where(
            DraftState.draft_id == draft.id, DraftState.revision == undone
        )
    ).all()
    if not touched or undone <= 1:
        raise StateUnknown
    changes = {}
    for path in touched:
        before = next((s for s in states_of(db, draft, path) if s.revision < undone), None)
        seen = undone if text_in(db, draft, path) else NOT_THERE
        changes[path] = Change(before.content if before else None, seen)
    return change(db, author_id, draft, changes)


def _refuse_misfit(path: str, content: bytes | None) -> None:
    if not belongs(path):
        raise PathRefused(path=path[:100])
    if content is not None and len(content) > limit_of(path):
        raise FileTooLarge(size=len(content) // 1000, limit=limit_of(path) // 1000)


def lock(db: Session, draft: Draft) -> None:
    """Let changes to a draft come one by one, and see the latest revision."""
    db.flush()
    db.execute(
        select(Draft)
        .where(Draft.id == draft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _written(db: Session, author_id: int, draft: Draft, wanted: Mapping[str, bytes | None]) -> int:
    if not wanted:
        return draft.revision
    now = clock.now()
    draft.revision += 1
    draft.changed_at, draft.changed_by = now, author_id
    for path, content in wanted.items():
        name = None if content is None else stored(db, content)
        at = {"draft_id": draft.id, "path": path, "revision": draft.revision}
        db.add(DraftState(**at, hash=name, saved_at=now, saved_by=author_id))
        _put(db, draft, author_id, path, name)
    db.flush()
    return draft.revision


def _put(db: Session, draft: Draft, author_id: int, path: str, name: bytes | None) -> None:
    standing = db.get(DraftFile, (draft.id, path))
    if standing is None and name is not None:
        _refuse_many(db, draft)
        standing = DraftFile(draft_id=draft.id, path=path)
        db.add(standing)
    if standing is None:
        return
    if name is None:
        db.delete(standing)
        return
    standing.hash, standing.revision = name, draft.revision
    standing.changed_at, standing.changed_by = draft.changed_at, author_id


def _refuse_many(db: Session, draft: Draft) -> None:
    count = len(db.scalars(select(DraftFile.path).where(DraftFile.draft_id == draft.id)).all())
    if count >= FILES_LIMIT:
        raise TooManyFiles
