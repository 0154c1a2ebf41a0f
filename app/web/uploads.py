"""Uploads: files that a form brings, streamed to the disk, so many and so large and no more."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from app.foundation.errors import Refusal
from app.i18n.marking import N_
from app.web.forms import MOST_BYTES, MOST_FIELDS, FormUnreadable, read_fields

MEGABYTE = 1_000_000
MOST_FILES = 20
MOST_UPLOADED = 100 * MEGABYTE
MULTIPART = "multipart/form-data"


class Upload(NamedTuple):
    """A file as it was sent: the form's field, the name it had there, its size and its bytes."""

    field: str
    name: str
    size: int
    stream: IO[bytes]


class UploadTooLarge(Refusal):
    """More was sent than one form may bring."""

    status = 413
    says = N_("One form may bring 20 files and 100 MB together.")
    mend = N_("Send the files in several goes, or make them smaller.")


class StreamTooLarge(Refusal):
    """The body is longer than a file may be here."""

    status = 413
    says = N_("The file is larger than %(most)s MB.")
    mend = N_("Divide it into several files.")


class _Overfull(MultiPartException):
    """Raised in the stream, so that the parser lets go of the files that it has begun."""


async def read_uploads(request: Request) -> tuple[list[tuple[str, str]], list[Upload]]:
    """Fields and files of a form; raises UploadTooLarge or FormUnreadable.

    A file field that was left empty brings no file. A body of another type is read as fields.
    """
    kind = request.headers.get("content-type", "")
    if kind.split(";", maxsplit=1)[0].strip().lower() != MULTIPART:
        return read_fields(await whole_body(request), kind), []
    stream = request.stream()
    if _told_length(request) > MOST_UPLOADED + MOST_BYTES:
        await drain(stream)  # nothing of it touches the disk
        raise UploadTooLarge
    parser = MultiPartParser(
        request.headers,
        _bounded(stream),
        max_files=MOST_FILES,
        max_fields=MOST_FIELDS,
        max_part_size=MOST_BYTES,
    )
    try:
        form = await parser.parse()
    except MultiPartException as stop:
        await drain(stream)
        is_many = isinstance(stop, _Overfull) or "Too many files" in stop.message
        raise (UploadTooLarge if is_many else FormUnreadable) from None
    return _told(form)


async def read_stream(request: Request, most: int) -> tuple[bytes, Upload]:
    """A body that is a file, and the SHA-256 of it; raises StreamTooLarge."""
    # It goes to the disk beyond a megabyte, and lasts until the turn closes it.
    kept, digest, size = SpooledTemporaryFile(max_size=MEGABYTE), hashlib.sha256(), 0  # noqa: SIM115
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= most:  # the rest goes by, so that the program hears the answer to it
                digest.update(chunk)
                await to_thread.run_sync(kept.write, chunk)
    except BaseException:
        kept.close()
        raise
    if size > most:
        kept.close()
        raise StreamTooLarge(most=most // MEGABYTE)
    return digest.digest(), Upload("", "", size, kept)


def _told_length(request: Request) -> int:
    """How many bytes the sender said that the body has, or 0."""
    told = request.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


def _told(form: FormData) -> tuple[list[tuple[str, str]], list[Upload]]:
    fields, uploads = [], []
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.append((name, value))
        elif value.filename:
            uploads.append(Upload(name, value.filename, value.size or 0, value.file))
        else:
            value.file.close()
    words = [word for field in fields for word in field] + [each.name for each in uploads]
    if not all(_is_text(word) for word in words):
        for each in uploads:
            each.stream.close()
        raise FormUnreadable
    return fields, uploads


def _is_text(word: str) -> bool:
    """Whether it can be stored: a form may name an encoding of its own, with halves of letters."""
    try:
        return b"\0" not in word.encode()
    except UnicodeEncodeError:
        return False


async def whole_body(request: Request) -> bytes:
    """The body of a form without files; one that is too long comes back as one sign too many."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MOST_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MOST_BYTES else b"x" * (MOST_BYTES + 1)


async def drain(stream: AsyncIterator[bytes]) -> None:
    """Let the rest of a body go by, so that the browser hears the answer to it."""
    async for _chunk in stream:
        pass


async def _bounded(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > MOST_UPLOADED:
            raise _Overfull("too large")
        yield chunk
