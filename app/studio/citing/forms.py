"""Forms of citing: a term of the glossary, and a source of the bibliography."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.catalogue.wordings import ADDRESS, REFERENCE
from app.i18n.marking import N_
from app.web.forms import Form


class TermForm(Form):
    """A term with its meaning; sources are ids, separated by commas. `do` may take it out."""

    term: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\[\]|\r\n]+$")]
    definition: Annotated[str, Field(min_length=1, max_length=2000)]
    sources: Annotated[str, Field(max_length=500)] = ""
    revision: int = 0

    words: ClassVar[Mapping[str, str]] = {
        "term": N_("Write the term, without brackets and bars."),
        "definition": N_("Say in one or two sentences what the term means here."),
    }


class SourceEntryForm(Form):
    """A source; `confirmed` says that somebody has seen it. `do` may take it out."""

    id: Annotated[str, Field(pattern=REFERENCE)]
    title: Annotated[str, Field(min_length=1, max_length=500)]
    authors: Annotated[str, Field(max_length=500)] = ""
    publisher: Annotated[str, Field(max_length=500)] = ""
    year: Annotated[str, Field(pattern=r"^(1\d{3}|20\d\d|2100)?$")] = ""
    url: Annotated[str, Field(pattern=rf"^$|{ADDRESS}", max_length=2000)] = ""
    confirmed: bool = False
    revision: int = 0

    words: ClassVar[Mapping[str, str]] = {
        "id": N_("Begin with a capital letter, then letters, digits or hyphens, such as R13."),
        "title": N_("Write the title of the source."),
        "year": N_("Write the year in four digits, such as 2009, or leave it empty."),
        "url": N_("Write the whole address, beginning with https://, or leave it empty."),
    }
