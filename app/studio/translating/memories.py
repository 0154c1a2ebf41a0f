"""Memories: what the institution's courses say in a language already, offered where it fits.

The memory is made from the catalogues of open drafts and of current versions, file by file in the
process; a file that changes is read again, and no table has to be kept in step.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.translations import HEAD, read_catalogue
from app.catalogue.courses import Course, CourseOwner
from app.catalogue.files import catalogue_path
from app.catalogue.versions import CourseVersion, Source, VersionFile
from app.foundation.keeping import Kept
from app.studio.differences import Piece, pieces_of
from app.studio.drafts import Draft, DraftFile
from app.studio.translating.catalogues import Entries
from app.studio.translating.likenesses import Likenesses
from app.studio.translating.segments import Segment

MOST_OFFERS = 3
MOST_FILES = 128


class Offer(NamedTuple):
    """A translation of the same or almost the same sentence, from which course, and how like it is.

    `changes` leads from the sentence there to the one here; the same sentence has none.
    """

    text: str
    source: str
    course: str
    percent: int
    changes: tuple[Piece, ...]

    @property
    def is_exact(self) -> bool:
        return self.percent == 100


class _Shelf(NamedTuple):
    """A catalogue's finished translations, and the index over their sources."""

    known: Likenesses
    texts: list[str]


_shelves: Kept[bytes, _Shelf] = Kept(MOST_FILES)
_own: Kept[tuple[str, ...], Likenesses] = Kept(MOST_FILES // 8)


class Memory:
    """What is known for one draft and language."""

    def __init__(self, db: Session, draft: Draft, language: str, entries: Entries) -> None:
        self._entries = [(block, each) for block, each in entries.items() if block != HEAD]
        sources = tuple(source for (_, source), _each in self._entries)
        self._slug = draft.slug
        self._index = _own.get(db, sources, lambda: Likenesses(sources))
        self._others = [
            (slug, _shelves.get(db, name, lambda name=name: _shelf(db, name)))  # type: ignore[misc]
            for slug, name in _catalogues(db, draft, language)
        ]

    def offers_for(self, segment: Segment) -> list[Offer]:
        """The best offers for an open segment, the likest first and each text once."""
        if not segment.is_open:
            return []
        offers: dict[str, Offer] = {}
        for likeness, source, text, slug in sorted(self._found(segment), key=lambda e: -e[0]):
            if text != segment.text and text not in offers:
                changes = () if source == segment.source else pieces_of(source, segment.source)
                offers[text] = Offer(text, source, slug, _percent(likeness), changes)
            if len(offers) == MOST_OFFERS:
                break
        return list(offers.values())

    def _found(self, segment: Segment) -> Iterator[tuple[float, str, str, str]]:
        for place, likeness in self._index.like(segment.source, MOST_OFFERS * 2):
            (owner, source), each = self._entries[place]
            is_itself = (owner, source) == (segment.owner, segment.source)
            if each.text and not each.is_fuzzy and not is_itself:
                yield likeness, source, each.text, self._slug
        for slug, shelf in self._others:
            for place, likeness in shelf.known.like(segment.source, MOST_OFFERS):
                yield likeness, shelf.known.sentences[place], shelf.texts[place], slug


def _catalogues(db: Session, draft: Draft, language: str) -> Iterable[tuple[str, bytes]]:
    """Courses of the draft's institution with the bytes of their catalogues, each file once."""
    path = catalogue_path(language)
    drafts = (
        select(Draft.slug, DraftFile.hash)
        .join(DraftFile, DraftFile.draft_id == Draft.id)
        .where(Draft.institution_id == draft.institution_id, Draft.closed_at.is_(None))
        .where(Draft.id != draft.id, DraftFile.path == path)
    )
    versions = (
        select(Course.slug, VersionFile.hash)
        .join(CourseOwner, CourseOwner.course_id == Course.id)
        .join(CourseVersion, (CourseVersion.course_id == Course.id) & CourseVersion.is_current)
        .join(VersionFile, VersionFile.version_id == CourseVersion.id)
        .where(CourseOwner.institution_id == draft.institution_id, VersionFile.path == path)
    )
    rows = db.execute(drafts.union(versions)).all()
    return {bytes(name): (slug, bytes(name)) for slug, name in sorted(rows)}.values()


def _shelf(db: Session, name: bytes) -> _Shelf:
    content = db.scalar(select(Source.bytes).where(Source.hash == name)) or b""
    kept = read_catalogue("", content.decode(errors="replace"), Faults())
    known = {
        source: each.text for (_, source), each in kept.items() if each.text and not each.is_fuzzy
    }
    return _Shelf(Likenesses(list(known)), list(known.values()))


def _percent(likeness: float) -> int:
    """Whole hundredths; 100 is kept for the very same sentence."""
    return int(likeness * 100)
