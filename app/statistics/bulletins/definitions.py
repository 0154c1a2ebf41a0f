"""Definitions: what a bulletin's figures mean and how they are protected, as a page of Markdown."""

from collections.abc import Iterator

from app.i18n.catalogues import translations_for
from app.i18n.languages import colon_of
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.statistics.bulletins.contents import LANGUAGES, TIMES, Content, said_in
from app.statistics.bulletins.sheets import FEW, LICENCE, codes_of, sheet_of
from app.statistics.bulletins.words import label_of, meaning_of

PROTECTED = (
    N_("Counts are of persons, so each is adjusted by the cell-key method: nothing below %(threshold)d is shown, and what is shown of a month is at most 10 from the truth."),
    N_("“%(few)s” stands for a figure that is fewer than %(threshold)d in each of its months, or that is not shown. It may be nothing."),
    N_("The same people show the same figure in every table and at any time. Figures of a longer period are the sums of their months. Totals of different tables need not agree exactly."),
    N_("The mean error of a month’s figure is 1.5. Differences of a few are no finding."),
)  # fmt: skip
HEADS = {
    "measures": N_("What is counted"),
    "dimensions": N_("By what it is split"),
    "protection": N_("How persons are protected"),
    "files": N_("Files"),
    "use": N_("Use"),
}
USE = N_(
    "You may use these figures for any purpose if you name their source: Creative Commons Attribution 4.0."
)


def definitions(content: Content) -> Iterator[tuple[str, bytes]]:
    """A page in each language."""
    for language in LANGUAGES:
        yield f"definitions.{language}.md", "\n".join(_page(content, language)).encode()


def protection_in(content: Content, language: str) -> list[str]:
    """The sentences that say how figures are protected."""
    say = translations_for(language).gettext
    return [say(each) % {"threshold": content.threshold, "few": FEW} for each in PROTECTED]


def dimensions_of(content: Content) -> list[str]:
    """Everything that some table is split by, times last."""
    split = {each for table in content.tables for each in table.dimensions}
    return [*sorted(split - {*TIMES}), *(each for each in TIMES if each in split)]


def _page(content: Content, language: str) -> Iterator[str]:
    say, phrases = translations_for(language).gettext, phrases_of(language)
    heads = {name: say(head) for name, head in HEADS.items()}
    yield from (f"# {_plain(said_in(content.titles, language))}", "")
    about = (
        (N_("Institution"), _plain(said_in(content.institution_names, language))),
        (N_("Period"), f"{phrases.month(content.since)} – {phrases.month(content.until)}"),
        (N_("As of"), content.as_of),
        (N_("Revision"), str(content.revision)),
    )
    yield from (f"- {say(label)}{colon_of(language)}{value}" for label, value in about)
    yield from ("", f"## {heads['measures']}", "")
    yield from (_defined(each, language) for each in content.measures)
    yield from ("", f"## {heads['dimensions']}", "")
    yield from (_defined(each, language) for each in dimensions_of(content))
    yield from ("", f"## {heads['protection']}", "")
    yield from protection_in(content, language)
    yield from ("", f"## {heads['files']}", "")
    yield from (f"- `{sheet_of(table.key)}`" for table in content.tables)
    yield from (f"- `{codes_of(each)}`" for each in content.codes)
    yield from ("", f"## {heads['use']}", "", f"{say(USE)} <{LICENCE}>", "")


def _defined(name: str, language: str) -> str:
    return f"- `{name}`{colon_of(language)}{label_of(name)[language]}. {meaning_of(name)[language]}"


def _plain(text: str) -> str:
    return text.translate({ord(each): f"\\{each}" for each in r"\`*_[]<>#"})
