"""Segments: the blocks of a draft beside what one language says of them, and how one is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import HEAD, Kept
from app.catalogue.wordings import collapsed
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.studio.changes import FileTooLarge, lock
from app.studio.drafts import Draft
from app.studio.translating.catalogues import Entries, entries_of, write_entries

MISSING, STALE, DOUBTFUL, FRESH = "missing", "stale", "doubtful", "fresh"
OPEN = (MISSING, STALE, DOUBTFUL)
LONGEST = 20_000


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


def segments_of(db: Session, draft: Draft, language: str) -> list[Segment]:
    """Every block of the draft in the order of the course; raises CourseUnready."""
    return segments_in(entries_of(db, draft, language))


def segments_in(entries: Entries) -> list[Segment]:
    """The same for entries that are at hand."""
    return [segment_of(block, entry) for block, entry in entries.items() if block != HEAD]


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
    there = segment_called(segments_in(entries), key)
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


def _state(text: str, *, is_doubtful: bool) -> str:
    if not text:
        return MISSING
    return DOUBTFUL if is_doubtful else FRESH


def segment_of(block: Block, entry: Kept) -> Segment:
    """A block with what the catalogue says of it."""
    owner, source = block
    state = _state(entry.text, is_doubtful=entry.is_fuzzy)
    if state == DOUBTFUL and entry.previous and entry.previous != source:
        state = STALE
    return Segment(owner, source, entry.text, state, entry.previous if state == STALE else "")
