"""Routes of long files: asked for, watched as the worker writes them, taken, deleted."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.catalogue.files import Part, part_asked
from app.foundation import clock
from app.statistics.exporting.long_files import (
    MAKING,
    LongFile,
    ask_for,
    bytes_between,
    file_of,
    files_of,
    finished_file,
    let_go,
)
from app.statistics.looks import ListExported, note_look
from app.statistics.registrars import MayName, Put
from app.web.marks import Db, leaves_trace
from app.web.pages import PRIVATE, onward, page
from app.web.turn import Turnstile

router = Turnstile()
# A worker that is alive writes a piece every few seconds.
SILENT = timedelta(minutes=3)


@router.post("/statistics/completions/list/files")
def create_long_file(request: Request, db: Db, registrar: MayName, question: Put) -> Response:
    """Have the worker make the file of a list; asked twice, it is the same file."""
    file = ask_for(db, registrar.visitor.id, question._replace(page=1))
    return onward(request, "show_long_file", key=str(file.key))


@router.get("/statistics/files")
def show_long_files(request: Request, db: Db, registrar: MayName) -> Response:
    """The files that are kept for the person or being made."""
    files = files_of(db, registrar.visitor.id)
    return page(request, "statistics/long_files.html", files=files)


@router.get("/statistics/files/{key}/list.csv")
@leaves_trace
def download_long_file(request: Request, db: Db, registrar: MayName, key: str) -> Response:
    """The file, or the part of it that a broken download asks for; each taking is an event."""
    file = finished_file(db, registrar.visitor.id, key)
    headers = PRIVATE | {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.key.hex}"',
    }
    part = _part(request, file, headers["ETag"])
    if part is None or (part.first, part.last) == (0, file.size - 1):
        status, part = 200, Part(0, file.size - 1)
    elif part.first > part.last:
        return Response(
            status_code=416, headers=headers | {"Content-Range": f"bytes */{file.size}"}
        )
    else:
        status = 206
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{file.size}"
    asked = file.question
    note_look(db, ListExported, registrar.visitor.id, asked.asked(), asked.measure)
    content = bytes_between(request.app.state.engines, file.id, *part)
    headers["Content-Length"] = str(part.last - part.first + 1)
    return StreamingResponse(content, status, headers, "text/csv; charset=utf-8")


@router.get("/statistics/files/{key}")
def show_long_file(request: Request, db: Db, registrar: MayName, key: str) -> Response:
    """How far a file is, and the way to it once it is finished."""
    file = file_of(db, registrar.visitor.id, key)
    is_silent = file.state == MAKING and file.written_at < clock.now() - SILENT
    return page(request, "statistics/long_file.html", file=file, is_silent=is_silent)


@router.post("/statistics/files/{key}/deletion")
def delete_long_file(request: Request, db: Db, registrar: MayName, key: str) -> Response:
    """Delete a file, or end its making."""
    let_go(db, [file_of(db, registrar.visitor.id, key)])
    return onward(request, "show_long_files")


def _part(request: Request, file: LongFile, tag: str) -> Part | None:
    """The part that is asked for of just these bytes; none for the whole."""
    if request.headers.get("if-range", tag) != tag:
        return None
    return part_asked(request.headers.get("range", ""), file.size)
