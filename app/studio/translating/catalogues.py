"""Catalogues: what a draft says in a language, block by block, kept in process by its bytes."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import translated_blocks
from app.catalogue.compiling.compiled import COMPILER
from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import CourseFiles, file_hash
from app.catalogue.compiling.formats import know
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import HEAD, Kept, carried, read_catalogue, written
from app.catalogue.files import catalogue_path, is_catalogue
from app.foundation import keeping
from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.studio.changes import write
from app.studio.drafts import Draft, DraftFile, files_of, text_in
from app.studio.inspections import known_recommendations

MOST_KEPT = 32

Entries = Mapping[Block, Kept]

_blocks: keeping.Kept[tuple[bytes, int], tuple[Block, ...]] = keeping.Kept(MOST_KEPT)
_entries: keeping.Kept[tuple[bytes, bytes, int], Entries] = keeping.Kept(MOST_KEPT)


class CourseUnready(Refusal):
    """The draft has faults, so that nobody can tell its blocks."""

    says = N_("This course has faults, so its sentences cannot be listed for translation.")
    mend = N_("Ask its author to mend them; “Check the course” in the studio lists them.")


def entries_of(db: Session, draft: Draft, language: str) -> Entries:
    """The catalogue carried over to today's source; raises CourseUnready."""
    path = catalogue_path(language)
    hashes = _hashes(db, draft)
    source_key = _source_key(hashes)

    def read() -> Entries:
        blocks = _blocks.get(db, (source_key, COMPILER), lambda: _blocks_in(db, draft))
        there = text_in(db, draft, path)
        faults = Faults()
        kept = read_catalogue(path, there.text, faults) if there else {}
        if faults.are_grave:
            raise CourseUnready
        return carried(blocks, kept)

    return _entries.get(db, (source_key, hashes.get(path, b""), COMPILER), read)


def write_entries(
    db: Session, translator_id: int, draft: Draft, language: str, entries: Entries
) -> None:
    """Write the catalogue of a locked draft, whose blocks these are, in its one form."""
    path, content = catalogue_path(language), written(language, entries).encode()
    know(path, content)
    write(db, translator_id, draft, {path: content})
    _entries.get(
        db, (_source_key(_hashes(db, draft)), file_hash(content), COMPILER), lambda: entries
    )


def prepare(db: Session, draft: Draft, language: str) -> None:
    """Read and write the catalogue once, so that a change of it holds its transaction shortly."""
    written(language, entries_of(db, draft, language))


def _hashes(db: Session, draft: Draft) -> dict[str, bytes]:
    asked = select(DraftFile.path, DraftFile.hash).where(DraftFile.draft_id == draft.id)
    return dict(db.execute(asked.order_by(DraftFile.path)).all())


def _source_key(hashes: Mapping[str, bytes]) -> bytes:
    """The name of all that is not a translation."""
    made = hashlib.sha256()
    for path, name in hashes.items():
        if not is_catalogue(path):
            made.update(f"{path}\0".encode() + name)
    return made.digest()


def _blocks_in(db: Session, draft: Draft) -> tuple[Block, ...]:
    """Every block of the source, rendered without its translations."""
    files = {
        path: content
        for path, content in files_of(db, draft).files.items()
        if not is_catalogue(path)
    }
    source = CourseFiles(draft.slug, files)
    try:
        found = translated_blocks(source, known_recommendations(db), "")
    except CourseFaulty as refusal:
        raise CourseUnready from refusal
    return tuple(block for block in found if block != HEAD)
