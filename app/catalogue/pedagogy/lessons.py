"""Lessons: remarks on length, plain language, figures without an owner, and pictures."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.grammars import box_of
from app.catalogue.compiling.lines import plain
from app.catalogue.compiling.manuscripts import LessonSource
from app.catalogue.pedagogy.passages import (
    Passage,
    passages_of,
    sentences_of,
    share,
    words_of,
)
from app.catalogue.pedagogy.speeches import Speech
from app.i18n.sayings import saying

MOST_WORDS = 900
MOST_WORDS_A_SENTENCE = 15
LONG_WORD = 7  # letters: more than six, as in LIX
MOST_LONG_WORDS = 0.28
FEWEST_SENTENCES = 10  # before a mean says anything
LIKE_ITS_CAPTION = 0.8
OWN = ("example", "try", "answer")  # boxes whose figures may be the author's own

_WITH_ALTERNATIVE = re.compile(r'\S+\s+["“”„«](.*)["“”»]')
_PROSE = ("paragraph", "heading")
_QUANTITY = re.compile(
    r"\b\d+(?:[.,]\d+)?\s?(?:%|per ?cent\b|pour cent\b|por ciento\b)"
    r"|\b\d{1,3}(?:[,\u00a0\u202f]\d{3})+\b"
    r"|\b\d+(?:[.,]\d+)?\s(?:million|billion|milliard|millones)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_CITED = re.compile(r"\[@[A-Za-z0-9-]+")


def remark_on_lesson(lesson: LessonSource, speech: Speech | None, faults: Faults) -> None:
    """Add a remark for everything that makes the lesson hard to read or to believe."""
    passages = passages_of(lesson)
    _remark_on_reading(lesson, passages, faults)
    _remark_on_figures(lesson, passages, speech, faults)
    for node in _boxes(lesson.tree, "figure"):
        _remark_on_picture(lesson, node, faults)


def _remark_on_reading(lesson: LessonSource, passages: Sequence[Passage], faults: Faults) -> None:
    prose = [each.text for each in passages if each.kind in _PROSE]
    words = [word for text in prose for word in words_of(text)]
    sentences = [sentence for text in prose for sentence in sentences_of(text)]
    if len(words) > MOST_WORDS:
        what = saying(
            "the lesson has %(count)s words, over its budget of %(most_words)s",
            count=len(words),
            most_words=MOST_WORDS,
        )
        faults.remark(lesson.path, 1, what, saying("cut it, or make two lessons of it"))
    if len(sentences) < FEWEST_SENTENCES:
        return
    mean = len(words) / len(sentences)
    if mean > MOST_WORDS_A_SENTENCE:
        what = saying(
            "a sentence has %(mean)s words on average, over %(most_words_a_sentence)s",
            mean=f"{mean:.0f}",
            most_words_a_sentence=MOST_WORDS_A_SENTENCE,
        )
        longest = max(sentences, key=lambda each: len(words_of(each)))
        mend = saying("split the long ones; the longest begins “%(longest)s”", longest=longest[:50])
        faults.remark(lesson.path, 1, what, mend)
    long_words = [word for word in words if len(word) >= LONG_WORD]
    if share(long_words, words) > MOST_LONG_WORDS:
        what = saying(
            "%(share)s of the words have over six letters", share=f"{share(long_words, words):.0%}"
        )
        faults.remark(
            lesson.path,
            1,
            saying(
                "%(what)s, over %(most_long_words)s",
                what=what,
                most_long_words=f"{MOST_LONG_WORDS:.0%}",
            ),
            saying("choose shorter words"),
        )


def _remark_on_figures(
    lesson: LessonSource, passages: Sequence[Passage], speech: Speech | None, faults: Faults
) -> None:
    """A figure travels with its owner and its year, both said in its section.

    The situation that opens a lesson, and what says that it is an example, have figures of their
    own; so do the boxes in which a learner works.
    """
    for passage in passages:
        found = _QUANTITY.search(passage.raw)
        if found is None or passage.box in OWN or not passage.section:
            continue
        section = [each for each in passages if each.section == passage.section]
        figure = found[0].strip()
        if not any(_CITED.search(each.raw) for each in section):
            if speech is None or not any(speech.own.search(each.text) for each in section):
                what = saying("the figure “%(figure)s” has no owner", figure=figure)
                mend = saying("cite its source, or say that it is an example of your own")
                faults.remark(lesson.path, passage.line, what, mend)
        elif not any(_YEAR.search(each.raw) for each in section):
            what = saying("the figure “%(figure)s” has no year", figure=figure)
            faults.remark(lesson.path, passage.line, what, saying("say of which year it is"))


def _remark_on_picture(lesson: LessonSource, node: SyntaxTreeNode, faults: Faults) -> None:
    said = _WITH_ALTERNATIVE.fullmatch(box_of(node).rest)
    caption = " ".join(plain(child.content) for child in node.walk() if child.type == "inline")
    if said and _alike(said[1], caption):
        line = lesson.body_line + (node.map[0] if node.map else 0) + 1
        mend = saying("say in it what is to be seen, and leave the meaning to the caption")
        faults.remark(lesson.path, line, saying("the alternative text repeats the caption"), mend)


def _alike(one: str, other: str) -> bool:
    one, other = (" ".join(words_of(text)).casefold() for text in (one, other))
    if not one or not other:
        return False
    return one in other or SequenceMatcher(None, one, other).ratio() > LIKE_ITS_CAPTION


def _boxes(tree: SyntaxTreeNode, name: str) -> Iterator[SyntaxTreeNode]:
    return (node for node in tree.walk() if node.type == "box" and box_of(node).name == name)
