"""Licences: what the short name of a licence says to people, and what it lets others do."""

import re
from typing import NamedTuple

from app.i18n.sayings import Saying, saying

OPEN = ("CC0-", "CC-BY", "PDM-", "OGL-", "Apache-", "MIT")
_COMMONS = re.compile(r"CC-(BY(?:-NC)?(?:-(?:SA|ND))?)-(\d\.\d)(?:-IGO)?")
_GIVEN_UP = {"CC0-1.0": "publicdomain/zero/1.0/", "PDM-1.0": "publicdomain/mark/1.0/"}
_AT = "https://creativecommons.org/"


class Licence(NamedTuple):
    """A licence by its short name; `name` is for people, `address` where its text stands, or ""."""

    short: str
    name: str
    address: str

    @property
    def is_open(self) -> bool:
        """Whether it lets anybody pass a course on."""
        return self.short.startswith(OPEN)

    @property
    def may_be_adapted(self) -> bool:
        """Whether it lets anybody publish a changed course."""
        return self.is_open and "-ND-" not in self.short

    @property
    def demands_itself(self) -> bool:
        """Whether an adapted course has to be under the same licence (ShareAlike)."""
        return "-SA-" in self.short

    def fits(self, own: str) -> bool:
        """Whether a course adapted from one under this licence may be under the licence `own`."""
        if self.demands_itself:
            return own == self.short
        return "-NC-" not in self.short or "-NC-" in own


def licence_called(short: str) -> Licence:
    """What a short name says; a licence that is not known has no address."""
    return Licence(short, short.replace("-", " "), _address(short))


def misfit(origin: str, own: str) -> tuple[Saying, Saying] | None:
    """Why a course made from one under the licence `origin` cannot be under `own`, and the mend."""
    licence = licence_called(origin)
    if not licence.may_be_adapted:
        return (
            saying("a course under `%(origin)s` may not be changed and published", origin=origin),
            saying("ask its owners for a licence that lets you"),
        )
    if licence.fits(own):
        return None
    return (
        saying(
            "a course made from one under `%(origin)s` cannot be under `%(own)s`",
            origin=origin,
            own=own,
        ),
        saying("write `licence: %(short)s`", short=origin),
    )


def _address(short: str) -> str:
    if short in _GIVEN_UP:
        return _AT + _GIVEN_UP[short]
    found = _COMMONS.fullmatch(short)
    if found is None:
        return ""
    igo = "igo/" if short.endswith("-IGO") else ""
    return f"{_AT}licenses/{found[1].lower()}/{found[2]}/{igo}"
