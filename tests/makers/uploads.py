"""Uploads: forms with files, as a browser sends them."""

from io import BytesIO
from typing import Any

import httpx

from app.studio.uploads import Ready, Refused, prepared_from
from app.web.uploads import Upload

Sent = tuple[str, str, bytes]  # the form's field, the file's name, its bytes


def form_with(*files: Sent, **fields: object) -> dict[str, Any]:
    """What `Browser.post` needs beside the address."""
    request = httpx.Request(
        "POST",
        "http://capacita.test/",
        data={name: str(value) for name, value in fields.items()},
        files=[(field, (name, content)) for field, name, content in files],
    )
    return {
        "content": request.read(),
        "headers": {"Content-Type": request.headers["content-type"]},
    }


def sent(name: str, content: bytes) -> Upload:
    """A file as the form brings it."""
    return Upload("files", name, len(content), BytesIO(content))


def taken(name: str, content: bytes) -> Ready | Refused:
    """What becomes of a file that is sent under this name, where no scanner is set."""
    return prepared_from(sent(name, content))
