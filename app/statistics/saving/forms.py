"""Forms of saved views: a question to keep, and what is said of one that is kept."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.i18n.marking import N_
from app.statistics.saving.saved_views import LONGEST_NAME, LONGEST_QUERY, Choice
from app.web.forms import Form


class ViewForm(Form):
    """A view's name, where it is shared, and how often its letter comes."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    shared_at: Annotated[str, Field(max_length=64)] = ""
    letters: Literal["never", "weekly", "monthly"] = "never"

    words: ClassVar = {"name.string_too_short": N_("Give the view a name.")}

    def choice(self) -> Choice:
        """What the form says, for the domain."""
        return Choice(self.name, self.shared_at, self.letters)


class NewViewForm(ViewForm):
    """The same with the question: its page, its address, and whether its months move on."""

    page: Annotated[str, Field(max_length=32)]
    query: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    moves: bool = False
