"""Compiled courses: what the compiler hands over, as plain values without files or a database."""

import re
from dataclasses import dataclass
from typing import Any, Literal

# The number of this compiler. It grows when the same source would give another compiled form.
COMPILER = 5

# Some values have a field called `bytes`, which hides the type of that name.
Octets = bytes

_PLACE = re.compile(r'="(media|lesson):([a-z0-9][a-z0-9._-]*)"')
_RENDITIONS = re.compile(r'(<source [^<>]*srcset=")([^"<>]*)(")')
_PICTURE = re.compile(r"<picture><source [^<>]*>(<img [^<>]*>)</picture>")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the course's source; `path` is relative to the course's folder."""

    path: str
    bytes: Octets
    hash: Octets


@dataclass(frozen=True, slots=True)
class CompiledModule:
    """A module at its place, from 1, with the minutes of its lessons and quiz and all its bytes."""

    key: str
    position: int
    minutes: int
    bytes: int
    outcome_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledActivity:
    """A lesson, scenario or quiz at its place in the course, from 1; the final has no module."""

    key: str
    module_key: str | None
    kind: Literal["lesson", "scenario", "quiz"]
    position: int
    minutes: int
    bytes: int
    required: bool
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompiledOutcome:
    """A measurable outcome of the course; `level` is one of six, from remember to create."""

    key: str
    position: int
    level: str


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """A quiz item under the hash of its stored form."""

    hash: bytes
    kind: str
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuizPlace:
    """An item's place in a quiz, from 1, and the outcome it tests there."""

    activity_key: str
    item_key: str
    position: int
    item_hash: bytes
    outcome_key: str


@dataclass(frozen=True, slots=True)
class CompiledText:
    """What one owner says in one language; `title` is plain text, `html` is safe HTML.

    `fresh` counts its blocks that are translated, `stale` those shown in the source language.
    """

    owner_key: str
    language: str
    title: str
    html: str
    parts: dict[str, Any]
    fresh: int
    stale: int


@dataclass(frozen=True, slots=True)
class CompiledEntry:
    """What the search may find of one owner in one language, as plain text.

    `place` is where it is read: the key of an activity, or of a course's page an id, or empty.
    `blocks` are pairs: a block's id on that page, or empty, and its text.
    """

    owner_key: str
    language: str
    title: str
    place: str
    blocks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompiledCourse:
    """A whole course, ready to be stored as a version."""

    slug: str
    source_language: str
    institution_key: str
    audience: str
    licence: str
    keeps_progress: bool
    rule: dict[str, str]
    minutes: int
    bytes: int
    facts: dict[str, Any]
    modules: tuple[CompiledModule, ...]
    activities: tuple[CompiledActivity, ...]
    outcomes: tuple[CompiledOutcome, ...]
    alignments: tuple[tuple[str, str], ...]
    items: tuple[CompiledItem, ...]
    quiz_items: tuple[QuizPlace, ...]
    texts: tuple[CompiledText, ...]
    entries: tuple[CompiledEntry, ...]
    files: tuple[SourceFile, ...]
    source_hash: Octets


def placed(html: str, *, media: str, lessons: str) -> str:
    """The HTML with its addresses filled in; `media` and `lessons` are prefixes ending in "/".

    The compiler knows no routes, so it writes `src="media:name"` and `href="lesson:key"`.
    """
    prefixes = {"media": media, "lesson": lessons}
    html = _PLACE.sub(lambda found: f'="{prefixes[found[1]]}{found[2]}"', html)
    return _RENDITIONS.sub(
        lambda found: found[1] + found[2].replace("media:", media) + found[3], html
    )


def with_originals(html: str) -> str:
    """The HTML with each picture as the one file of the course that it was made from."""
    return _PICTURE.sub(r"\1", html)
