"""Foldings: words as the search compares them, in the languages of the United Nations and others."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from app.foundation.typed import with_plain_digits

STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian"}
LATIN_LANGUAGES = ("en", "fr", "es")
LONGEST_WORD = 64

_SIGNS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
# The marks of South and South-East Asian scripts are parts of words, though no letters.
_LETTER = r"[^\W_\u0483-\u0487\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]|[\u0900-\u109f]"
_MARKS = re.compile(f"[{_SIGNS}]+")
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"(?P<han>[{_HAN}]+)|(?:(?![{_HAN}])(?:{_LETTER}|[{_SIGNS}]))+")
_IS_LATIN = re.compile("[a-z]")
_IS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IS_ARABIC = re.compile("[\u0620-\u06d5]")
_LATIN = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_CYRILLIC = str.maketrans({"ё": "е"})
_ARABIC = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
    "ک": "ك",
})  # fmt: skip
# The article, alone or behind "and", "with", "like", "so" and "for".
_ARTICLE = re.compile("^(?:وال|بال|كال|فال|لل|ال)(?=..)")
# Words that hold a sentence together and are in every text; none is looked for beside another word.
_JOINING = """
a an and are as at be by for from how in into is it of on or our that the their this to was what when
which who with your
au aux ce ces cette dans de des du elle en est et il ils la le les leur leurs ou par pas plus pour que
qui se sur un une
al como con del el entre es esta este las lo los mas para pero por sin son su sus una unos y
в во и из к как на не но о об от по с со у что это
من في على عن او ان هذا هذه
"""
JOINING = frozenset(_JOINING.split())
_stemmers: dict[str, snowballstemmer.basestemmer.BaseStemmer] = {}
_one_at_a_time = threading.Lock()


class Word(NamedTuple):
    """A word of a text, or a pair of ideographs, at its place, and what it folds to."""

    start: int
    end: int
    forms: tuple[str, ...]


def folded(text: str, language: str) -> str:
    """The text's folded words in their order, one space between them."""
    return " ".join(form for word in words_of(text, language) for form in word.forms)


def folded_name(name: str) -> str:
    """A name's words in their order, with their endings: what part of a name is looked for in."""
    return folded(name, "")


def words_of(text: str, language: str) -> Iterator[Word]:
    """The words of the text; a run of ideographs becomes its overlapping pairs."""
    spoken = language.split("-", 1)[0]
    for found in _WORD.finditer(text):
        if found["han"]:
            start, end = found.span()
            for place in range(start, max(start + 1, end - 1)):
                pair = unicodedata.normalize("NFKC", text[place : min(place + 2, end)])
                yield Word(place, min(place + 2, end), (pair,))
        else:
            yield Word(*found.span(), folded_word(found[0], spoken))


def terms_in(typed: str, languages: Iterable[str]) -> tuple[frozenset[str], ...]:
    """Each typed word or pair of ideographs as the forms it may have in a text of these languages.

    Joining words count only where nothing else was typed.
    """
    readings = [words_of(typed, language) for language in ("", *languages)]
    terms: dict[frozenset[str], None] = {}
    for told in zip(*readings, strict=True):
        for forms in zip(*(word.forms for word in told), strict=True):
            terms[frozenset(forms)] = None
    telling = [each for each in terms if each.isdisjoint(JOINING)]
    return tuple(telling or terms)


@lru_cache(maxsize=1 << 15)
def folded_word(word: str, language: str) -> tuple[str, ...]:
    """One word, folded: without case, marks, article and ending; "" as language keeps the ending.

    A lone letter is no word: it is what an apostrophe cuts off.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", word).casefold())
    return tuple(
        _folded_run(found[0][:LONGEST_WORD], language)
        for found in _WORD.finditer(plain)
        if len(found[0]) > 1 or not found[0].isalpha()
    )


def beginnings_of(form: str) -> list[str]:
    """The form with up to three letters taken off, since an ending cut in the middle is no ending."""
    return [form[:size] for size in range(len(form) - 1, max(4, len(form) - 4), -1)]


def _folded_run(word: str, language: str) -> str:
    if _IS_ARABIC.search(word):
        word = _ARTICLE.sub("", word.translate(_ARABIC))
    elif _IS_CYRILLIC.search(word):
        word = _stemmed(word.translate(_CYRILLIC), language, "ru")
    else:
        bare = _MARKS.sub("", unicodedata.normalize("NFD", word)).translate(_LATIN)
        word = _stemmed(bare, language, *LATIN_LANGUAGES) if _IS_LATIN.search(bare) else bare
    return with_plain_digits(word)


def _stemmed(word: str, language: str, *spoken: str) -> str:
    if language not in spoken:
        return word
    with _one_at_a_time:
        stemmer = _stemmers.get(language)
        if stemmer is None:
            stemmer = _stemmers[language] = snowballstemmer.stemmer(STEMMERS[language])
        return str(stemmer.stemWord(word)) or word
