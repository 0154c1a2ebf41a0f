"""Proofs: a course as plain text for a second pair of eyes, its questions without their keys.

Whoever answers every question from the paragraphs alone, and notes which paragraph settles it, has
proved that the course teaches what it asks. Paragraphs stand under the names that pages give them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import groupby
from string import ascii_lowercase
from typing import Any, NamedTuple

from app.catalogue.compiling.compiled import CompiledCourse, CompiledItem, CompiledText
from app.foundation.fragments import Element, tree_of

SILENT = {"math"}  # what is read by its alternative text


class Block(NamedTuple):
    """One named block of a lesson: where it stands (`lesson#b-…`) and what it says."""

    place: str
    text: str


class _Said:
    """Collects the text of every element that has a block's name, with unnamed cells behind it."""

    def __init__(self, html: str) -> None:
        self.found: list[tuple[str, list[str]]] = []
        self._read(tree_of(html), None)

    def _read(self, element: Element, inmost: int | None) -> None:
        for is_text, children in groupby(element.children, lambda each: isinstance(each, str)):
            if is_text:
                self._say(unescape("".join(map(str, children))), inmost)
                continue
            for child in children:
                if isinstance(child, Element):
                    self._read_element(child, inmost)

    def _read_element(self, element: Element, inmost: int | None) -> None:
        name = element.marks.get("id", "")
        if name.startswith("b-"):
            inmost = len(self.found)
            self.found.append((name, []))
        said = next(filter(None, map(element.marks.get, ("alttext", "alt", "aria-label"))), "")
        if said and element.tag in {"math", "img", "svg"}:
            self._say(f"[{said}]", inmost)
        if element.tag not in SILENT:
            self._read(element, inmost)

    def _say(self, text: str, inmost: int | None) -> None:
        if inmost is not None:
            self.found[inmost][1].append(text)
        elif self.found:
            self.found[-1][1].append(f" {text}")


def blocks_of(course: CompiledCourse) -> list[Block]:
    """Every named block of the course's lessons, in its source language."""
    return [
        Block(f"{owner}#{name}", " ".join("".join(said).split()))
        for owner, text in _texts(course, "lesson/").items()
        for name, said in _Said(text.html).found
    ]


def written_proof(course: CompiledCourse) -> str:
    """The whole proof: all lessons, then all graded questions."""
    return "\n".join([*_lessons(course), *_questions(course)]) + "\n"


def key_of(item: CompiledItem) -> str:
    """The right answer to a graded item, in the letters of its proof: `b`, `a c`, `1c 2a`, `17`."""
    definition = item.definition
    if item.kind in {"single", "multiple"}:
        return " ".join(each["id"] for each in definition["options"] if each["right"])
    if item.kind == "matching":
        letters = _letters(item, "pairs")
        return " ".join(
            f"{number}{letters[each['id']]}" for number, each in enumerate(definition["pairs"], 1)
        )
    if item.kind == "ordering":
        letters = _letters(item, "sequence")
        return " ".join(letters[each["id"]] for each in definition["sequence"])
    return str(definition["accept"][0] if item.kind == "short" else definition["answer"]).lower()


def _lessons(course: CompiledCourse) -> Iterator[str]:
    blocks = blocks_of(course)
    for key, text in _texts(course, "lesson/").items():
        yield f"\n## {key}: {text.title}\n"
        yield from (f"[{each.place}] {each.text}" for each in blocks if _owner(each) == key)


def _owner(block: Block) -> str:
    return block.place.partition("#")[0]


def _questions(course: CompiledCourse) -> Iterator[str]:
    items = {item.hash: item for item in course.items}
    said, quizzes = _texts(course, "item/"), _texts(course, "quiz/")
    activity = ""
    for place in course.quiz_items:
        if place.activity_key != activity:
            activity = place.activity_key
            yield f"\n## Quiz {activity}: {quizzes[activity].title}"
        parts = said[place.item_key].parts
        yield f"\n{place.item_key}: {_plain(parts['lead'])} {_plain(parts['stem'])}".replace(
            "  ", " "
        )
        yield from _choices(items[place.item_hash], parts)


def _choices(item: CompiledItem, parts: Mapping[str, Any]) -> Iterator[str]:
    if item.kind in {"single", "multiple"}:
        yield f"  ({'one' if item.kind == 'single' else 'several'} of these)"
        yield from (f"  {each['id']}) {_plain(each['text'])}" for each in parts["options"])
    elif item.kind == "true-false":
        yield "  (true or false)"
    elif item.kind == "matching":
        letters = _letters(item, "pairs")
        for number, each in enumerate(parts["pairs"], 1):
            yield f"  {number}. {_plain(each['left'])}"
        yield from _lettered(parts["pairs"], letters, "right")
    elif item.kind == "ordering":
        yield "  (put in order)"
        yield from _lettered(parts["sequence"], _letters(item, "sequence"), "text")
    else:
        unit = f" {_plain(parts['unit'])}" if parts.get("unit") else ""
        yield f"  ({'a number' if item.kind == 'numeric' else 'a few words'}{unit})"


def _lettered(
    pieces: Sequence[Mapping[str, Any]], letters: Mapping[str, str], name: str
) -> list[str]:
    return sorted(f"  {letters[each['id']]}) {_plain(each[name])}" for each in pieces)


def _letters(item: CompiledItem, name: str) -> dict[str, str]:
    """Other letters for parts whose own would give the answer away; the same ones every time."""
    ids = [each["id"] for each in item.definition[name]]
    mixed = sorted(ids, key=lambda each: hashlib.sha256(f"{item.hash!r}{each}".encode()).digest())
    return dict(zip(mixed, ascii_lowercase, strict=False))


def _texts(course: CompiledCourse, prefix: str) -> dict[str, CompiledText]:
    return {
        text.owner_key.removeprefix(prefix): text
        for text in course.texts
        if text.owner_key.startswith(prefix) and text.language == course.source_language
    }


def _plain(html: str) -> str:
    block = _Said(f'<p id="b-x">{html}</p>').found[0][1]
    return " ".join("".join(block).split())
