"""The turn: open, ask who, run the route, render, commit, answer; one thread, one transaction.

A route is a plain function. Parameters marked `Annotated[T, InTurn(find)]` are hidden from FastAPI
and found, in order, inside the turn after the transaction opened; those marked `Before(find)` are
found before it, for what is slow (a password's hash) or must stay though refused (a counter). What
`writes_alone` is had without a transaction first.
"""

import asyncio
import inspect
from collections.abc import Callable, Collection
from contextlib import nullcontext
from functools import partial
from typing import Annotated, Any, Literal, get_args, get_origin

from anyio import to_thread
from fastapi import APIRouter, Request
from sqlalchemy import Engine, RootTransaction
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from app.foundation.database import Engines
from app.foundation.errors import Refusal
from app.foundation.outages import is_lost
from app.foundation.sessions import NeedsTransaction, session_on
from app.web.forms import read_fields
from app.web.marks import Before, InTurn
from app.web.origins import SAFE_METHODS, check_origin
from app.web.quick_routes import QuickRoute, StraightRoute, takes_parts_alone
from app.web.uploads import drain, read_stream, read_uploads, whole_body

NO_SLOT = nullcontext()
Side = Literal["read", "write", "alone"]  # of the database; alone: each statement by itself


class Turnstile(APIRouter):
    """A router whose every route runs in one turn, names who may use it, and answers after commit."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        marks = _marks(endpoint)
        if not any(isinstance(mark, InTurn) and mark.who for mark in marks.values()):
            raise TypeError(f"{endpoint.__name__} does not name who may use it")
        methods = set(options.get("methods") or ["GET"])
        options.setdefault("response_model", None)
        options.setdefault("include_in_schema", False)
        if methods == {"GET"}:
            options["methods"] = ["GET", "HEAD"]
        turn = in_one_turn(endpoint, marks, _side_of(endpoint, methods))
        kind = StraightRoute if takes_parts_alone(turn, path) else QuickRoute
        options.setdefault("route_class_override", kind)
        super().add_api_route(path, turn, **options)


def _side_of(endpoint: Callable[..., Any], methods: Collection[str]) -> Side:
    if getattr(endpoint, "writes_alone", False):
        return "alone"
    writes = not SAFE_METHODS.issuperset(methods) or getattr(endpoint, "leaves_trace", False)
    return "write" if writes else "read"


def _marks(endpoint: Callable[..., Any]) -> dict[str, InTurn | Before]:
    parameters = inspect.signature(endpoint, eval_str=True).parameters
    found = {name: _mark(parameter) for name, parameter in parameters.items()}
    return {name: mark for name, mark in found.items() if mark is not None}


def _mark(parameter: inspect.Parameter) -> InTurn | Before | None:
    if get_origin(parameter.annotation) is not Annotated:
        return None
    extras = get_args(parameter.annotation)[1:]
    return next((extra for extra in extras if isinstance(extra, (InTurn, Before))), None)


def who_may(endpoint: Callable[..., Any]) -> str:
    """Whom a route lets in, for the list of routes and its test."""
    marks = getattr(endpoint, "marks", {})
    return ", ".join(mark.who for mark in marks.values() if isinstance(mark, InTurn) and mark.who)


def in_one_turn(
    endpoint: Callable[..., Any], marks: dict[str, InTurn | Before], side: Side
) -> Callable[..., Any]:
    """The endpoint as FastAPI may see it: only path and query parameters, one thread hop."""
    signature = inspect.signature(endpoint, eval_str=True)
    asked = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in marks and name != "request"
    ]
    wants_request = "request" in signature.parameters
    is_told = getattr(endpoint, "takes_documents", False)
    is_read = not getattr(endpoint, "from_anywhere", False)
    has_files = getattr(endpoint, "takes_files", False)
    most = getattr(endpoint, "takes_stream", 0)
    is_slow = has_files or getattr(endpoint, "takes_time", False)
    before = {name: mark for name, mark in marks.items() if isinstance(mark, Before)}
    inside = {name: mark for name, mark in marks.items() if isinstance(mark, InTurn)}

    async def turn(request: Request, **values: Any) -> Any:
        if wants_request:
            values["request"] = request
        request.state.fields, request.state.uploads = [], []
        if request.method not in SAFE_METHODS and is_read:
            first = inside if has_files or most else None
            refused = await _read_form(request, first, is_told, most)
            if refused is not None:
                return refused
        try:
            return await _answered(request, values)
        finally:
            for upload in request.state.uploads:
                upload.stream.close()

    async def _answered(request: Request, values: dict[str, Any]) -> Any:
        state, loop = request.app.state, asyncio.get_running_loop()
        if before:
            find = partial(_find_before, request, before, values)
            # Files and others take their time: who only reads must not wait for a thread of theirs.
            refused = await (
                to_thread.run_sync(find) if is_slow else loop.run_in_executor(state.threads, find)
            )
            if refused is not None:
                return refused
        async with state.write_slot if side != "read" else NO_SLOT:
            return await loop.run_in_executor(
                state.threads, _run, request, endpoint, inside, values, side
            )

    own = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    turn.__signature__ = inspect.Signature([own, *asked])  # type: ignore[attr-defined]  # for FastAPI
    turn.__name__ = endpoint.__name__
    turn.__doc__ = endpoint.__doc__
    turn.marks = marks  # type: ignore[attr-defined]  # read by who_may
    return turn


async def _read_form(
    request: Request,
    inside: dict[str, InTurn] | None,
    is_told: bool,  # noqa: FBT001 - as the route is marked
    most: int,
) -> Response | None:
    """Read the form, files and all where marks are given to ask first; a refusal is the answer."""
    state, loop = request.app.state, asyncio.get_running_loop()
    try:
        if not is_told:
            check_origin(request, state.settings.public_url)
        if inside is None:
            body = await whole_body(request)
            if is_told:
                request.state.body = body
            else:
                request.state.fields = read_fields(body, request.headers.get("content-type", ""))
            return None
        who = {name: mark for name, mark in inside.items() if mark.who}
        refused: Response | None = await loop.run_in_executor(
            state.threads, _run, request, lambda **_found: None, who, {}, "read"
        )
        if refused is not None:
            await drain(request.stream())
        elif most:
            request.state.body, upload = await read_stream(request, most)
            request.state.uploads = [upload]
        else:
            request.state.fields, request.state.uploads = await read_uploads(request)
    except Refusal as refusal:
        return await loop.run_in_executor(state.threads, state.refuse, request, refusal)
    return refused


def _find_before(
    request: Request, before: dict[str, Before], values: dict[str, Any]
) -> Response | None:
    try:
        with request.app.state.core.apart():
            for name, mark in before.items():
                values[name] = mark.find(request)
    except Refusal as refusal:
        refused: Response = request.app.state.refuse(request, refusal)
        return refused
    return None


def _run(
    request: Request,
    endpoint: Callable[..., Any],
    inside: dict[str, InTurn],
    values: dict[str, Any],
    side: Side,
) -> Any:
    """One turn on its side of the database; on SQLite nobody writes but within a transaction."""
    once = partial(_once, request, endpoint, inside, values)
    if side == "alone" and not request.app.state.engines.is_sqlite:
        try:
            return _taken(request, once, "alone")
        except NeedsTransaction:
            pass
    return _taken(request, once, "read" if side == "read" else "write")


def _taken(request: Request, once: Callable[[Side], Any], side: Side) -> Any:
    """A turn; where its connection was lost before the end, another, as nothing of it was kept.

    Each that was lost leaves its pool, so a database that was started anew is met by nobody's page
    once as many were tried as the pool may hold, one for each thread. A file is not read twice. What
    was written alone may have been kept: it is written so that a repeat changes nothing.
    """
    for _lost in range(request.app.state.settings.threads):
        try:
            return once(side)
        except DBAPIError as fault:
            if not is_lost(fault) or request.state.is_ending or request.state.uploads:
                raise
    return once(side)


def _once(
    request: Request,
    endpoint: Callable[..., Any],
    inside: dict[str, InTurn],
    values: dict[str, Any],
    side: Side,
) -> Any:
    engines = request.app.state.engines
    request.state.is_ending, request.state.is_alone = False, side == "alone"
    lock = engines.readers if side == "read" else engines.lock
    with lock, _engine(engines, side).connect() as connection:
        if side == "alone":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        transaction = connection.begin()
        db = session_on(connection)
        request.state.db = db
        refused: Refusal | None = None
        try:
            for name, mark in inside.items():
                values[name] = mark.find(request, db)
            answer = endpoint(**values)
            db.flush()
            request.state.is_ending = True
            transaction.commit()
        except Refusal as refusal:
            _roll_back(transaction)
            refused = refusal
        except BaseException:
            _roll_back(transaction)
            raise
    # Its page may ask the database once more, and gets no second connection while one is held.
    return answer if refused is None else request.app.state.refuse(request, refused)


def _engine(engines: Engines, side: Side) -> Engine:
    return engines.read if side == "read" else engines.write


def _roll_back(transaction: RootTransaction) -> None:
    # A session whose flush failed has rolled back already.
    if transaction.is_active:
        transaction.rollback()
