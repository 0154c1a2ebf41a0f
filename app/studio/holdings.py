"""Holdings: files put into a draft's library, replaced, renamed and taken out; lessons follow."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.compiling.folders import file_hash
from app.catalogue.files import MEDIA_FOLDER
from app.catalogue.versions import Source
from app.foundation.errors import Refusal, Way
from app.i18n.marking import N_
from app.studio.changes import lock, write
from app.studio.drafts import Draft, DraftFile, DraftText, text_in
from app.studio.filenames import free_name, split_name, stem_of
from app.studio.libraries import Holding
from app.studio.uploads import Ready

MEGABYTE = 1_000_000
MOST_TOGETHER = 200 * MEGABYTE  # what a course's zip may hold
_SHOWN_ALIKE = ({"drawing", "picture"},)  # a figure shows either


class Stored(NamedTuple):
    """Where a file now lies; `was_there` when the same bytes lay there before."""

    sent_as: str
    name: str
    was_there: bool


class LibraryFull(Refusal):
    """All files of a course together have a limit, so that it can leave as one archive."""

    says = N_("The files of a course may have %(limit)s MB together.")
    mend = N_("Take out what no lesson uses, or make films and pictures smaller.")


class FileInUse(Refusal):
    """Lessons name the file, so that it cannot be taken out."""

    says = N_("Lessons still use %(name)s, so it cannot be taken out.")
    mend = N_("Replace it by another file, or take it out of these lessons first:")


class NameTaken(Refusal):
    """Another file of the library has this name."""

    says = N_("Another file is called %(name)s.")
    mend = N_("Choose another name.")


class KindDiffers(Refusal):
    """A film cannot stand where lessons show a picture."""

    status = 422
    says = N_("The new file is of another kind than %(name)s.")
    mend = N_("Add it beside, and change the lessons that show the old one.")


class FileReplaced(Refusal):
    """Somebody else has replaced or renamed the file since the page was opened."""

    says = N_("Somebody has changed this file meanwhile.")
    mend = N_("Look at it again, then decide.")


def add_files(db: Session, author_id: int, draft: Draft, files: Sequence[Ready]) -> list[Stored]:
    """Put files into the library as one revision; what is there already is not put there twice.

    Raises LibraryFull or TooManyFiles.
    """
    lock(db, draft)
    held = _hashes(db, draft)
    stored, new = [], {}
    for each in files:
        name = _name_of_same(held, each) or free_name(each.name, held)
        is_new = name not in held
        stored.append(Stored(each.sent_as, name, not is_new))
        if is_new:
            held[name] = file_hash(each.content)
            new[f"{MEDIA_FOLDER}/{name}"] = each.content
    _refuse_overfull(db, draft, new.values())
    write(db, author_id, draft, new)
    return stored


def replace_file(
    db: Session,
    author_id: int,
    draft: Draft,
    holding: Holding,
    file: Ready,
    revision: int,
    texts: Mapping[str, DraftText],
) -> str:
    """Let the file be another one under its name, but for the ending; gives the name it has now.

    Raises FileReplaced, KindDiffers, NameTaken or LibraryFull.
    """
    _lock_at(db, draft, holding, revision)
    is_alike = any({holding.use, file.use} <= alike for alike in _SHOWN_ALIKE)
    if holding.use != file.use and not is_alike:
        raise KindDiffers(name=holding.name)
    old, new = holding.name.rpartition("."), file.name.rpartition(".")
    name = f"{old[0]}.{new[2]}"
    if name != holding.name and name in _hashes(db, draft):
        raise NameTaken(name=name)
    _refuse_overfull(db, draft, [file.content])
    moved = _moved(texts, {holding.name: name})
    gone = {} if name == holding.name else {holding.path: None}
    write(db, author_id, draft, {**gone, f"{MEDIA_FOLDER}/{name}": file.content, **moved})
    return name


def rename_file(
    db: Session,
    author_id: int,
    draft: Draft,
    holding: Holding,
    words: str,
    revision: int,
    texts: Mapping[str, DraftText],
) -> str:
    """Give the file another name, and say so wherever a lesson names it; gives the new name.

    Captions in other languages are found by their name, so that they are renamed together.
    Raises FileReplaced or NameTaken.
    """
    _lock_at(db, draft, holding, revision)
    held = _hashes(db, draft)
    names = {name: _renamed(name, words) for name in _family(holding, held)}
    taken = next((new for old, new in names.items() if new != old and new in held), None)
    if taken:
        raise NameTaken(name=taken)
    names = {old: new for old, new in names.items() if new != old}
    contents: dict[str, bytes | None] = {f"{MEDIA_FOLDER}/{old}": None for old in names}
    for old, new in names.items():
        there = text_in(db, draft, f"{MEDIA_FOLDER}/{old}")
        contents[f"{MEDIA_FOLDER}/{new}"] = there.content if there else None
    write(db, author_id, draft, {**contents, **_moved(texts, names)})
    return names.get(holding.name, holding.name)


def remove_file(db: Session, author_id: int, draft: Draft, holding: Holding, revision: int) -> None:
    """Take a file out that no lesson names; its states stay. Raises FileInUse or FileReplaced."""
    _lock_at(db, draft, holding, revision)
    if holding.places:
        ways = [
            Way(each.title, "edit_lesson", {"slug": draft.slug, "key": each.key})
            for each in holding.places
        ]
        raise FileInUse(*ways, name=holding.name)
    write(db, author_id, draft, {holding.path: None})


def _lock_at(db: Session, draft: Draft, holding: Holding, revision: int) -> None:
    lock(db, draft)
    if holding.revision != revision:
        raise FileReplaced


def _hashes(db: Session, draft: Draft) -> dict[str, bytes]:
    rows = db.execute(
        select(DraftFile.path, DraftFile.hash).where(
            DraftFile.draft_id == draft.id, DraftFile.path.startswith(f"{MEDIA_FOLDER}/")
        )
    )
    return {path.removeprefix(f"{MEDIA_FOLDER}/"): name for path, name in rows}


def _name_of_same(held: Mapping[str, bytes], file: Ready) -> str | None:
    """The name under which the same bytes lie already; captions are told apart by their names."""
    wanted, ending = file_hash(file.content), split_name(file.name)[1]
    return next(
        (
            name
            for name, content in held.items()
            if content == wanted and split_name(name)[1] == ending
        ),
        None,
    )


def _refuse_overfull(db: Session, draft: Draft, new: Iterable[bytes]) -> None:
    held = db.scalar(
        select(func.coalesce(func.sum(func.length(Source.bytes)), 0))
        .join(DraftFile, DraftFile.hash == Source.hash)
        .where(DraftFile.draft_id == draft.id)
    )
    if int(held or 0) + sum(map(len, new)) > MOST_TOGETHER:
        raise LibraryFull(limit=MOST_TOGETHER // MEGABYTE)


def _family(holding: Holding, held: Iterable[str]) -> list[str]:
    """The file, and with captions those in other languages."""
    if holding.use != "captions":
        return [holding.name]
    stem = holding.stem
    return [each for each in held if each.endswith(".vtt") and split_name(each)[0] == stem]


def _renamed(name: str, words: str) -> str:
    return f"{stem_of(words)}{split_name(name)[1]}"


def _moved(texts: Mapping[str, DraftText], names: Mapping[str, str]) -> dict[str, bytes]:
    """The lessons that name one of these files, with its other name."""
    moved = {}
    for path, each in texts.items():
        if not path.endswith(".md"):
            continue
        text = each.text
        for old, new in names.items():
            mention = rf"{MEDIA_FOLDER}/{re.escape(old)}(?![a-z0-9_-]|\.[a-z0-9])"
            text = re.sub(mention, f"{MEDIA_FOLDER}/{new}", text)
        if text != each.text:
            moved[path] = text.encode()
    return moved
