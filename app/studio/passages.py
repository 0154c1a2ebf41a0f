"""Passages: a file of a course cut into what people comment on, and a passage found again."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any, NamedTuple

from app.catalogue.compiling.documents import read_document
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import split_lesson

SAME, CHANGED, MOVED, GONE = "same", "changed", "moved", "gone"
LIKE_ENOUGH = 0.5
_NAMES = ("key", "id", "term", "name", "subject")
# What only the platform reads: it stands in the passage's key, or says nothing to a reader.
_UNSAID = frozenset({"key", "id"})


class Passage(NamedTuple):
    """A paragraph, a question, or a field of a file; `key` stays while its words do.

    `fields` are its labelled texts; a paragraph has one without a label.
    """

    key: str
    label: str
    fields: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(f"{label}: {said}" if label else said for label, said in self.fields)


class Spot(NamedTuple):
    """Where a passage stands now: its file and key, and what became of it."""

    path: str
    key: str
    state: str


def passages_of(path: str, text: str) -> tuple[Passage, ...]:
    """The file in its passages, in order; one that cannot be read is cut into paragraphs."""
    if path.endswith(".md"):
        parts = split_lesson(text)
        head, body = parts or ("", text)
        return (*_of_yaml(path, head), *_paragraphs(body))
    if path.endswith(".yaml"):
        return tuple(_of_yaml(path, text)) or _paragraphs(text)
    return _paragraphs(text)


def spot_of(path: str, key: str, quote: str, files: Mapping[str, Sequence[Passage]]) -> Spot:
    """Where the passage stands now: there, changed there, in another file, or nowhere."""
    here = {each.key: each.text for each in files.get(path, ())}
    if key in here:
        return Spot(path, key, SAME if here[key] == quote else CHANGED)
    for other, passages in files.items():
        for each in passages:
            if each.text == quote:
                return Spot(other, each.key, SAME if other == path else MOVED)
    like = [(likeness(quote, said), name) for name, said in here.items()]
    best, name = max(like, default=(0.0, ""))
    if best >= LIKE_ENOUGH:
        return Spot(path, name, CHANGED)
    return Spot(path, "", GONE)


def likeness(one: str, other: str) -> float:
    """How much of two texts is the same, word by word, between 0 and 1."""
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKE_ENOUGH else 0.0


def _paragraphs(body: str) -> tuple[Passage, ...]:
    seen: Counter[str] = Counter()
    found = []
    for text in _cut(body):
        name = "p-" + sha256(" ".join(text.split()).encode()).hexdigest()[:10]
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name}-{seen[name]}"
        found.append(Passage(key, "", (("", text),)))
    return tuple(found)


def _cut(body: str) -> Iterator[str]:
    """Paragraphs as empty lines part them, but not inside a fence of code."""
    lines: list[str] = []
    is_fenced = False
    for line in body.split("\n"):
        is_fenced ^= line.lstrip().startswith("```")
        if line.strip() or is_fenced:
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
    if lines:
        yield "\n".join(lines)


def _of_yaml(path: str, text: str) -> Iterator[Passage]:
    document = read_document(path, text, Faults())
    value = document.root.value() if document is not None else None
    if isinstance(value, list):
        value = {"": value}
    for field, said in value.items() if isinstance(value, dict) else ():
        if isinstance(said, list) and said and all(isinstance(each, dict) for each in said):
            yield from _entries(str(field), said)
        else:
            fields = tuple(_flat(said, ()))
            if fields:
                yield Passage(str(field)[:255], str(field), fields)


def _entries(field: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[Passage]:
    for number, entry in enumerate(entries, 1):
        name = name_of(entry) or str(number)
        key = f"{field}/{name}" if field else name
        yield Passage(key[:255], key, tuple(_flat(entry, ())))


def name_of(entry: Mapping[str, Any]) -> str:
    """What an entry of a list is called by."""
    return next((str(entry[name]) for name in _NAMES if entry.get(name)), "")


def _flat(value: Any, way: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every text in the value with the way to it."""
    if isinstance(value, Mapping):
        for field, each in value.items():
            if field not in _UNSAID:
                yield from _flat(each, (*way, str(field)))
    elif isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            yield " › ".join(way), ", ".join(value)
            return
        for number, each in enumerate(value, 1):
            name = name_of(each) if isinstance(each, Mapping) else ""
            yield from _flat(each, (*way, name or str(number)))
    elif value is not None:
        yield " › ".join(way), str(value)
