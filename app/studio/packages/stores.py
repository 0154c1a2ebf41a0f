"""Stores: packages kept on the disk of this server once they are made, so many bytes and no more."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import NamedTuple

from app.foundation.errors import Refusal
from app.i18n.marking import N_

MOST_BYTES = 500_000_000
PATIENCE = 30  # seconds that a person waits for somebody else's package
SIGNS = 32


class PackagesBusy(Refusal):
    """A package is being made, and another one waits for so long already."""

    status = 503
    says = N_("Many people take a course with them just now.")
    mend = N_("Try again in a minute.")


class Kept(NamedTuple):
    """A package on the disk; its tag names its bytes."""

    path: Path
    tag: str
    size: int


_making = BoundedSemaphore(1)


class Store:
    """A folder of packages by their names; the ones that nobody took for longest go first."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder, most_bytes

    def found(self, name: str) -> Kept | None:
        """The package of this name if it is kept here."""
        for path in self.folder.glob(f"{name}-*"):
            try:
                os.utime(path)
                return Kept(path, path.name.rpartition("-")[2], path.stat().st_size)
            except OSError:  # another process has just let it go
                continue
        return None

    def get(self, name: str, make: Callable[[], bytes]) -> Kept:
        """The package, made now if it is not kept; one at a time, and raises PackagesBusy."""
        kept = self.found(name)
        if kept is not None:
            return kept
        if not _making.acquire(timeout=PATIENCE):
            raise PackagesBusy
        try:
            return self.found(name) or self._put(name, make())
        finally:
            _making.release()

    def _put(self, name: str, content: bytes) -> Kept:
        self.folder.mkdir(parents=True, exist_ok=True)
        tag = hashlib.sha256(content).hexdigest()[:SIGNS]
        path = self.folder / f"{name}-{tag}"
        handle, part = tempfile.mkstemp(prefix=".", dir=self.folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).replace(path)
        self._make_room(path)
        return Kept(path, tag, len(content))

    def _make_room(self, newest: Path) -> None:
        """Let the oldest go until the rest fits; the newest stays, however large."""
        aged = sorted((each.stat().st_mtime, each) for each in self.folder.glob("[!.]*"))
        total = sum(each.stat().st_size for _, each in aged)
        for _, each in aged:
            if total <= self.most_bytes:
                return
            if each != newest:
                total -= each.stat().st_size
                each.unlink(missing_ok=True)
