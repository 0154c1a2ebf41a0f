"""Papers: a bulletin as the sheet that the press sets, in one language, and as its PDF.

A paper is a function of what the bulletin says and of its imprint alone, so it is made again to
the same bytes. It shows no figure that the bulletin's files do not hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.i18n.catalogues import translations_for
from app.i18n.languages import direction_of
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.statistics.bulletins.contents import LANGUAGES, Content, said_in
from app.statistics.bulletins.definitions import HEADS, USE, dimensions_of, protection_in
from app.statistics.bulletins.keys import SigningKey
from app.statistics.bulletins.parcels import Papers
from app.statistics.bulletins.pictures import in_sense
from app.statistics.bulletins.sheets import LICENCE, sheet_of
from app.statistics.bulletins.words import label_of, meaning_of
from app.statistics.reports.drawings import heights_of
from app.statistics.reports.presses import ReportUnprintable, report_pages
from app.statistics.reports.sections import section_of
from app.statistics.reports.sentences import (
    change_in,
    drawn_measure,
    highlights_of,
    is_year,
    isolated,
    period_in,
    summary_of,
    totals_of,
    written,
)

KIND, KIND_OF_YEAR = N_("Report on learning"), N_("Annual report on learning")
SUBJECT = N_("Courses taken and completed by people who serve the public")
DRAFT = N_("Draft: not released")
WORDS = {
    "contents": N_("Contents"),
    "brief": N_("In brief"),
    "key": N_("Key figures"),
    "methods": N_("Methods"),
    "verify": N_("How to verify this report"),
    "revisions": N_("Revisions"),
    "key_that_signs": N_("The key that signs"),
    "few": N_("s: fewer than %(threshold)d in each month, or not shown"),
}
ABOUT = N_("These are the figures as they stood on %(day)s. Each of them is in a file of the bulletin %(key)s, revision %(revision)d.")  # fmt: skip
STEPS = (
    N_("Take the file %(archive)s from %(address)s. It holds every figure of this report, and this report."),
    N_("Take the script verify.py there. It has forty lines and needs Python alone."),
    N_("Run: %(command)s"),
    N_("It says of each file whether it is what was signed. The key is printed below, so that paper vouches for the file."),
)  # fmt: skip
FIRST = N_("This is the first revision.")
EARLIER = N_("Revision %(revision)d was released on %(day)s.")


class Imprint(NamedTuple):
    """What a paper says of its release: the day, the key, and where the bulletin lies.

    A draft has no day and perhaps no key yet.
    """

    address: str
    released: date | None = None
    key_id: str = ""
    key: str = ""


def paper(content: Content, imprint: Imprint, language: str) -> bytes:
    """The report as PDF/UA-1; raises ReportUnprintable."""
    return report_pages(sheet_for(content.in_order(), imprint, language))


def papers(content: Content, imprint: Imprint) -> dict[str, bytes]:
    """The report by its path in each language whose letters this place has."""
    made = {}
    for language in LANGUAGES:
        try:
            made[path_of(language)] = paper(content, imprint, language)
        except ReportUnprintable:
            continue
    return made


def papers_to_sign(content: Content, key: SigningKey | None, home: str, day: date) -> Papers:
    """The reports as they are signed with a bulletin on a day; the key is printed in them."""
    address = address_of(home, content)
    if key is None:
        return Papers("", papers(content, Imprint(address, day)))
    return Papers(key.id, papers(content, Imprint(address, day, key.id, key.text)))


def address_of(home: str, content: Content) -> str:
    """Where everybody finds the bulletin, without a language."""
    return f"{home}/open-data/{content.key}/{content.revision}"


def path_of(language: str) -> str:
    """The path of the report in a language, among the bulletin's files."""
    return f"report.{language}.pdf"


