"""Refusals: what a person may not do now, said in the words of the trade."""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple


class Way(NamedTuple):
    """A page on which a refused thing is mended: its words, its route, what its address needs."""

    words: str
    page: str
    needs: Mapping[str, object] = {}


class Refusal(Exception):
    """A rule said no; carries the HTTP status chosen at the edge and words for the person.

    `says` is what is wrong, `mend` is the way on: both are message ids for gettext, filled with
    the keyword values given. Subclasses are named by what is wrong (`AttemptOver`). Where the way
    on is a page, `ways` leads there; whoever raises the refusal may name others.
    """

    status: ClassVar[int] = 409
    says: ClassVar[str] = ""
    mend: ClassVar[str] = ""
    ways: tuple[Way, ...] = ()

    def __init__(self, *ways: Way, **values: object) -> None:
        super().__init__(f"{type(self).__name__}({values})" if values else type(self).__name__)
        self.values = values
        self.ways = ways or self.ways


class NotFound(Refusal):
    """Nothing here that this person may see; existence is not told apart from permission."""

    status = 404


class NotAllowed(Refusal):
    """The person is known and the thing may be known to exist, but the right is missing."""

    status = 403
