"""Renditions: pictures in the widths that readers are offered, made once and kept on the disk.

They are made from files that never change, so that whoever throws the folder away loses time alone.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore

from app.catalogue.compiling.pictures import size_of
from app.catalogue.compiling.renditions import RUNGS, widths_of
from app.catalogue.files import FileUnknown
from app.catalogue.rasters import RasterFaulty, as_webp

FOLDER = "pictures"
_making = BoundedSemaphore(1)


def rendition_of(storage: Path, name: bytes, width: int, content_of: Callable[[], bytes]) -> bytes:
    """A picture by the hash of its bytes in one of its widths, as WebP; one is made at a time.

    Raises FileUnknown for a width in which it is not offered, or what is no picture.
    """
    path = storage / FOLDER / f"{name.hex()}-{width}.webp"
    kept = _read(path)
    if kept is not None:
        return kept
    with _making:
        return _read(path) or _made(path, content_of(), width)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _made(path: Path, content: bytes, width: int) -> bytes:
    size = size_of(content)
    if size is None or width not in {*RUNGS, *widths_of(size[0])}:
        raise FileUnknown
    try:
        made = as_webp(content, width)
    except RasterFaulty as stop:
        raise FileUnknown from stop
    _keep(path, made)
    return made


def _keep(path: Path, made: bytes) -> None:
    """Write it beside its place and move it there; a full disk costs nobody the picture."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        Path(part).replace(path)
    except OSError:
        return
