"""Refusals: what a person may not do now, said in the words of the trade."""

from typing import ClassVar


class Refusal(Exception):
    """A rule said no; carries the HTTP status chosen at the edge and words for the person.

    `says` is what is wrong, `mend` is the way on: both are message ids for gettext, filled with
    the keyword values given. Subclasses are named by what is wrong (`AttemptOver`).
    """

    status: ClassVar[int] = 409
    says: ClassVar[str] = ""
    mend: ClassVar[str] = ""

    def __init__(self, **values: object) -> None:
        super().__init__(f"{type(self).__name__}({values})" if values else type(self).__name__)
        self.values = values


class NotFound(Refusal):
    """Nothing here that this person may see; existence is not told apart from permission."""

    status = 404


class NotAllowed(Refusal):
    """The person is known and the thing may be known to exist, but the right is missing."""

    status = 403
