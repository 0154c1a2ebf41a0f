"""Terms: settled words that stand in a sentence, and whether its translation has the language's word."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from app.i18n.foldings import JOINING, words_of
from app.studio.translating.catalogues import Entries

FILE = Path(__file__).parent / "terms.csv"
SOURCE = "en"  # the language that the file's terms are looked up in
OF_COURSE = "glossary"
_BRACKETS = re.compile(r"(?<!\s)\s*[(（]([^()（）]+)[)）]")
_COURSE_TERM = re.compile(r"^- term: (.+)$", re.MULTILINE)

Forms = tuple[str, ...]


class Term(NamedTuple):
    """A settled term: how it is said here and there; the first of `said` is offered."""

    term: str
    said: tuple[str, ...]


class Use(NamedTuple):
    """A term in a sentence, and whether the translation has one of the language's words for it."""

    term: str
    said: str
    is_kept: bool


class Glossary:
    """The terms of one pair of languages, the longest first where two begin at the same word.

    In the source a term stands as it is written or in the plural; in the translation any ending will
    do, since languages bend their words.
    """

    def __init__(self, terms: Iterable[Term], source: str, target: str) -> None:
        self._target = target
        ways = {_folded(way): (way, term) for term in terms for way in _ways(term.term)}
        self._terms = {folded: term for folded, (_, term) in ways.items()}
        self._finder = _finder([way for way, _ in ways.values()], has_words=source != "zh")

    def uses_in(self, source: str, text: str) -> list[Use]:
        """The terms that stand in a sentence, each once."""
        there = frozenset(_forms(text, self._target)) if text else frozenset()
        found: dict[str, Use] = {}
        for match in self._finder.finditer(source):
            term = self._terms.get(_folded(match[1])) if match[1] else None
            if term is not None and term.term not in found:
                is_kept = not text or any(self._stands(said, text, there) for said in term.said)
                found[term.term] = Use(term.term, term.said[0], is_kept)
        return list(found.values())

    def _stands(self, said: str, text: str, there: frozenset[str]) -> bool:
        """Whether all words of a term stand in the text, in any order and with any ending.

        Arabic writes small words before, and endings behind, as one with the word.
        """
        if self._target == "zh":
            return said in text
        wanted = set(_forms(said, self._target)) - JOINING
        if self._target == "ar":
            return all(any(form.rstrip("هي") in each for each in there) for form in wanted)
        return wanted <= there


def glossary_for(course_file: str, entries: Entries, source: str, target: str) -> Glossary:
    """The settled terms, and those of the course's own glossary, which come first."""
    own = tuple(_course_terms(course_file, entries))
    names = {each.term.casefold() for each in own}
    settled = _settled(target) if source == SOURCE else ()
    terms = (*own, *(each for each in settled if each.term.casefold() not in names))
    return _glossary(terms, source, target)


@cache
def _settled(target: str) -> tuple[Term, ...]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows: list[Mapping[str, str]] = list(csv.DictReader(x for x in lines if not x.startswith("#")))
    if target not in rows[0]:
        return ()
    return tuple(Term(row[SOURCE], tuple(_ways(row[target]))) for row in rows)


@lru_cache(maxsize=32)
def _glossary(terms: tuple[Term, ...], source: str, target: str) -> Glossary:
    return Glossary(terms, source, target)


def _course_terms(course_file: str, entries: Entries) -> Iterator[Term]:
    for line in _COURSE_TERM.findall(course_file):
        term = line.strip("\"'")
        there = entries.get((OF_COURSE, term))
        if there is not None and there.text and not there.is_fuzzy:
            yield Term(term, (there.text,))


def _finder(ways: Iterable[str], *, has_words: bool) -> re.Pattern[str]:
    longest = sorted(ways, key=len, reverse=True)
    told = "|".join(map(_pattern, longest)) or "(?!)"
    # Citations, links and figures of speech are passed over.
    passed = r"\[@[^\[\]]*\]|\]\([^)\]]*\)|`[^`]*`|\bof course\b"
    if not has_words:
        return re.compile(f"{passed}|({told})")
    return re.compile(rf"(?i:{passed})|(?<![\w-])({told})(?:s|es)?(?![\w-])")


def _pattern(way: str) -> str:
    """A name in capitals is looked for as it is written, all else also at the head of a sentence."""
    return re.escape(way) if way.isupper() else f"(?i:{re.escape(way)})"


def _folded(way: str) -> str:
    return way if way.isupper() else way.casefold()


def _ways(said: str) -> list[str]:
    """A term and its alternatives, which stand in brackets behind it."""
    ways = [_BRACKETS.sub("", said).strip(), *_BRACKETS.findall(said)]
    return [way for way in dict.fromkeys(ways) if way]


def _forms(text: str, language: str) -> Forms:
    return tuple(form for word in words_of(text, language) for form in word.forms)
