"""Translations: a course's gettext catalogues, read, carried over to a new source, written.

An entry's context is the owner of a block and its message is the block's source text. A catalogue
holds nothing else: no addresses, no dates, no names of machines, so that the same translation is
always the same bytes.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from babel.messages import Catalog, Message
from babel.messages.pofile import PoFileError, denormalize, read_po, write_po

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.readings import Block, Translation
from app.catalogue.wordings import collapsed

WIDTH = 100
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


def read_catalogue(path: str, content: str, faults: Faults) -> dict[Block, Kept]:
    """The entries of a catalogue; what cannot be read is a fault."""
    try:
        read = read_po(io.BytesIO(content.encode()), abort_invalid=True)
    except PoFileError as stop:
        said = str(stop).partition(" on ")[0]
        faults.add(path, stop.lineno + 1, f"the catalogue stops here: {said}", "mend the line")
        return {}
    except (ValueError, LookupError) as stop:
        faults.add(path, 1, f"the catalogue cannot be read: {stop}", "write it anew as UTF-8")
        return {}
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

    A sentence that only moved keeps its translation; a changed one takes the old one as fuzzy.
    """
    wanted = dict.fromkeys(blocks)
    gone = {block: each for block, each in kept.items() if each.text and block not in wanted}
    carried_over = {HEAD: kept[HEAD]} if HEAD in kept else {}
    for block in wanted:
        carried_over[block] = kept.get(block) or _moved(block, gone) or _changed(block, gone)
    return carried_over


def _moved(block: Block, gone: dict[Block, Kept]) -> Kept | None:
    """The translation of the same sentence that is gone from another place."""
    found = next((old for old in gone if old[1] == block[1]), None)
    return gone.pop(found) if found else None


def _changed(block: Block, gone: dict[Block, Kept]) -> Kept:
    """The translation of the likest sentence that is gone from here, as fuzzy; else an empty one."""
    old = _nearest(block, gone)
    if old is None:
        return Kept()
    last = gone.pop(old)
    return Kept(last.text, is_fuzzy=True, previous=old[1], remarks=last.remarks)


def written(language: str, kept: Mapping[Block, Kept]) -> str:
    """The catalogue's one canonical form."""
    catalogue = Catalog()
    for (owner, text), each in kept.items():
        if not text:
            continue
        catalogue.add(
            text,
            each.text,
            context=owner,
            flags=("fuzzy",) if each.is_fuzzy else (),
            previous_id=(each.previous,) if each.previous else (),
            user_comments=each.remarks,
        )
    body = io.BytesIO()
    write_po(
        body, catalogue, width=WIDTH, omit_header=True, no_location=True, include_previous=True
    )
    remarks = kept[HEAD].remarks if HEAD in kept else ()
    head = "".join(f"# {remark}".rstrip() + "\n" for remark in remarks)
    return head + _HEAD.format(language) + body.getvalue().decode().rstrip("\n") + "\n"


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
