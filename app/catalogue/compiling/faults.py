"""Faults: what is wrong in a course's source, where, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from app.i18n.sayings import Saying, saying


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault at a line of a file; a remark (`is_grave` false) refuses nothing."""

    path: str
    line: int
    what: Saying
    mend: Saying
    is_grave: bool = True

    def shown(self, prefix: str = "") -> str:
        """The fault as `file:line: what is wrong: how to mend it`."""
        remark = "" if self.is_grave else "remark: "
        said = f"{prefix}{self.path}:{self.line}: {remark}{self.what}: {self.mend}"
        # Names and snippets come from the source, and a terminal obeys signs that nobody sees.
        return "".join(sign if sign.isprintable() else "\ufffd" for sign in said)


class CourseFaulty(Exception):
    """The source cannot be compiled; `faults` holds every fault of it, in order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.shown() for fault in self.faults))


class Faults:
    """The faults found so far; the same fault at the same place counts once."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}

    def add(self, path: str, line: int, what: Saying, mend: Saying) -> None:
        self._found.setdefault(Fault(path, line, what, mend))

    def remark(self, path: str, line: int, what: Saying, mend: Saying) -> None:
        self._found.setdefault(Fault(path, line, what, mend, is_grave=False))

    @property
    def are_grave(self) -> bool:
        return any(fault.is_grave for fault in self._found)

    def in_order(self) -> tuple[Fault, ...]:
        """Every fault, by file and line."""
        return tuple(sorted(self._found))


def meant(word: str, known: Iterable[str], otherwise: Saying) -> Saying:
    """A mend that names the nearest known word, or says `otherwise`."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return saying("did you mean `%(word)s`?", word=near[0]) if near else otherwise
