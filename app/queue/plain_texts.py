"""Plain texts: a letter without markup, line by line, and the subject above it.

Paragraphs stay one line each: what shows them wraps them to its own width.
"""

import re
from unicodedata import bidirectional

LONGEST_SUBJECT = 78  # signs
RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
_SIGNATURE = "-- "  # what ends a text, with its space (RFC 3676)
_STRONG, _FROM_THE_RIGHT = {"L", "R", "AL"}, {"R", "AL"}
_gaps = re.compile(r"\n{3,}")


def tidied(text: str) -> str:
    """The text without spaces at the end of lines, or two empty lines in a row."""
    lines = (line if line == _SIGNATURE else line.rstrip() for line in text.splitlines())
    return _gaps.sub("\n\n", "\n".join(lines)).strip() + "\n"


def mirrored(text: str) -> str:
    """A text of a language from right to left, whose lines run so also behind a Latin name.

    Where nothing says a line's direction, its first letter does (UAX #9), and that of the first
    line often does for all.
    """
    first, *others = text.splitlines()
    lines = [RIGHT_TO_LEFT_MARK + first, *map(_marked, others)]
    return "\n".join(lines) + "\n"


def _marked(line: str) -> str:
    strong = [kind for kind in map(bidirectional, line) if kind in _STRONG]
    is_turned = bool(strong) and strong[0] == "L" and not _FROM_THE_RIGHT.isdisjoint(strong)
    return RIGHT_TO_LEFT_MARK + line if is_turned else line


def shortened(subject: str) -> str:
    """The subject on one line, cut behind a whole word if it is too long for a list of letters."""
    line = " ".join(subject.split())
    if len(line) <= LONGEST_SUBJECT:
        return line
    kept = line[: LONGEST_SUBJECT - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,:;") + "…"
