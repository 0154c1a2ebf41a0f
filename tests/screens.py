"""Screens: the rows of a file of figures or names, as a page of a language shows them."""

from app.i18n.languages import name_of
from app.i18n.phrases import phrases_of


def counts_shown(rows: list[list[str]], language: str = "en") -> list[list[str]]:
    """Counts by course, institution and month; the file's month is that of ISO 8601."""
    said = phrases_of(language)
    return [[*row[:2], said.month(row[2]), *row[3:]] for row in rows]


def list_shown(rows: list[list[str]], language: str = "en") -> list[list[str]]:
    """The list behind the counts; the file has the language's code, days of ISO 8601, a point."""
    said = phrases_of(language)
    return [
        [
            *row[:4],
            name_of(row[4]),
            row[5],
            *(said.day(day) if day else "" for day in row[6:9]),
            said.number(float(row[9])) if row[9] else "",
            *row[10:],
        ]
        for row in rows
    ]
