"""Segments: the blocks of a draft beside what one language says of them, and how one is written."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.compilations import translated_blocks
from app.catalogue.compiling.compiled import COMPILER
from app.catalogue.compiling.faults import CourseFaulty, Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import HEAD, carried, read_catalogue, written
from app.catalogue.compiling.translations import Kept as Entry
from app.catalogue.wordings import collapsed
from app.foundation.errors import NotFound, Refusal
from app.foundation.keeping import Kept
from app.i18n.marking import N_
from app.studio.changes import FileTooLarge, lock, write
from app.studio.drafts import Draft, DraftFile, files_of, text_in
from app.studio.inspections import known_recommendations

MISSING, STALE, DOUBTFUL, FRESH = "missing", "stale", "doubtful", "fresh"
OPEN = (MISSING, STALE, DOUBTFUL)
LONGEST = 20_000
MOST_KEPT = 32

_blocks: Kept[tuple[bytes, int], tuple[Block, ...]] = Kept(MOST_KEPT)
_entries: Kept[tuple[bytes, bytes, int], dict[Block, Entry]] = Kept(MOST_KEPT)


@dataclass(frozen=True)
class Segment:
    """A block of the course with its translation; `previous` is the source it was made from."""

    owner: str
    source: str
    text: str
    state: str
    previous: str = ""

    @property
    def key(self) -> str:
        """The block's name in addresses: another source is another block."""
        return hashlib.sha256(f"{self.owner}\0{self.source}".encode()).hexdigest()[:20]

    @property
    def seen(self) -> str:
        """What a save has to name: the translation and its state, as its writer saw them."""
        return hashlib.sha256(f"{self.state}\0{self.text}".encode()).hexdigest()[:20]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class Collision:
    """Somebody else wrote the block meanwhile: theirs stands, and what was sent is kept."""

    theirs: Segment
    mine: str


class SegmentUnknown(NotFound):
    """The source was changed, so that this block is no more."""

    says = N_("The sentence has changed or is gone. What you wrote is not saved.")
    mend = N_("Copy your text from the page before, then open the list of blocks again.")


class CourseUnready(Refusal):
    """The draft has faults, so that nobody can tell its blocks."""

    says = N_("This course has faults, so its sentences cannot be listed for translation.")
    mend = N_("Ask its author to mend them; “Check the course” in the studio lists them.")


def path_of_language(language: str) -> str:
    """Where a draft holds its translations into the language."""
    return f"translations/{language}.po"


def segments_of(db: Session, draft: Draft, language: str) -> list[Segment]:
    """Every block of the draft in the order of the course; raises CourseUnready."""
    return _segments_in(entries_of(db, draft, language))


def _segments_in(entries: Mapping[Block, Entry]) -> list[Segment]:
    return [_segment(block, entry) for block, entry in entries.items() if block != HEAD]


def entries_of(db: Session, draft: Draft, language: str) -> Mapping[Block, Entry]:
    """The catalogue carried over to today's source; raises CourseUnready."""
    path = path_of_language(language)
    hashes = _hashes(db, draft)
    source_key = _key_of(each for each in hashes.items() if not each[0].startswith("translations/"))
    key = (source_key, hashes.get(path, b""), COMPILER)

    def read() -> dict[Block, Entry]:
        blocks = _blocks.get(db, (source_key, COMPILER), lambda: _blocks_in(db, draft))
        there = text_in(db, draft, path)
        faults = Faults()
        kept = read_catalogue(path, there.text, faults) if there else {}
        if faults.are_grave:
            raise CourseUnready
        return carried(blocks, kept)

    return _entries.get(db, key, read)


def segment_called(segments: Iterable[Segment], key: str) -> Segment:
    """The segment of this name; raises SegmentUnknown."""
    found = next((each for each in segments if each.key == key), None)
    if found is None:
        raise SegmentUnknown
    return found


def save_segment(
    db: Session,
    translator_id: int,
    draft: Draft,
    language: str,
    key: str,
    *,
    text: str,
    is_doubtful: bool,
    seen: str,
) -> Segment | Collision:
    """Write one block over the translation that its writer saw; other blocks stay as they are.

    The same text again is no collision. Raises SegmentUnknown, CourseUnready or FileTooLarge.
    """
    if len(text) > LONGEST:
        raise FileTooLarge(size=len(text) // 1000, limit=LONGEST // 1000)
    lock(db, draft)
    entries = dict(entries_of(db, draft, language))
    there = segment_called(_segments_in(entries), key)
    wanted = collapsed(text)
    made = replace(there, text=wanted, state=_state(wanted, is_doubtful=is_doubtful), previous="")
    if made.seen == there.seen:
        return there
    if there.seen != seen:
        return Collision(there, wanted)
    block = (there.owner, there.source)
    entries[block] = replace(
        entries[block], text=wanted, is_fuzzy=made.state == DOUBTFUL, previous=""
    )
    write_entries(db, translator_id, draft, language, entries)
    return made


def write_entries(
    db: Session, translator_id: int, draft: Draft, language: str, entries: Mapping[Block, Entry]
) -> None:
    """Write the catalogue of a locked draft in its one form."""
    content = written(language, entries).encode()
    write(db, translator_id, draft, {path_of_language(language): content})


def _state(text: str, *, is_doubtful: bool) -> str:
    if not text:
        return MISSING
    return DOUBTFUL if is_doubtful else FRESH


def _segment(block: Block, entry: Entry) -> Segment:
    owner, source = block
    state = _state(entry.text, is_doubtful=entry.is_fuzzy)
    if state == DOUBTFUL and entry.previous and entry.previous != source:
        state = STALE
    return Segment(owner, source, entry.text, state, entry.previous if state == STALE else "")


def _hashes(db: Session, draft: Draft) -> dict[str, bytes]:
    asked = select(DraftFile.path, DraftFile.hash).where(DraftFile.draft_id == draft.id)
    return dict(db.execute(asked.order_by(DraftFile.path)).all())


def _key_of(hashes: Iterable[tuple[str, bytes]]) -> bytes:
    made = hashlib.sha256()
    for path, name in hashes:
        made.update(f"{path}\0".encode() + name)
    return made.digest()


def _blocks_in(db: Session, draft: Draft) -> tuple[Block, ...]:
    """Every block of the source, rendered without its translations."""
    files = {
        path: content
        for path, content in files_of(db, draft).files.items()
        if not path.startswith("translations/")
    }
    source = CourseFiles(draft.slug, files)
    try:
        found = translated_blocks(source, known_recommendations(db), "")
    except CourseFaulty as refusal:
        raise CourseUnready from refusal
    return tuple(block for block in found if block != HEAD)
