"""The pseudo language: English made longer and accented, to find what was never translated."""

import re
from gettext import NullTranslations

_ACCENTED = str.maketrans("aceinoustyACEINOUSTY", "åçéîñöüšţýÅÇÉÎÑÖÜŠŢÝ")
WORD = 8
_PLACEHOLDERS = re.compile(r"(%\([a-z_]+\)[sd]|%%|<[^>]+>|&[a-z#0-9]+;)")


def pseudo(text: str) -> str:
    """The text with accents and two fifths more letters; placeholders and tags stay whole."""
    parts = _PLACEHOLDERS.split(text)
    accented = "".join(
        part if place % 2 else part.translate(_ACCENTED) for place, part in enumerate(parts)
    )
    return f"[{accented}{_more(len(text) * 2 // 5)}]" if text else text


def _more(letters: int) -> str:
    """So many letters more, in words that a line can break between, as those of any language."""
    return " ".join("~" * min(WORD, letters - at) for at in range(0, letters, WORD))


class PseudoTranslations(NullTranslations):
    """Answers every message with its pseudo form."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, _context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, _context: str, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)
