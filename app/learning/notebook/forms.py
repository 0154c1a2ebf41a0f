"""Forms of notes: what is written beside a paragraph, and where a reader stopped."""

from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.learning.notes import MOST_WORDS
from app.web.forms import Form


class NoteForm(Form):
    """A note; without words it only marks the paragraph."""

    note: Annotated[str, Field(max_length=MOST_WORDS)] = ""
    words: ClassVar = {
        "note.string_too_long": N_("Shorten the note to %(max_length)s signs or fewer."),
    }


class PlaceForm(Form):
    """The block that was read last, and for how many seconds the page was open."""

    block: Annotated[str, Field(pattern=r"^b-[0-9a-f]{1,10}(-\d{1,4})?$")]
    opened: Annotated[int, Field(ge=0)] = 0
