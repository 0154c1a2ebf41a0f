"""Forms of bulletins: what one may hold, and why it is revised or withdrawn."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from app.i18n.marking import N_
from app.statistics.bulletins.wishes import said_by
from app.statistics.cubes.measures import MEASURES
from app.web.forms import Form

# What the form offers; any other table comes from the page of tables.
OFFERED = (
    (), ("month",), ("course",), ("course", "month"), ("recommendation",), ("unit",), ("unit", "month"), ("gender",),
    ("grade",), ("country",), ("language",), ("mode",),
)  # fmt: skip
# What an annual report is made of.
ANNUAL = (
    (), ("month",), ("course",), ("recommendation",), ("unit",), ("gender",), ("grade",),
    ("country",), ("language",), ("mode",),
)  # fmt: skip


class ReasonForm(Form):
    """Why a bulletin is revised or withdrawn, for everybody to read."""

    why: Annotated[str, Field(min_length=10, max_length=1000)]

    words: ClassVar[Mapping[str, str]] = {
        "why": N_("Say why in a sentence or more: it stands on the public page."),
    }


def annual_of(year: str) -> dict[str, Any]:
    """What the form offers for a report on a year, such as "2025"; nothing for what is no year."""
    if not re.fullmatch(r"[12][0-9]{3}", year):
        return {}
    return {
        "name": f"learning-{year}",
        "months": (f"{year}-01", f"{year}-12"),
        "tables": [said_by(each) for each in ANNUAL],
        "measures": [*MEASURES],
    }
