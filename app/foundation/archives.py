"""Archives: one file of many members, the last of which names the hash of each of the others.

A tar under zstd, so that `tar --zstd -tf` reads it; written beside its place and moved there whole.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

from app.foundation import clock

MANIFEST = "manifest.json"
PIECE = 1 << 20


class ArchiveFault(Exception):
    """The file cannot be written, or is not what was written; the message says which and why."""


class ArchiveWriter:
    """Takes members one by one and remembers their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._moment = int(clock.now().timestamp())
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self.add_stream(name, io.BytesIO(content), len(content))

    def add_stream(self, name: str, stream: IO[bytes], size: int) -> None:
        """Take exactly `size` bytes; a stream that holds fewer is a fault."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._moment, 0o600
        hashed = _Hashed(stream)
        try:
            self._tar.addfile(member, hashed)
        except OSError as fault:
            raise ArchiveFault(f"{name} cannot be added: {fault}") from None
        self.hashes[name] = hashed.digest.hexdigest()


class _Hashed(io.RawIOBase):
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def written(path: Path, about: dict[str, Any]) -> Iterator[ArchiveWriter]:
    """Write an archive that only its owner may read; what is raised inside leaves no file.

    `about` may be filled until the end; it becomes the manifest, beside the members' hashes.
    """
    if path.exists():
        raise ArchiveFault(f"{path} is there already; name another file")
    part = path.with_name(f"{path.name}.part")
    try:
        with _private(part) as file:
            with (
                zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                writer = ArchiveWriter(tar)
                yield writer
                manifest = {**about, "hashes": dict(writer.hashes)}
                writer.add(MANIFEST, json.dumps(manifest, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _private(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    except OSError as fault:
        raise ArchiveFault(f"{path.parent} cannot be written: {fault.strerror}") from None


def manifest_of(path: Path) -> dict[str, Any]:
    """Read the whole archive once and compare every hash; answers its manifest."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    for name, stream in members_of(path):
        if name == MANIFEST:
            manifest = json.loads(stream.read())
        else:
            found[name] = _digest(stream)
    if manifest is None:
        raise ArchiveFault(f"{path} was not written to its end")
    told: dict[str, str] = manifest.pop("hashes")
    for name in sorted(told.keys() | found.keys()):
        if told.get(name) != found.get(name):
            raise ArchiveFault(f"{path} is damaged: {name} is not what was written")
    return manifest


def members_of(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Each member's name and content, in the order written; a stream is good until the next."""
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as tar,
        ):
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is not None:
                    yield member.name, stream
    except FileNotFoundError:
        raise ArchiveFault(f"there is no {path}") from None
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as fault:
        raise ArchiveFault(f"{path} is no whole archive: {fault}") from None


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
