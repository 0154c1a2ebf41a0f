"""Statements: what the accessibility statement claims; tests hold each figure to what is tested."""

from datetime import date
from typing import NamedTuple


class Statement(NamedTuple):
    """The evidence behind the statement, and the day it was last read over.

    `states` are pages and states that axe-core looks at, each in `displays`; `pages` are those
    tried enlarged, spaced wider, in forced colours and without motion.
    """

    day: date
    states: int
    displays: int
    pages: int
    target: int


STATEMENT = Statement(day=date(2026, 11, 25), states=80, displays=3, pages=8, target=24)
