"""Takings: what the origin of a course changed meanwhile, set beside what the course changed.

Each file is compared three ways: as it was when the course took it, as it is in the course, and as
the origin has it now. What only the origin changed can be taken; what both changed is a choice.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import Kept, read_catalogue, written
from app.catalogue.files import catalogue_language, is_catalogue

ADDED, REMOVED, CHANGED, BOTH = "added", "removed", "changed", "both"
THEIRS, MINE = "theirs", "mine"
Contents = Mapping[str, bytes]


class Taking(NamedTuple):
    """A file that the origin changed, and what taking that in makes of it; none takes it out.

    BOTH says that the course has changed it too, so that one of the two goes.
    """

    path: str
    state: str
    content: bytes | None


def takings(base: Contents, mine: Contents, theirs: Contents) -> tuple[Taking, ...]:
    """Every file that the origin changed and that the course does not hold so already, by path."""
    found = []
    for path in sorted({*base, *mine, *theirs}):
        was, own, new = base.get(path), mine.get(path), theirs.get(path)
        if new in (was, own):
            continue
        if own == was:
            state = REMOVED if new is None else ADDED if was is None else CHANGED
            found.append(Taking(path, state, new))
            continue
        joined = _joined(path, was, own, new)
        if joined is None:
            found.append(Taking(path, BOTH, new))
        elif joined != own:
            found.append(Taking(path, CHANGED, joined))
    return tuple(found)


def contents_after(
    found: Collection[Taking], choices: Mapping[str, str]
) -> dict[str, bytes | None]:
    """What becomes of each file of which the origin's state was chosen; the others stay."""
    return {each.path: each.content for each in found if choices.get(each.path) == THEIRS}


def _joined(path: str, was: bytes | None, own: bytes | None, new: bytes | None) -> bytes | None:
    """A catalogue of translations with what both sides changed; nothing for other files.

    A sentence that both translated anew keeps the course's own words.
    """
    if not is_catalogue(path) or was is None or own is None or new is None:
        return None
    faults = Faults()
    before, here, there = (_blocks(path, each, faults) for each in (was, own, new))
    if faults.are_grave:
        return None
    kept = {}
    for block in [*there, *(each for each in here if each not in there)]:
        chosen = there if here.get(block) == before.get(block) else here
        if block in chosen:
            kept[block] = chosen[block]
    return written(catalogue_language(path), kept).encode()


def _blocks(path: str, content: bytes, faults: Faults) -> dict[Block, Kept]:
    read = read_catalogue(path, decoded(path, content, faults) or "", faults)
    return {block: replace(each, line=1) for block, each in read.items()}
