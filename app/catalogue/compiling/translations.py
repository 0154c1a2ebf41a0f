"""Translations: a course's gettext catalogues, read, carried over to a new source, written.

An entry's context is the owner of a block and its message is the block's source text. A catalogue
holds nothing else: no addresses, no dates, no names of machines, so that the same translation is
always the same bytes.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, denormalize, escape, write_po

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.readings import Block, Translation
from app.catalogue.wordings import collapsed
from app.i18n.sayings import saying

WIDTH = 100
MOST_ENTRIES = 1 << 14
# Below this likeness a new sentence is not taken for an old one with changes.
LIKENESS = 0.6

# The remarks at the head of a file are kept under the entry that no block can have.
HEAD: Block = ("", "")

_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {}\\n"\n\n'


@dataclass(frozen=True, slots=True)
class Kept:
    """What a catalogue says of one block, with the remarks of translators."""

    text: str = ""
    is_fuzzy: bool = False
    previous: str = ""
    remarks: tuple[str, ...] = ()
    line: int = 1


class _Book(Catalog):
    """A catalogue that knows which of its entries came again; by itself it keeps the last alone."""

    def __init__(self) -> None:
        super().__init__()
        self.again: list[Message] = []

    def __setitem__(self, id: Any, message: Message) -> None:  # noqa: A002 - as its base calls it
        if id and self.get(message.id, message.context) is not None:
            self.again.append(message)
        super().__setitem__(id, message)


Find = Callable[[Block, Mapping[Block, Kept]], Block | None]


def read_catalogue(path: str, content: str, faults: Faults) -> dict[Block, Kept]:
    """The entries of a catalogue; what cannot be read is a fault."""
    read = _Book()
    try:
        PoFileParser(read, abort_invalid=True).parse(content.split("\n"))
    except PoFileError as stop:
        faults.add(
            path,
            stop.lineno + 1,
            saying("the catalogue stops here: the line is not in the form of PO"),
            saying("mend the line"),
        )
        return {}
    except (ValueError, LookupError):
        faults.add(
            path,
            1,
            saying("the catalogue cannot be read"),
            saying("write it anew as UTF-8"),
        )
        return {}
    for message in read.again:
        what = saying("this entry stands here a second time")
        faults.add(path, message.lineno or 1, what, saying("keep one of the two"))
    kept: dict[Block, Kept] = {}
    head = tuple(line.removeprefix("#").strip() for line in read.header_comment.splitlines())
    if any(head):
        kept[HEAD] = Kept(remarks=head)
    for message in read:
        if not message.id or not isinstance(message.id, str):
            continue
        block = (message.context or "", message.id)
        kept[block] = _kept(message)
    return kept


def usable(kept: Mapping[Block, Kept]) -> dict[Block, Translation]:
    """The entries as translations."""
    return {block: Translation(each.text, each.line, each.is_fuzzy) for block, each in kept.items()}


def carried(blocks: Iterable[Block], kept: Mapping[Block, Kept]) -> dict[Block, Kept]:
    """An entry for each block, in order of the course.

    A sentence that only moved keeps its translation; a changed one takes the old one as fuzzy, the
    likest first, then the one that stood behind the same sentence.
    """
    wanted = dict.fromkeys(blocks)
    gone = {block: each for block, each in kept.items() if each.text and block not in wanted}
    found: dict[Block, Kept | None] = {
        block: kept.get(block) or _moved(block, gone) for block in wanted
    }
    for find in (_nearest, _behind(wanted, kept)):
        for block in (each for each in wanted if found[each] is None):
            found[block] = _changed(find(block, gone), gone)
    head = {HEAD: kept[HEAD]} if HEAD in kept else {}
    return head | {block: each or Kept() for block, each in found.items()}


def _moved(block: Block, gone: dict[Block, Kept]) -> Kept | None:
    """The translation of the same sentence that is gone from another place."""
    found = next((old for old in gone if old[1] == block[1]), None)
    return gone.pop(found) if found else None


def _changed(old: Block | None, gone: dict[Block, Kept]) -> Kept | None:
    """The translation of a sentence that is gone, as fuzzy; what it was made from stays known."""
    if old is None:
        return None
    last = gone.pop(old)
    previous = last.previous if last.is_fuzzy and last.previous else old[1]
    return Kept(last.text, is_fuzzy=True, previous=previous, remarks=last.remarks)


def _behind(wanted: Iterable[Block], kept: Iterable[Block]) -> Find:
    """Finds the sentence that is gone from the same owner and stood behind the same sentence."""
    now, then = ([HEAD, *(each for each in some if each != HEAD)] for some in (wanted, kept))
    before = dict(zip(now[1:], now, strict=False))
    after = dict(pairwise(then))

    def find(block: Block, gone: Mapping[Block, Kept]) -> Block | None:
        old = after.get(before[block])
        return old if old in gone and old is not None and old[0] == block[0] else None

    return find


def written(language: str, kept: Mapping[Block, Kept]) -> str:
    """The catalogue's one canonical form."""
    told = "\n\n".join(
        _entry(*block, each.text, each.is_fuzzy, each.previous, each.remarks)
        for block, each in kept.items()
        if block[1]
    )
    remarks = kept[HEAD].remarks if HEAD in kept else ()
    head = "".join(f"# {remark}".rstrip() + "\n" for remark in remarks)
    return head + _HEAD.format(language) + told + "\n"


@lru_cache(maxsize=MOST_ENTRIES)
def _entry(
    owner: str,
    source: str,
    text: str,
    is_fuzzy: bool,  # noqa: FBT001 - a cache takes its key by place
    previous: str,
    remarks: tuple[str, ...],
) -> str:
    """One entry; whoever saves one block of a course writes thousands that are as they were."""
    catalogue, flags = Catalog(), ("fuzzy",) if is_fuzzy else ()
    catalogue.add(source, text, context=owner, flags=flags, user_comments=remarks)
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, no_location=True)
    entry = body.getvalue().decode().rstrip("\n")
    # The former sentence stands on one line: babel folds it where nobody can unfold it.
    former = f"#| msgid {escape(previous)}\n" if previous else ""
    return re.sub("^msgctxt", lambda found: former + found[0], entry, count=1, flags=re.MULTILINE)


def _kept(message: Message) -> Kept:
    previous = [line[2:] for line in message.user_comments if line.startswith("| ")]
    remarks = tuple(line for line in message.user_comments if not line.startswith("| ") and line)
    return Kept(
        text=collapsed(message.string if isinstance(message.string, str) else ""),
        is_fuzzy=message.fuzzy,
        previous=_previous("\n".join(previous)),
        remarks=remarks,
        line=message.lineno or 1,
    )


def _previous(comment: str) -> str:
    """The text of a `#| msgid` comment; babel hands it over as a remark."""
    _, found, quoted = comment.partition("msgid ")
    return denormalize(quoted) if found and quoted.strip().startswith('"') else ""


def _nearest(block: Block, gone: Mapping[Block, Kept]) -> Block | None:
    owner, text = block
    best, found = LIKENESS, None
    for candidate in gone:
        if candidate[0] != owner:
            continue
        matcher = SequenceMatcher(None, candidate[1], text, autojunk=False)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            likeness = matcher.ratio()
            if likeness > best:
                best, found = likeness, candidate
    return found
