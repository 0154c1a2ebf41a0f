"""Passages: the paragraph of a lesson to read again for each item, found by what both cite."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.bank import Bank, ItemText
from app.catalogue.texts import CompiledText
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept

MOST_KEPT = 64
SHORTEST_WORD = 4  # signs; shorter ones stand in every paragraph

_BLOCK = re.compile(r'id="(b-[0-9a-f]{10}(?:-\d+)?)"')
_CITE = re.compile(r'class="cite" href="#([^"]+)"')
_TAG = re.compile(r"<[^>]+>")
_WORD = re.compile(rf"\w{{{SHORTEST_WORD},}}")


class Passage(NamedTuple):
    """A block of a lesson, by the lesson's key and the block's id; no block means all of it."""

    lesson: str
    block: str


class Block(NamedTuple):
    """A block with the sources that it cites and the words that it says."""

    passage: Passage
    sources: frozenset[str]
    words: frozenset[str]


_texts, _versions = CompiledText.__table__.c, CourseVersion.__table__.c
_LESSONS = (
    select(_texts.owner_key, _texts.html)
    .join_from(CompiledText.__table__, CourseVersion.__table__, _versions.id == _texts.version_id)
    .where(
        _texts.version_id == bindparam("version_id"),
        _texts.owner_key.startswith("lesson/"),
        _texts.language.in_([bindparam("language"), _versions.source_language]),
    )
    .order_by(_texts.language == bindparam("language"), _texts.id)
)
_kept: Kept[tuple[int, str, int], Mapping[str, Passage]] = Kept(MOST_KEPT)


def passages_of(
    db: Session, version_id: int, language: str, compiler: int, bank: Bank
) -> Mapping[str, Passage]:
    """The passage for each item of a version by its key; found once a process, as the bank is."""

    def read() -> Mapping[str, Passage]:
        asked = {"version_id": version_id, "language": language}
        html = {key.partition("/")[2]: text or "" for key, text in db.execute(_LESSONS, asked)}
        return _found(bank, {key: tuple(_blocks_in(key, text)) for key, text in html.items()})

    return _kept.get(db, (version_id, language, compiler), read)


def _found(bank: Bank, lessons: Mapping[str, Sequence[Block]]) -> dict[str, Passage]:
    found = {}
    for key, item in bank.items.items():
        taught = [each for each in bank.lessons.get(item.outcome_key or "", ()) if each in lessons]
        if taught:
            blocks = [block for each in taught for block in lessons[each]]
            found[key] = _nearest(bank.texts[key], blocks) or Passage(taught[0], "")
    return found


def _nearest(text: ItemText, blocks: Iterable[Block]) -> Passage | None:
    """The block that shares the most sources with the item, among equals the most words.

    None when no block cites what the item cites.
    """
    sources, words = {each.id for each in text.sources}, _words_of(text)
    near = [block for block in blocks if block.sources & sources]
    best = max(
        near, key=lambda each: (len(each.sources & sources), len(each.words & words)), default=None
    )
    return best.passage if best is not None else None


def _words_of(text: ItemText) -> frozenset[str]:
    """The words of the question, of what it offers, and of its reasons."""
    offered = (*text.parts.values(), *text.rights.values(), *text.reasons.values())
    return _words(Markup(" ").join((text.lead, text.stem, *offered, text.if_right, text.if_wrong)))


def _words(html: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_TAG.sub(" ", html).casefold()))


def _blocks_in(lesson: str, html: str) -> Iterator[Block]:
    """Each block with an id: what stands from there to the next one, its citations among it."""
    pieces = _BLOCK.split(html)
    for block, inside in zip(pieces[1::2], pieces[2::2], strict=True):
        # What follows the last block is the list of sources, which cites nothing in this way.
        yield Block(Passage(lesson, block), frozenset(_CITE.findall(inside)), _words(inside))
