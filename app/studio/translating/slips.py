"""Slips: what a translation has lost or added of what every language must keep."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from app.catalogue.wordings import unseen_sign
from app.i18n.marking import N_


class Slip(NamedTuple):
    """What is wrong, as a message id, and the sign that it is about.

    A grave one, such as a lost citation, refuses the block in a file; stars may go with their words.
    """

    says: str
    sign: str
    is_grave: bool = True


_STARS = N_("A mark %(sign)s is missing.")
_KINDS = (
    (re.compile(r"@[A-Za-z0-9][\w.-]*(?=[\];, ])(?<=[\w])"), N_("The source %(sign)s is missing."),
     N_("The source %(sign)s is not in the original.")),
    (re.compile(r"(?<=\]\()[^)\s\]]+(?=[)\]])"), N_("The link to %(sign)s is missing."),
     N_("The link to %(sign)s is not in the original.")),
    (re.compile(r"(?<=\[\[)[^\]|]+"), N_("The term %(sign)s is missing. Keep its key: [[key|your word]]."),
     N_("The term %(sign)s is not in the original.")),
    (re.compile(r"`[^`]+`"), N_("The text %(sign)s must stay as it is."),
     N_("The text %(sign)s is not in the original.")),
    (re.compile(r"%\(\w+\)[sd]|\{\w*\}|\$[^$\s][^$]*\$|__+"), N_("The placeholder %(sign)s is missing."),
     N_("The placeholder %(sign)s is not in the original.")),
    (re.compile(r"(?<!\*)\*{1,2}(?!\*)"), _STARS,
     N_("A mark %(sign)s is not in the original.")),
)  # fmt: skip
_BIDI = N_("The sign %(sign)s cannot be seen. The pages set the direction of writing.")


def slips_in(source: str, text: str) -> list[Slip]:
    """Every slip of a translation, in the order of its kinds; an empty text has none."""
    return list(_slips(source, text)) if text else []


def _slips(source: str, text: str) -> Iterator[Slip]:
    for pattern, lost, added in _KINDS:
        wanted, found = (Counter(pattern.findall(each)) for each in (source, text))
        is_grave = lost != _STARS
        yield from (Slip(lost, sign, is_grave) for sign in wanted - found)
        yield from (Slip(added, sign, is_grave) for sign in found - wanted)
    hidden = unseen_sign(text)
    if hidden:
        yield Slip(_BIDI, hidden)
