"""Deliveries: a stored file as an answer: shown or saved, whole, in part, or in a fitting width."""

import re
from collections.abc import Mapping

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.catalogue.files import ATTACHMENT, FileUnknown, Part, StoredFile, bytes_of, part_asked
from app.catalogue.renditions import rendition_of
from app.foundation.errors import Refusal
from app.foundation.sessions import session_on

_RENDITION = re.compile(r"([^/]+)/(\d{1,4})\.webp")


def split_rendition(path: str) -> tuple[str, int]:
    """The name of the file that a path asks for, and the width of a rendition or 0."""
    found = _RENDITION.fullmatch(path)
    return (found[1], int(found[2])) if found else (path, 0)


def delivered(
    request: Request, db: Session, file: StoredFile, width: int, headers: Mapping[str, str]
) -> Response:
    """The file under these headers; nothing runs in our name, and only what is safe is shown.

    Raises FileUnknown for a width of what is no picture.
    """
    tag = file.hash.hex()[:32] + (f"-{width}" if width else "")
    told = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{tag}"',
        **headers,
    }
    if told["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=told)
    media_type = file.shown_as
    if width:
        if media_type is None or not media_type.startswith("image/"):
            raise FileUnknown
        return PictureFile(request, file, width, told)
    told["Accept-Ranges"] = "bytes"
    if media_type is None:
        told["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return _ranged(request, db, file, told, media_type or ATTACHMENT)


class PictureFile(Response):
    """A picture that is made when it is sent: no transaction and no thread of a turn waits for it."""

    def __init__(
        self, request: Request, file: StoredFile, width: int, told: Mapping[str, str]
    ) -> None:
        super().__init__()
        self.request, self.file, self.width, self.told = request, file, width, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            made = await to_thread.run_sync(self._made)
            answer = Response(made, 200, self.told, "image/webp")
        except Refusal as refusal:
            answer = await to_thread.run_sync(self.request.app.state.refuse, self.request, refusal)
        await answer(scope, receive, send)

    def _made(self) -> bytes:
        state = self.request.app.state
        return rendition_of(state.settings.storage, self.file.hash, self.width, self._original)

    def _original(self) -> bytes:
        with self.request.app.state.engines.stream.connect() as connection:
            return bytes_of(session_on(connection), self.file)


def _ranged(
    request: Request, db: Session, file: StoredFile, headers: dict[str, str], media_type: str
) -> Response:
    asked = part_asked(request.headers.get("range", ""), file.size)
    if asked is None or request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        return Response(bytes_of(db, file), 200, headers, media_type)
    return _partial(db, file, asked, headers, media_type)


def _partial(
    db: Session, file: StoredFile, part: Part, headers: dict[str, str], media_type: str
) -> Response:
    if part.first >= file.size or part.last < part.first:
        return Response(
            status_code=416, headers=headers | {"Content-Range": f"bytes */{file.size}"}
        )
    place = f"bytes {part.first}-{part.last}/{file.size}"
    return Response(bytes_of(db, file, part), 206, headers | {"Content-Range": place}, media_type)
