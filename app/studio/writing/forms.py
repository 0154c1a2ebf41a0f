"""Forms of writing: a lesson, and any text file of a draft."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class LessonForm(Form):
    """A lesson as its page sends it, with the revision that its writer saw."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    recommendation: Annotated[str, Field(max_length=32)] = ""
    outcomes: list[str] = Field(default_factory=list, max_length=50)
    body: str = ""
    revision: int

    words: ClassVar[Mapping[str, str]] = {"title": N_("Write a title.")}


class ShowingForm(LessonForm):
    """A lesson as it is typed, and a file that it shall show."""

    media_name: Annotated[str, Field(max_length=100)] = ""
    media_words: Annotated[str, Field(max_length=1000)] = ""
    media_decorative: bool = False
    media_caption: Annotated[str, Field(max_length=2000)] = ""
    media_captions: Annotated[str, Field(max_length=100)] = ""
    media_transcript: Annotated[str, Field(max_length=100)] = ""


class SourceForm(Form):
    """A whole text file, with the revision that its writer saw."""

    text: str = ""
    revision: int