def sheet_for(content: Content, imprint: Imprint, language: str) -> Mapping[str, Any]:
    """All that is set, in order and in words: nothing is reckoned in the template."""
    say, phrases = translations_for(language).gettext, phrases_of(language)
    as_of = date.fromisoformat(content.as_of[:10])
    day = imprint.released or as_of
    words = {name: say(word) for name, word in WORDS.items()}
    words["few"] %= {"threshold": content.threshold}
    return {
        "lang": language,
        "dir": direction_of(language),
        "title": said_in(content.titles, language),
        "author": said_in(content.institution_names, language),
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "draft": "" if imprint.released else say(DRAFT),
        "words": words,
        "cover": _cover(content, imprint, language),
        "about": say(ABOUT)
        % {"day": phrases.day(as_of), "key": isolated(content.key), "revision": content.revision},
        "tiles": list(_tiles(content, language)),
        "summary": list(summary_of(content, language)),
        "highlights": list(highlights_of(content, language)),
        "why": content.reason,
        "sections": [
            section_of(content, each, language)
            for each in in_sense(content.tables)
            if each.dimensions and each.rows
        ],
        "methods": _methods(content, language),
        "verify": _verify(content, imprint, language),
        "foot": f"{content.key} · {content.revision}",
    }


def _cover(content: Content, imprint: Imprint, language: str) -> dict[str, Any]:
    say, phrases = translations_for(language).gettext, phrases_of(language)
    as_of = phrases.day(content.as_of[:10])
    released = imprint.released
    facts = [
        (say(N_("Figures as of")), as_of),
        (say(N_("Released on")), phrases.day(released) if released else say(DRAFT)),
        (say(N_("Revision")), str(content.revision)),
    ]
    return {
        "kind": say(KIND_OF_YEAR if is_year(content.since, content.until) else KIND),
        "about": say(SUBJECT),
        "institution": said_in(content.institution_names, language),
        "period": period_in(content.since, content.until, language),
        "columns": heights_of(_by_month(content)),
        "facts": facts,
        "licence": "CC BY 4.0",
    }


def _by_month(content: Content) -> Sequence[int | None]:
    """What is drawn by month, where a table tells it; the cover's picture."""
    at = drawn_measure(content)
    table = next((each for each in content.tables if each.dimensions == ("month",)), None)
    if at is None or table is None:
        return ()
    figures = (row.figures[at] for row in table.rows)
    return [None if each is None else int(each) for each in figures]


def _tiles(content: Content, language: str) -> Iterator[dict[str, str]]:
    for at, (measure, figure) in enumerate(zip(content.measures, totals_of(content), strict=True)):
        yield {
            "label": label_of(measure)[language],
            "figure": written(measure, figure, language),
            "change": change_in(content, at, language),
        }


def _methods(content: Content, language: str) -> list[dict[str, Any]]:
    say, phrases = translations_for(language).gettext, phrases_of(language)
    revisions = [
        say(EARLIER) % {"revision": each.revision, "day": phrases.day(each.released)}
        for each in content.earlier
    ]
    return [
        {"head": say(HEADS["measures"]), "pairs": _meant(content.measures, language)},
        {"head": say(HEADS["dimensions"]), "pairs": _meant(dimensions_of(content), language)},
        {"head": say(HEADS["protection"]), "sentences": protection_in(content, language)},
        {
            "head": say(WORDS["revisions"]),
            "sentences": [*revisions, *([content.reason] if content.reason else [])]
            or [say(FIRST)],
        },
        {"head": say(HEADS["use"]), "sentences": [say(USE), isolated(LICENCE)]},
    ]


def _meant(names: Sequence[str], language: str) -> list[tuple[str, str]]:
    return [(label_of(each)[language], meaning_of(each)[language]) for each in names]


def _verify(content: Content, imprint: Imprint, language: str) -> dict[str, Any]:
    say = translations_for(language).gettext
    archive = f"{content.key}-{content.revision}.zip"
    words = {
        "archive": isolated(archive),
        "address": isolated(imprint.address),
        "command": isolated(f"python3 verify.py {archive} {imprint.key or 'KEY'}"),
    }
    return {
        "steps": [say(each) % words for each in STEPS],
        "key": imprint.key,
        "key_id": imprint.key_id,
        "address": imprint.address,
        "files": [sheet_of(table.key) for table in content.tables],
    }
