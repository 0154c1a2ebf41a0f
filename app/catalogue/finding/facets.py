"""Facets: by what the catalogue is narrowed, each value with the number of courses it would leave."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.catalogue.cards import Card
from app.catalogue.finding.searches import Terms, terms_of

MORE = ("recommendation", "sdg", "size", "institution", "audience", "certificate", "translation")
FACETS = ("topic", "language", "length", *MORE)


class Narrowed(NamedTuple):
    """The cards that are left, and by facet how many each of its values would leave."""

    cards: tuple[Card, ...]
    counts: Mapping[str, Mapping[str, int]]


def narrowed(cards: Iterable[Card], words: str, wanted: Mapping[str, str]) -> Narrowed:
    """The cards that hold every word and have every wanted value.

    A facet's counts leave its own choice aside, so that they tell what another choice would give.
    """
    terms = terms_of(words)
    asked = [(facet, value) for facet, value in wanted.items() if value]
    left: list[Card] = []
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for card in cards:
        if not _has(card, terms, words):
            continue
        failed = [facet for facet, value in asked if value not in card.facets[facet]]
        if not failed:
            left.append(card)
            for facet in FACETS:
                counts[facet].update(card.facets[facet])
        elif len(failed) == 1:
            counts[failed[0]].update(card.facets[failed[0]])
    return Narrowed(tuple(left), counts)


def _has(card: Card, terms: Terms, words: str) -> bool:
    """Whether the title or summary has each word, or one that begins so; signs alone it never has."""
    if not terms:
        return not words.strip()
    return all(any(f" {form}" in card.folded for form in term) for term in terms)
