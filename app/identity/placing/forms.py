"""Forms of placing: where somebody works from a day on, and as what."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.web.forms import Form


class TransferForm(Form):
    """To which institution a person goes, since which day, and in which grade and job family."""

    institution: Annotated[str, Field(max_length=64)] = ""
    since: date
    grade: Annotated[str, Field(max_length=64)] = ""
    job_family: Annotated[str, Field(max_length=64)] = ""

    words: ClassVar[Mapping[str, str]] = {
        "since": N_("Write the date as year, month and day: 2026-06-12."),
    }
