"""Readings: what a course's sentences say in one language, and which of them are not translated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.catalogue.wordings import collapsed
from app.i18n.languages import BY_CODE

_RIGHT_TO_LEFT = ("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")

Say = Callable[[str], str]
Block = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Translation:
    """A sentence's translation and the line of its catalogue; a fuzzy one is for another wording."""

    text: str
    line: int
    is_fuzzy: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in the language it could be found in.

    A translated one has the line of its catalogue and the sentence that it translates.
    """

    text: str
    language: str
    is_source: bool = False
    line: int = 0
    source: str = ""

    @property
    def marks(self) -> str:
        """The attributes that tell a browser the sentence's own language, when it differs."""
        return (
            f' lang="{self.language}" dir="{direction_of(self.language)}"' if self.is_source else ""
        )


class Reading:
    """One language of a course; it counts which blocks were found in the language and which not."""

    def __init__(
        self, source: str, language: str, found: Mapping[Block, Translation], say: Say
    ) -> None:
        self.source, self.language, self.say = source, language, say
        self.blocks: dict[Block, bool] = {}
        self._found = found
        self._since: dict[Block, bool] = {}

    @property
    def is_original(self) -> bool:
        return self.language == self.source

    def says(self, owner: str, text: str) -> Said:
        """The block's text in this language, or in the source language when it has no fresh one.

        Where nothing stands, as in the corner of a table, there is nothing to translate.
        """
        block = (owner, collapsed(text))
        if not block[1]:
            return Said("", self.language)
        if self.is_original:
            self._count(block, is_fresh=True)
            return Said(block[1], self.language)
        translation = self._found.get(block)
        is_fresh = translation is not None and not translation.is_fuzzy and bool(translation.text)
        self._count(block, is_fresh=is_fresh)
        if translation is None or not is_fresh:
            return Said(block[1], self.source, is_source=True)
        text = collapsed(translation.text)
        return Said(text, self.language, line=translation.line, source=block[1])

    def counted(self) -> tuple[int, int]:
        """How many blocks were fresh and how many stale since this was asked last."""
        fresh = sum(self._since.values())
        stale = len(self._since) - fresh
        self._since = {}
        return fresh, stale

    def _count(self, block: Block, *, is_fresh: bool) -> None:
        self.blocks[block] = self._since[block] = is_fresh


def direction_of(language: str) -> str:
    """Either "ltr" or "rtl"."""
    known = BY_CODE.get(language)
    if known:
        return known.dir
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
