"""Takings: what the origin of a course changed meanwhile, set beside what the course changed.

Each file is compared three ways: as it was when the course took it, as it is in the course, and as
the origin has it now. What only the origin changed can be taken; what both changed is a choice.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import Kept, read_catalogue, written
from app.catalogue.files import catalogue_language, is_catalogue
from app.studio.comparisons import joined

ADDED, REMOVED, CHANGED, BOTH = "added", "removed", "changed", "both"
THEIRS, MINE, MERGED = "theirs", "mine", "merged"
Contents = Mapping[str, bytes]


class Taking(NamedTuple):
    """A file that the origin changed, and what taking that in makes of it; none takes it out.

    BOTH says that the course has changed it too: one of the two goes, or a text of both stays, for
    which `offered` is a beginning.
    """

    path: str
    state: str
    content: bytes | None
    offered: str = ""


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
        catalogue = _catalogue_of_both(path, was, own, new)
        if catalogue is None:
            found.append(Taking(path, BOTH, new, _text_of_both(was, own, new)))
        elif catalogue != own:
            found.append(Taking(path, CHANGED, catalogue))
    return tuple(found)


def contents_after(
    found: Collection[Taking], choices: Mapping[str, str], merged: Contents = MappingProxyType({})
) -> dict[str, bytes | None]:
    """What becomes of each file of which the origin's state or a text of both was chosen."""
    taken = {each.path: each.content for each in found if choices.get(each.path) == THEIRS}
    chosen = [each.path for each in found if choices.get(each.path) == MERGED]
    return taken | {path: merged[path] for path in chosen}


def _text_of_both(was: bytes | None, own: bytes | None, new: bytes | None) -> str:
    """The course's text with what only the origin changed; nothing where one side has no text."""
    if own is None or new is None:
        return ""
    base, mine, theirs = ((each or b"").decode(errors="replace") for each in (was, own, new))
    return joined(base, mine, theirs)


def _catalogue_of_both(
    path: str, was: bytes | None, own: bytes | None, new: bytes | None
) -> bytes | None:
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
