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
from app.i18n.sayings import saying

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
        what = saying(
            "the item `%(key)s` asks for what is not so, and the word is easily missed",
            key=item.key,
        )
        faults.remark(document.path, line, what, saying("ask for what is so, or write **NOT**"))
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
            what = saying("an option of `%(key)s` speaks of all the others", key=item.key)
            faults.remark(path, line, what, saying("write an option that stands on its own"))
        for _line, other in options[:at]:
            if _alike(option.text, other.text):
                what = saying("two options of `%(key)s` say the same", key=item.key)
                faults.remark(path, line, what, saying("make them differ in what they claim"))
            if option.feedback and option.feedback == other.feedback:
                what = saying("two options of `%(key)s` have the same feedback", key=item.key)
                faults.remark(path, line, what, saying("say to each why it is right or wrong"))
    right = [len(option.text) for _line, option in options if option.right]
    wrong = [len(option.text) for _line, option in options if not option.right]
    if len(right) == 1 and wrong and right[0] > MUCH_LONGER * max(wrong) + SLACK:
        what = saying("the right option of `%(key)s` is far longer than the others", key=item.key)
        faults.remark(
            path, options[0][0], what, saying("make the options alike in length and detail")
        )


def _alike(one: str, other: str) -> bool:
    """Whether two options have the same words and figures, however they are written."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> list[str]:
    return _WORDS_AND_FIGURES.findall(text.casefold())
