"""Contents: what a file of translations says, block by block, before anything of it is believed."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import HEAD, read_catalogue
from app.foundation.errors import Refusal
from app.i18n.marking import N_

_LANGUAGE = re.compile(r'^"Language: *([A-Za-z-]+)', re.MULTILINE)


class Sent(NamedTuple):
    """What a file says of one block, at which line."""

    block: Block
    text: str
    is_doubtful: bool
    previous: str = ""
    remarks: tuple[str, ...] = ()
    line: int = 1


class Contents(NamedTuple):
    """A whole file; the languages are as it says them, or empty."""

    source: str
    target: str
    sent: Sequence[Sent]


class FileUnreadable(Refusal):
    """The file is neither a gettext catalogue nor XLIFF 2; nothing of it is taken."""

    status = 422


class NotUtf8(FileUnreadable):
    says = N_("This file is no UTF-8 text.")
    mend = N_("Save it as UTF-8, then send it again.")


class CatalogueBroken(FileUnreadable):
    says = N_("The catalogue cannot be read: it stops at line %(line)s.")
    mend = N_("Mend the line in your translation program, then send the file again.")


def contents_of_po(content: bytes) -> Contents:
    """The entries of a gettext catalogue in order; raises FileUnreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUtf8 from None
    faults = Faults()
    kept = read_catalogue("", text, faults)
    if faults.are_grave:
        raise CatalogueBroken(line=faults.in_order()[0].line)
    sent = [
        Sent(block, each.text, each.is_fuzzy, each.previous, each.remarks, each.line)
        for block, each in kept.items()
        if block != HEAD
    ]
    said = _LANGUAGE.search(text.partition("\n\n")[0])
    return Contents("", said[1] if said else "", sent)
