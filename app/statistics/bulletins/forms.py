"""Forms of bulletins: what one is to hold, and why it is revised or withdrawn."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.i18n.marking import N_
from app.statistics.bulletins.contents import TIMES
from app.statistics.bulletins.snapshots import Wish
from app.statistics.cubes.asks import MOST_DIMENSIONS
from app.statistics.cubes.dimensions import DIMENSIONS
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
MOST_TABLES = 12
MONTH = r"[12][0-9]{3}-(0[1-9]|1[0-2])"


class BulletinForm(Form):
    """A name for its address, an institution or none, months, measures and tables."""

    name: Annotated[str, Field(max_length=48, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    institution: Annotated[str, Field(max_length=64)] = ""
    since: Annotated[str, Field(pattern=f"^{MONTH}$")]
    until: Annotated[str, Field(pattern=f"^{MONTH}$")]
    measures: Annotated[list[str], Field(min_length=1)]
    tables: Annotated[list[str], Field(min_length=1, max_length=MOST_TABLES)]

    words: ClassVar[Mapping[str, str]] = {
        "name": N_("Write small letters, digits and hyphens, such as completions-2026-q3."),
        "since": N_("Write a month such as 2026-01."),
        "until": N_("Write a month such as 2026-01, not before the first one."),
        "measures": N_("Choose at least one thing to count."),
        "tables": N_("Choose 1 to 12 tables, each by three things at most and one time."),
    }

    @field_validator("measures")
    @classmethod
    def _counted(cls, measures: list[str]) -> list[str]:
        if not {*measures} <= MEASURES.keys():
            raise PydanticCustomError("measures", "unknown measure")
        return [each for each in MEASURES if each in measures]

    @field_validator("tables")
    @classmethod
    def _split(cls, tables: list[str]) -> list[str]:
        for by in map(by_of, tables):
            times = [each for each in by if each in TIMES]
            is_known = {*by} <= DIMENSIONS.keys() and len({*by}) == len(by) <= MOST_DIMENSIONS
            if not is_known or len(times) > 1:
                raise PydanticCustomError("tables", "no table")
        return list(dict.fromkeys(tables))

    @field_validator("until")
    @classmethod
    def _after(cls, until: str, about: object) -> str:
        first = getattr(about, "data", {}).get("since", until)
        if until < first:
            raise PydanticCustomError("until", "before the first month")
        return until

    def wish(self) -> Wish:
        """What the engine is asked for."""
        tables = tuple(by_of(each) for each in self.tables)
        measures = tuple(self.measures)
        return Wish(self.name, self.institution, self.since, self.until, measures, tables)


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


def by_of(text: str) -> tuple[str, ...]:
    """What a table's rows are by, as a form says it: "course.month", or "all"."""
    return () if text == "all" else tuple(re.split(r"\.", text[:100]))


def said_by(by: tuple[str, ...]) -> str:
    """The same the other way round."""
    return ".".join(by) or "all"
