"""Fates: what becomes of each block of a file that a translator sent, and the file taken at last."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import HEAD, Kept
from app.studio.changes import lock
from app.studio.drafts import Draft
from app.studio.exchanging.contents import Contents, Sent
from app.studio.translating.catalogues import Entries, entries_of, write_entries
from app.studio.translating.segments import LONGEST
from app.studio.translating.slips import Slip, slips_in

NEW, CHANGED, DOUBTFUL = "new", "changed", "doubtful"
SAME, KEPT, EMPTY, UNKNOWN, REFUSED = "same", "kept", "empty", "unknown", "refused"
TAKEN = (NEW, CHANGED, DOUBTFUL)


class Fate(NamedTuple):
    """What becomes of one block of the file; `before` is what stands there now."""

    outcome: str
    block: Block
    sent: Sent
    before: str = ""
    slips: Sequence[Slip] = ()
    is_long: bool = False


class Outlook(NamedTuple):
    """What taking a file would do; `seen` is what its taker has to name."""

    fates: tuple[Fate, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(each.outcome for each in self.fates)

    @property
    def seen(self) -> str:
        told = [(each.outcome, each.block, each.before, each.sent.text) for each in self.fates]
        return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:20]

    @property
    def is_idle(self) -> bool:
        """Whether taking the file would change nothing."""
        return not any(each.outcome in TAKEN for each in self.fates)

    def of(self, outcome: str) -> list[Fate]:
        return [each for each in self.fates if each.outcome == outcome]


def outlook_on(db: Session, draft: Draft, language: str, contents: Contents) -> Outlook:
    """What taking the file would do to the draft as it stands; raises CourseUnready."""
    return Outlook(tuple(_fates(entries_of(db, draft, language), contents.sent)))


def take(
    db: Session, translator_id: int, draft: Draft, language: str, contents: Contents, seen: str
) -> Outlook | None:
    """Take what can be taken of a file, over the blocks that its sender saw.

    None says that nothing was written, since something stands there now that the sender did not
    see. The same file again changes nothing.
    """
    lock(db, draft)
    entries = dict(entries_of(db, draft, language))
    outlook = Outlook(tuple(_fates(entries, contents.sent)))
    if outlook.seen != seen:
        return None
    for fate in outlook.fates:
        if fate.outcome in TAKEN:
            entries[fate.block] = _taken(fate, entries[fate.block])
    write_entries(db, translator_id, draft, language, entries)
    return outlook


def _taken(fate: Fate, there: Kept) -> Kept:
    sent, is_doubtful = fate.sent, fate.outcome == DOUBTFUL
    previous = sent.previous or (there.previous if sent.text == there.text else "")
    return replace(
        there,
        text=sent.text,
        is_fuzzy=is_doubtful,
        previous=previous if is_doubtful else "",
        remarks=sent.remarks or there.remarks,
    )


def _fates(entries: Entries, sent: Iterable[Sent]) -> Iterator[Fate]:
    """The fate of each block; what a file says twice of one block counts as it says it last."""
    places = _places(entries)
    for each in {each.block: each for each in sent}.values():
        block = each.block if each.block in entries else places.get(each.block[1])
        if block is None or block == HEAD:
            yield Fate(UNKNOWN, each.block, each)
            continue
        there = entries[block]
        outcome, is_long = _outcome(each, there), len(each.text) > LONGEST
        slips = _grave_slips(block[1], each.text) if outcome in TAKEN else []
        outcome = REFUSED if slips or is_long else outcome
        yield Fate(outcome, block, each, there.text, slips, is_long)


def _grave_slips(source: str, text: str) -> list[Slip]:
    return [slip for slip in slips_in(source, text) if slip.is_grave]


def _outcome(sent: Sent, there: Kept) -> str:
    if not sent.text:
        return EMPTY
    if (sent.text, sent.is_doubtful) == (there.text, there.is_fuzzy):
        return SAME
    is_finished = bool(there.text) and not there.is_fuzzy
    if sent.is_doubtful:
        return KEPT if is_finished and sent.text != there.text else DOUBTFUL
    return CHANGED if is_finished else NEW


def _places(entries: Entries) -> Mapping[str, Block]:
    """Open blocks by their source: a lesson that moved has another owner, and says the same."""
    return {
        block[1]: block
        for block, each in reversed(list(entries.items()))
        if block != HEAD and (not each.text or each.is_fuzzy)
    }
