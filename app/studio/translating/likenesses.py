"""Likenesses: which of many sentences are almost this one, by their words and the words' order."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from heapq import nlargest
from math import ceil
from typing import NamedTuple

# Below seven words of ten, mending the old translation takes longer than writing a new one.
THRESHOLD = 0.7
# Same words in the same order, and another comma or star.
ALMOST = 0.99
MOST_COMPARED = 12
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|\\w+")


class Like(NamedTuple):
    """The place of a sentence, and how like it is: 1 is the same, 0.7 shares seven words of ten."""

    place: int
    likeness: float


class Likenesses:
    """An index over sentences, by the words that each has; a repeated word counts each time."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = sentences
        self._numbers: dict[str, int] = {}
        self._words = [self._known(words) for words in map(_marked, sentences)]
        self._places: list[array[int]] = [array("I") for _ in self._numbers]
        for place, words in enumerate(self._words):
            for word in words:
                self._places[word].append(place)
        self._same = {text: place for place, text in reversed(list(enumerate(sentences)))}

    def like(self, text: str, most: int) -> list[Like]:
        """The likest sentences, the likest first, none below the threshold."""
        same = self._same.get(text)
        found = {same: 1.0} if same is not None else {}
        told = _marked(text)
        words = set(told)
        shared = nlargest(MOST_COMPARED, self._candidates(words))
        for _, place in shared:
            likeness = self._likeness(text, place)
            if place not in found and likeness >= THRESHOLD:
                found[place] = likeness
        likest = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return [Like(*each) for each in likest[:most]]

    def _candidates(self, words: set[str]) -> Iterator[tuple[float, int]]:
        """Sentences that share enough words, with twice the shared words over all words.

        Whoever is alike enough shares at least one of the rarest words of this sentence, so that
        only their sentences are looked at.
        """
        known = [number for number in map(self._numbers.get, words) if number is not None]
        size = len(words)
        needed = max(1, ceil(THRESHOLD / (2 - THRESHOLD) * size))
        if len(known) < needed:
            return
        rarest = sorted(known, key=lambda number: len(self._places[number]))
        looked_at = rarest[: len(known) - needed + 1]
        mine = set(known)
        for place in set().union(*(self._places[number] for number in looked_at)):
            theirs = self._words[place]
            length = len(theirs) + size
            if 2 * min(len(theirs), size) >= THRESHOLD * length:
                share = 2 * len(mine.intersection(theirs)) / length
                if share >= THRESHOLD:
                    yield share, place

    def _likeness(self, text: str, place: int) -> float:
        there = self.sentences[place]
        if there == text:
            return 1.0
        told, theirs = _words(text), _words(there)
        return ALMOST * SequenceMatcher(None, theirs, told, autojunk=False).ratio()

    def _known(self, words: Iterable[str]) -> tuple[int, ...]:
        return tuple(self._numbers.setdefault(word, len(self._numbers)) for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _marked(text: str) -> list[str]:
    """The words, each repetition marked by its number, so that a set of them counts them all."""
    seen: Counter[str] = Counter()
    told = []
    for word in _words(text):
        seen[word] += 1
        told.append(word if seen[word] == 1 else f"{word} {seen[word]}")
    return told
