"""Acknowledgements: the courses that a version was made from, said as their licences ask."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.catalogue.licences import Licence, licence_called
from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of


class Earlier(NamedTuple):
    """A course that another one was made from, with all that is to be said of it."""

    title: str
    version: int
    owners: tuple[str, ...]
    licence: Licence
    address: str


def acknowledgements_in(facts: Mapping[str, Any], language: str) -> tuple[Markup, ...]:
    """What a version's facts say that it was made from, the nearest first, a line for each."""
    said = translations_for(language).gettext(
        "Adapted from %(title)s, version %(number)s, by %(owners)s, %(licence)s"
    )
    return tuple(
        Markup(said)  # noqa: S704 - a message of the interface
        % {
            "title": _linked("<cite><bdi>{}</bdi></cite>", each.title, each.address),
            "number": each.version,
            "owners": escape(comma_of(language)).join(_isolated(each.owners)),
            "licence": _linked("<bdi>{}</bdi>", each.licence.name, each.licence.address),
        }
        for each in _earlier_in(facts)
    )


def _earlier_in(facts: Mapping[str, Any]) -> Iterable[Earlier]:
    for each in facts.get("adapted_from", ()):
        yield Earlier(
            each["title"],
            each["version"],
            tuple(each["owners"]),
            licence_called(each["licence"]),
            each["address"] or "",
        )


def _isolated(names: Iterable[str]) -> Iterable[Markup]:
    return (Markup("<bdi>{}</bdi>").format(name) for name in names)


def _linked(form: str, words: str, address: str) -> Markup:
    shown = Markup(form).format(words)  # noqa: S704 - one of two forms of ours
    return Markup('<a href="{}">{}</a>').format(address, shown) if address else shown
