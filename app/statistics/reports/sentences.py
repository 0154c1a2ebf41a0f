"""Sentences: what a bulletin's figures say in words; each number in them stands in its tables."""

from collections.abc import Iterator, Sequence

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.statistics.boards.boards import months_in
from app.statistics.boards.comparisons import Change, change_of
from app.statistics.bulletins.contents import (
    UNSAID,
    Content,
    Figure,
    PublicTable,
)
from app.statistics.bulletins.pictures import named_in
from app.statistics.bulletins.sheets import FEW
from app.statistics.cubes.dimensions import SHARED
from app.statistics.cubes.measures import MEASURES

CHANGES = {
    "more": N_("%(difference)s more than in %(before)s"),
    "fewer": N_("%(difference)s fewer than in %(before)s"),
    "same": N_("the same as in %(before)s"),
    "unclear": N_("no clear change since %(before)s"),
}
WHOLE = {
    "enrolled": N_("%(figure)s enrolments were opened."),
    "started": N_("Learning began in %(figure)s enrolments."),
    "completed": N_("%(figure)s enrolments were completed."),
    "certified": N_("%(figure)s certificates of these stand."),
    "missed": N_("In %(figure)s cases the day of a required course passed before it was completed."),
    "hours": N_("The completed courses stand for %(figure)s hours of study."),
    "days": N_("From enrolment to completion it took %(figure)s days on average."),
    "pass_rate": N_("%(figure)s%% passed the final assessment at the first try."),
    "gain": N_("From the pretest to the final assessment, scores changed by %(figure)s percentage points on average."),
}  # fmt: skip
HIGHEST = {
    "month": N_("Most were completed in %(name)s: %(figure)s."),
    "course": N_("The course completed most often is %(name)s: %(figure)s times."),
    "unit": N_("The unit with the most completions is %(name)s: %(figure)s."),
    "recommendation": N_("The recommendation answered most often is %(name)s: %(figure)s times."),
    "country": N_("The country with the most completions is %(name)s: %(figure)s."),
}
HELD = N_("Of %(all)s figures in this report’s tables, %(held)s are not shown, since they count too few people.")  # fmt: skip
LOWEST_HIGHEST = N_("Lowest: %(low)s (%(least)s). Highest: %(high)s (%(most)s).")
NONE_SHOWN = N_("No figure is shown.")
Drawn = Sequence[tuple[str, int | None]]


def totals_of(content: Content) -> tuple[Figure, ...]:
    """The figures of all together: of their own table, else counts added up from another one."""
    whole = next((each for each in content.tables if not each.dimensions and each.rows), None)
    if whole is not None:
        return whole.rows[0].figures
    parted = next((each for each in content.tables if not SHARED & {*each.dimensions}), None)
    if parted is None:
        return (None,) * len(content.measures)
    return tuple(_added(parted, at, measure) for at, measure in enumerate(content.measures))


def _added(table: PublicTable, at: int, measure: str) -> Figure:
    shown = [row.figures[at] for row in table.rows if row.figures[at] is not None]
    return sum(each or 0 for each in shown) or None if MEASURES[measure].unit == "count" else None


def change_in(content: Content, at: int, language: str) -> str:
    """How the figure of a measure stands to the one before, or nothing that can be said."""
    if content.before is None:
        return ""
    before, now = content.before, totals_of(content)[at]
    months = len(months_in(content.since, content.until))
    change = change_of(
        content.measures[at], now, before.figures[at], months, exact=False
    )  # fmt: skip
    if change.kind not in CHANGES:
        return ""
    say = translations_for(language).gettext
    words = {
        "difference": _said(change, language),
        "before": period_in(before.since, before.until, language),
    }
    return say(CHANGES[change.kind]) % words


def period_in(since: str, until: str, language: str) -> str:
    """A period in words: a year by its number, one month by its name, else from month to month."""
    if is_year(since, until):
        return since[:4]
    month = phrases_of(language).month
    return month(since) if since == until else f"{month(since)} – {month(until)}"


def is_year(since: str, until: str) -> bool:
    """Whether a period is a calendar year."""
    return since[:4] == until[:4] and (since[5:], until[5:]) == ("01", "12")


def written(measure: str, figure: Figure, language: str) -> str:
    """A figure as a report writes it: counts whole, all else to the tenth, in every row alike."""
    if figure is None:
        return FEW
    phrases = phrases_of(language)
    return phrases.number(figure) if MEASURES[measure].unit == "count" else phrases.tenths(figure)


def isolated(text: str) -> str:
    """A text that keeps its own direction, whatever stands around it (Unicode UAX 9)."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def summary_of(content: Content, language: str) -> Iterator[str]:
    """The whole in sentences, and how much of the tables is not shown."""
    say, number = translations_for(language).gettext, phrases_of(language).number
    for measure, figure in zip(content.measures, totals_of(content), strict=True):
        if figure is not None and figure != 0:
            yield say(WHOLE[measure]) % {"figure": written(measure, figure, language)}
    figures = [each for table in content.tables for row in table.rows for each in row.figures]
    if held := figures.count(None):
        yield say(HELD) % {"all": number(len(figures)), "held": number(held)}


def highlights_of(content: Content, language: str) -> Iterator[str]:
    """What stands out in each table by one thing."""
    at = drawn_measure(content)
    for table in content.tables:
        if at is not None and len(table.dimensions) == 1:
            yield from _highest(content, table, at, language)


def drawn_measure(content: Content) -> int | None:
    """Which measure is drawn: completions, else the first count; none where nothing is counted."""
    if "completed" in content.measures:
        return content.measures.index("completed")
    counted = (at for at, each in enumerate(content.measures) if MEASURES[each].unit == "count")
    return next(counted, None)


def finding_of(drawn: Drawn, language: str) -> str:
    """What a drawing shows, in a sentence made of its figures."""
    say, number = translations_for(language).gettext, phrases_of(language).number
    known = [(isolated(name), value) for name, value in drawn if value is not None]
    if not known:
        return say(NONE_SHOWN)
    low, high = min(known, key=lambda pair: pair[1]), max(known, key=lambda pair: pair[1])
    return say(LOWEST_HIGHEST) % {
        "low": number(low[1]), "least": low[0], "high": number(high[1]), "most": high[0],
    }  # fmt: skip


def _highest(content: Content, table: PublicTable, at: int, language: str) -> Iterator[str]:
    """What leads a table, where noise cannot have put it before the next."""
    [dimension] = table.dimensions
    known = [
        (row.figures[at], row.codes[0])
        for row in table.rows
        if row.figures[at] is not None and row.codes[0] != UNSAID
    ]
    if content.measures[at] != "completed" or dimension not in HIGHEST or len(known) < 2:
        return
    (next_figure, _code), (figure, code) = sorted(known, key=lambda each: (each[0] or 0, each[1]))[
        -2:
    ]
    months = 1 if dimension == "month" else len(months_in(content.since, content.until))
    lead = change_of("completed", figure, next_figure, months, exact=False)
    if lead.kind != "more":
        return
    named = named_in(content, dimension, code, language)
    yield translations_for(language).gettext(HIGHEST[dimension]) % {
        "name": isolated(named),
        "figure": phrases_of(language).number(figure or 0),
    }  # fmt: skip


def _said(change: Change, language: str) -> str:
    """The difference as a percentage where that says something, else as a number."""
    phrases = phrases_of(language)
    return phrases.share(change.share) if change.share else phrases.number(change.difference)
