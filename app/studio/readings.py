"""Readings: a draft as a reviewer reads it, file by file, with what was said to it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.studio.comments import Thread, threads_of
from app.studio.drafts import Draft, texts_of
from app.studio.outlines import COURSE, outline_of
from app.studio.passages import GONE, Passage, passages_of

_BESIDES = ("glossary.yaml", "bibliography.yaml")


class Leaf(NamedTuple):
    """A file to read: its title in the outline, or none, and how many comments are open in it."""

    path: str
    title: str
    kind: str
    open: int


class Reading(NamedTuple):
    """The draft for a reviewer: title, language, files in the order of the course, comments."""

    title: str
    language: str
    leaves: tuple[Leaf, ...]
    files: dict[str, tuple[Passage, ...]]
    threads: tuple[Thread, ...]

    def leaf(self, path: str) -> Leaf:
        """The file at this path; raises LeafUnknown."""
        for each in self.leaves:
            if each.path == path:
                return each
        raise LeafUnknown

    def beside(self, path: str, key: str) -> Sequence[Thread]:
        """The comments on a passage, where it stands now."""
        return [t for t in self.threads if (t.spot.path, t.spot.key) == (path, key)]

    def lost(self, path: str) -> Sequence[Thread]:
        """The comments of the file whose passage is gone."""
        return [t for t in self.threads if t.spot.path == path and t.spot.state == GONE]

    @property
    def homeless(self) -> Sequence[Thread]:
        """The comments whose passage went with its file."""
        return [t for t in self.threads if t.spot.path not in self.files]

    def around(self, path: str) -> tuple[Leaf | None, Leaf | None]:
        """The file before and the one after."""
        place = [each.path for each in self.leaves].index(path)
        before = self.leaves[place - 1] if place else None
        after = self.leaves[place + 1] if place + 1 < len(self.leaves) else None
        return before, after


class LeafUnknown(NotFound):
    """The draft has no such file to read."""

    says = N_("The draft has no such file.")
    mend = N_("Somebody may have moved it or taken it out. Look at the list of files again.")


def reading_of(db: Session, draft: Draft) -> Reading:
    """The draft as it stands now; raises CourseMissing or SheetUnreadable."""
    texts = texts_of(db, draft)
    outline = outline_of(texts)
    files = {path: passages_of(path, each.text) for path, each in texts.items()}
    threads = tuple(threads_of(db, draft, files))
    named = {COURSE: ("", COURSE)}
    for module in outline.modules:
        named[module.path] = (module.title, "module")
        named |= {part.path: (part.title, part.kind) for part in module.parts}
    if outline.final:
        named[outline.final.path] = (outline.final.title, outline.final.kind)
    named |= {path: ("", path) for path in _BESIDES}
    rest = {path: ("", "") for path in sorted(files) if path not in named}
    leaves = tuple(
        Leaf(path, title, kind, _open_in(threads, path))
        for path, (title, kind) in {**named, **rest}.items()
        if path in files
    )
    return Reading(outline.title or draft.slug, outline.language, leaves, files, threads)


def _open_in(threads: Sequence[Thread], path: str) -> int:
    return sum(each.spot.path == path and not each.is_resolved for each in threads)
