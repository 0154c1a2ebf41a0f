"""Forms of the studio: what authors fill in."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.catalogue.wordings import KEY, KEY_LENGTH
from app.i18n.languages import BY_CODE
from app.i18n.marking import N_
from app.web.forms import Form

Title = Annotated[str, Field(min_length=1, max_length=200)]
TITLE_NEEDED = N_("Write a title.")


class CourseForm(Form):
    """A new course; without a short name the title gives it one.

    It begins with next to nothing, with a skeleton by its key, or with the template `draft:slug`.
    """

    title: Title
    slug: Annotated[str, Field(pattern=f"^({KEY})?$", max_length=KEY_LENGTH)] = ""
    institution: Annotated[str, Field(max_length=64)] = ""
    language: Annotated[str, Field(pattern=f"^({'|'.join(sorted(BY_CODE))})$")] = "en"
    recommendation: Annotated[str, Field(min_length=1, max_length=32)]
    begin: Annotated[str, Field(max_length=80)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "title": TITLE_NEEDED,
        "slug": N_("Use lower-case letters, digits and single hyphens, such as first-steps."),
        "institution": N_("Choose one of your institutions."),
        "recommendation": N_("Choose the recommendation that the course answers."),
    }


class PartForm(Form):
    """A new module or lesson, or another title of one."""

    title: Title

    words: ClassVar[Mapping[str, str]] = {"title": TITLE_NEEDED}


class PlaceForm(Form):
    """Where a module or lesson goes: one step up or down, or to a place in a module, from 0."""

    key: Annotated[str, Field(min_length=1, max_length=KEY_LENGTH)]
    way: Annotated[str, Field(pattern="^(up|down|)$")] = ""
    module: Annotated[str, Field(max_length=KEY_LENGTH)] = ""
    place: Annotated[int, Field(ge=0, le=500)] = 0


class UndoForm(Form):
    """The revision to take back."""

    revision: int


class TemplateForm(Form):
    """Whether colleagues may begin from the draft."""

    offered: Literal["yes", "no"]
