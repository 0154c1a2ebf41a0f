"""Wishes: what somebody wants a bulletin to hold, checked, in the words of a form."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from app.i18n.marking import N_
from app.statistics.bulletins.contents import TIMES
from app.statistics.bulletins.snapshots import Wish
from app.statistics.cubes.asks import MOST_DIMENSIONS
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.measures import MEASURES
from app.web.forms import Form

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


def by_of(text: str) -> tuple[str, ...]:
    """What a table's rows are by, as a form says it: "course.month", or "all"."""
    return () if text == "all" else tuple(re.split(r"\.", text[:100]))


def said_by(by: tuple[str, ...]) -> str:
    """The same the other way round."""
    return ".".join(by) or "all"
