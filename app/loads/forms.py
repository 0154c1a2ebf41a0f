"""Forms of loads: what a file holds, and in which encoding it was written."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from app.i18n.marking import N_
from app.web.forms import Form


class LoadForm(Form):
    """What a file brings; the file itself comes beside it."""

    kind: Literal["units", "people", "enrolments"]
    encoding: Literal["", "windows-1252"] = ""

    words: ClassVar[Mapping[str, str]] = {"kind": N_("Choose what the file holds.")}
