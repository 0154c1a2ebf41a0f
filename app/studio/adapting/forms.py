"""Forms of adapting: what a course made from another one is called, and under which licence."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.catalogue.wordings import KEY, KEY_LENGTH, LICENCE
from app.i18n.marking import N_
from app.studio.forms import TITLE_NEEDED, Title
from app.web.forms import Form


class AdaptationForm(Form):
    """A course of one's own made from another; without a short name the title gives it one."""

    title: Title
    slug: Annotated[str, Field(pattern=f"^({KEY})?$", max_length=KEY_LENGTH)] = ""
    institution: Annotated[str, Field(max_length=64)] = ""
    licence: Annotated[str, Field(pattern=LICENCE, max_length=64)]

    words: ClassVar[Mapping[str, str]] = {
        "title": TITLE_NEEDED,
        "slug": N_("Use lower-case letters, digits and single hyphens, such as first-steps."),
        "institution": N_("Choose one of your institutions."),
        "licence": N_("Write the short name of a licence, such as CC-BY-4.0."),
    }


class TakingForm(Form):
    """The draft's revision and the origin's version that the choices of files were made on."""

    revision: Annotated[int, Field(ge=1)]
    version: Annotated[int, Field(ge=1)]
