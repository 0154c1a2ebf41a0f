"""Decodings: the bytes of a text file as the text that all other modules read."""

import unicodedata

from app.catalogue.compiling.faults import Faults
from app.catalogue.wordings import unseen_sign
from app.i18n.sayings import saying


def decoded(path: str, content: bytes, faults: Faults) -> str | None:
    """The text in its one form: LF ends and composed letters; unseen signs are faults."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as stop:
        line = content[: stop.start].count(b"\n") + 1
        faults.add(path, line, saying("the file is not UTF-8 text"), saying("save it as UTF-8"))
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for number, written in enumerate(text.split("\n"), 1):
        sign = unseen_sign(written)
        if sign:
            what = saying("an unseen sign, %(sign)s, stands here", sign=sign)
            faults.add(path, number, what, saying("type the text anew"))
            return None
    return text
