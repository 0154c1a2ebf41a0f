"""Differences: what has changed between two states of a course, as people read it, file by file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from app.catalogue.files import MEDIA_FOLDER, is_catalogue
from app.studio.passages import LIKE_ENOUGH, Passage, likeness, passages_of

SAME, INS, DEL = "same", "ins", "del"
ADDED, REMOVED, CHANGED, REPLACED, RENAMED = "added", "removed", "changed", "replaced", "renamed"
LESSON, QUESTIONS, FACTS, MEDIA, TRANSLATION = (
    "lesson",
    "questions",
    "facts",
    "media",
    "translation",
)
# Words of longer texts are not compared one by one: the whole says that it is another.
MOST_WORDS = 4000


class Piece(NamedTuple):
    """Words that follow each other, and whether they stayed, came or went."""

    kind: str
    text: str


class FieldChange(NamedTuple):
    """A labelled text of a passage; without a label it is a paragraph."""

    label: str
    pieces: tuple[Piece, ...]


class PassageChange(NamedTuple):
    """A paragraph, question or field that came, went, or says something else."""

    label: str
    state: str
    fields: tuple[FieldChange, ...]


class FileChange(NamedTuple):
    """A file that came, went or changed; `was` is its path before, where it was renamed."""

    path: str
    kind: str
    state: str
    passages: tuple[PassageChange, ...] = ()
    was: str = ""


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """Every file that is not the same in both, in order of path; contents stand for media as well.

    A media file whose bytes now stand under another name was renamed.
    """
    gone = {path: each for path, each in before.items() if path not in after}
    found = []
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        was = _renamed_from(path, before, after, gone)
        if was:
            del gone[was]
            found.append(FileChange(path, MEDIA, RENAMED, was=was))
        elif path in after and path not in before:
            found.append(_change(path, ADDED, b"", after[path]))
        elif path in before and path in after:
            state = REPLACED if kind_of(path) == MEDIA else CHANGED
            found.append(_change(path, state, before[path], after[path]))
    found += [_change(path, REMOVED, each, b"") for path, each in gone.items()]
    return tuple(sorted(found, key=lambda each: each.path))


def kind_of(path: str) -> str:
    """What a file of this path is to a reader."""
    if path.startswith(f"{MEDIA_FOLDER}/"):
        return MEDIA
    if is_catalogue(path):
        return TRANSLATION
    if path.endswith(".md"):
        return LESSON
    is_facts = path in ("course.yaml", "glossary.yaml", "bibliography.yaml")
    return FACTS if is_facts or path.endswith("/module.yaml") else QUESTIONS


def passage_changes(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[PassageChange]:
    """What came, went and changed, in the order of the later text.

    Between two passages that stayed, those that are alike are one that changed.
    """
    matcher = SequenceMatcher(
        None, [each.key for each in before], [each.key for each in after], autojunk=False
    )
    for tag, first, last, start, end in matcher.get_opcodes():
        old, new = before[first:last], after[start:end]
        if tag == "equal":
            pairs: list[tuple[Passage | None, Passage | None]] = list(zip(old, new, strict=True))
        else:
            pairs = _paired(old, new)
        for was, now in pairs:
            if was is None or now is None or was.text != now.text:
                yield _passage_change(was, now)


def pieces_of(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts as one: words that stayed, went and came; spaces go with the word before."""
    one, other = (re.findall(r"\S+\s*|\s+", text) for text in (old, new))
    if len(one) + len(other) > MOST_WORDS:
        return tuple(Piece(kind, text) for kind, text in ((DEL, old), (INS, new)) if text)
    matcher = SequenceMatcher(
        None, [word.strip() for word in one], [word.strip() for word in other], autojunk=False
    )
    made = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            # The last word of a text has no space behind it, where the other text may go on.
            final = max(one[last - 1], other[end - 1], key=len)
            made.append(Piece(SAME, "".join([*other[start : end - 1], final])))
            continue
        if first < last:
            made.append(Piece(DEL, "".join(one[first:last])))
        if start < end:
            made.append(Piece(INS, "".join(other[start:end])))
    return tuple(made)


def _renamed_from(
    path: str, before: Mapping[str, bytes], after: Mapping[str, bytes], gone: Mapping[str, bytes]
) -> str:
    if path in before or kind_of(path) != MEDIA:
        return ""
    same = (each for each, content in gone.items() if content == after[path])
    return next((each for each in same if kind_of(each) == MEDIA), "")


def _change(path: str, state: str, before: bytes, after: bytes) -> FileChange:
    kind = kind_of(path)
    if kind in (MEDIA, TRANSLATION):
        return FileChange(path, kind, state)
    old, new = (passages_of(path, each.decode(errors="replace")) for each in (before, after))
    return FileChange(path, kind, state, tuple(passage_changes(old, new)))


def _paired(
    old: Sequence[Passage], new: Sequence[Passage]
) -> list[tuple[Passage | None, Passage | None]]:
    """Each later passage with the earlier one that it is most like, both in their order."""
    left = list(old)
    pairs: list[tuple[Passage | None, Passage | None]] = []
    for now in new:
        like = [(_likeness(was, now), -place) for place, was in enumerate(left)]
        best, place = max(like, default=(0.0, 0))
        if best >= LIKE_ENOUGH:
            pairs += [(was, None) for was in left[:-place]]
            pairs.append((left[-place], now))
            left = left[-place + 1 :]
        else:
            pairs.append((None, now))
    return [*pairs, *((was, None) for was in left)]


def _likeness(was: Passage, now: Passage) -> float:
    return 1.0 if was.key == now.key else likeness(was.text, now.text)


def _passage_change(was: Passage | None, now: Passage | None) -> PassageChange:
    old, new = dict(was.fields if was else ()), dict(now.fields if now else ())
    state = ADDED if was is None else REMOVED if now is None else CHANGED
    label = (now or was or Passage("", "", ())).label
    fields = tuple(
        FieldChange(name, pieces_of(old.get(name, ""), new.get(name, "")))
        for name in dict.fromkeys((*new, *old))
        if old.get(name) != new.get(name)
    )
    return PassageChange(label, state, fields)
