"""Excerpts: the passage in which a search found its words, with the words marked."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from app.catalogue.finding.searches import BEGINNINGS, Terms
from app.i18n.foldings import beginnings_of, words_of

ROOM, BEFORE = 260, 70

Spans = list[tuple[int, int]]


class Excerpt(NamedTuple):
    """A passage as HTML, and the id of the block it stands in, or empty."""

    html: Markup
    block: str


def excerpt_of(blocks: Sequence[Sequence[str]], terms: Terms, way: str, language: str) -> Excerpt:
    """The first of the blocks that hold most of the words, cut to what a reader takes in."""
    best: tuple[int, str, str, Spans] = (-1, "", "", [])
    for block, text in blocks:
        spans, count = _places(text, terms, way, language)
        if count > best[0]:
            best = count, block, text, spans
            if count == len(terms):
                break
    _count, block, text, spans = best
    start, end = _room(text, spans)
    return Excerpt(_written(text, spans, start, end), block)


def marked(text: str, terms: Terms, way: str, language: str) -> Markup:
    """The whole text as HTML with the words marked."""
    return _written(text, _places(text, terms, way, language)[0], 0, len(text))


def _places(text: str, terms: Terms, way: str, language: str) -> tuple[Spans, int]:
    """Where the words stand in the text, and how many of the terms are there."""
    spans: Spans = []
    met: set[int] = set()
    for word in words_of(text, language):
        found = {n for n, term in enumerate(terms) if _is_one(word.forms, term, way)}
        if found:
            met |= found
            if spans and word.start <= spans[-1][1]:
                spans[-1] = spans[-1][0], word.end
            else:
                spans.append((word.start, word.end))
    return spans, len(met)


def _is_one(forms: tuple[str, ...], term: frozenset[str], way: str) -> bool:
    if way == BEGINNINGS:
        shorter = {each for form in term for each in beginnings_of(form)}
        return any(form.startswith(tuple(term)) or form in shorter for form in forms)
    return not term.isdisjoint(forms)


def _room(text: str, spans: Spans) -> tuple[int, int]:
    """From where to where the text is shown: around the first word found, at ends of words."""
    if len(text) <= ROOM:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - BEFORE, len(text) - ROOM))
    if start:
        space = text.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + ROOM)
    if end < len(text):
        space = text.rfind(" ", first, end)
        end = space if space > start + ROOM // 2 else end
    return start, end


def _written(text: str, spans: Spans, start: int, end: int) -> Markup:
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    cuts = [start, *(cut for span in inside for cut in span), end]
    pieces = [
        Markup("<mark>{}</mark>").format(text[a:b]) if number % 2 else escape(text[a:b])
        for number, (a, b) in enumerate(pairwise(cuts))
    ]
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return Markup("").join([before, *pieces, after])
