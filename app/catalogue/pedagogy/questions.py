"""Questions: remarks on single items, by the rules of item writing."""

import re
from collections.abc import Sequence
from itertools import takewhile

from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.faults import Faults
from app.catalogue.item_types import Item
from app.catalogue.item_types.choices import Choice, Option
from app.catalogue.pedagogy.passages import sentences_of, words_of
from app.catalogue.pedagogy.speeches import Speech

MUCH_LONGER = 1.6
SLACK = 12  # letters that say nothing about an option
_CLAUSE_END = re.compile(r"[,;،，；](?=\s|$)|(?<=\S)\s[–—]\s")
_WORDS_AND_FIGURES = re.compile(r"[^\W_]+|[-−<>=]")
_EMPHASIS = re.compile(r"\*\*[^*]+\*\*|\*[^*]+\*|\b[A-ZÀ-ÞА-Я]{2,}\b")


def remark_on_item(
    item: Item,
    document: Document,
    steps: Sequence[Step],
    speech: Speech | None,
    faults: Faults,
) -> None:
    """Add a remark for everything that makes the item unfair or its answer plain to see."""
    line = document.line(*steps, "stem")
    if speech and is_denied(item.stem, speech):
        what = f"the item `{item.key}` asks for what is not so, and the word is easily missed"
        faults.remark(document.path, line, what, "ask for what is so, or write **NOT**")
    if isinstance(item, Choice):
        options = [
            (document.line(*steps, "options", at), each) for at, each in enumerate(item.options)
        ]
        _remark_on_options(item, options, document.path, speech, faults)


def is_denied(stem: str, speech: Speech) -> bool:
    """Whether the main clause of the question denies without any emphasis.

    To ask why something is not so is no such question, and a clause that only describes may deny.
    """
    question = sentences_of(stem)[-1:]
    if not question or not question[0].rstrip().endswith(("?", "؟", "？")):
        return False
    asked = _CLAUSE_END.split(_EMPHASIS.sub(" ", question[0]))[0]
    main = takewhile(lambda word: word not in speech.clauses, map(str.casefold, words_of(asked)))
    return not speech.negations.isdisjoint(main)


def _remark_on_options(
    item: Choice,
    options: Sequence[tuple[int, Option]],
    path: str,
    speech: Speech | None,
    faults: Faults,
) -> None:
    for at, (line, option) in enumerate(options):
        if speech and speech.catch_alls.search(option.text.rstrip(". ")):
            what = f"an option of `{item.key}` speaks of all the others"
            faults.remark(path, line, what, "write an option that stands on its own")
        for _line, other in options[:at]:
            if _alike(option.text, other.text):
                what = f"two options of `{item.key}` say the same"
                faults.remark(path, line, what, "make them differ in what they claim")
            if option.feedback and option.feedback == other.feedback:
                what = f"two options of `{item.key}` have the same feedback"
                faults.remark(path, line, what, "say to each why it is right or wrong")
    right = [len(option.text) for _line, option in options if option.right]
    wrong = [len(option.text) for _line, option in options if not option.right]
    if len(right) == 1 and wrong and right[0] > MUCH_LONGER * max(wrong) + SLACK:
        what = f"the right option of `{item.key}` is far longer than the others"
        faults.remark(path, options[0][0], what, "make the options alike in length and detail")


def _alike(one: str, other: str) -> bool:
    """Whether two options have the same words and figures, however they are written."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> list[str]:
    return _WORDS_AND_FIGURES.findall(text.casefold())
