"""Forms of collecting: what an author says of a file that lies in the library."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class FileForm(Form):
    """A file as its writer saw it."""

    revision: int


class FileNameForm(FileForm):
    """Another name, in the author's words; it becomes small letters, digits and hyphens."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^.*[A-Za-z0-9].*$")]

    words: ClassVar[Mapping[str, str]] = {
        "name": N_("Write a name with Latin letters or digits, such as queue-before.")
    }
