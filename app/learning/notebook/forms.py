"""Forms of notes: what is written beside a paragraph, and where a reader stopped."""

from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.learning.notes import MOST_WORDS, mark_of
from app.web.forms import Form


class NoteForm(Form):
    """A note; without words it only marks the paragraph. `known` marks the words it was begun from."""

    note: Annotated[str, Field(max_length=MOST_WORDS)] = ""
    known: str = ""
    words: ClassVar = {
        "note.string_too_long": N_("Shorten the note to %(max_length)s signs or fewer."),
    }

    def would_undo(self, standing: str | None) -> bool:
        """Whether other words stand there by now, which whoever wrote this note has not seen."""
        is_known = self.known in {"", mark_of(standing)}
        return bool(standing) and not is_known and standing != self.note


class PlaceForm(Form):
    """The block that was read last, and for how many seconds the page was open."""

    block: Annotated[str, Field(pattern=r"^b-[0-9a-f]{1,10}(-\d{1,4})?$")]
    opened: Annotated[int, Field(ge=0)] = 0
