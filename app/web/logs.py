"""Logs: one JSON object a line; what was asked and how it went, never who or with what words."""

import json
import logging
import random
import sys
import time
import traceback
from functools import lru_cache
from types import TracebackType
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import ROOT

log = logging.getLogger("capacita.requests")
LONGEST = 500
FRAMES = 20
FAULTY = 500
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
# Encoders and clocks are made once: a line costs what a small query costs.
encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
QUIET = frozenset({"show_life", "show_readiness", "assets"})


class JsonLines(logging.Formatter):
    """A record as one JSON object: time, level, event, and the fields it was given.

    A fault is told by its type and its places in the code: its words may hold what people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage()[:LONGEST],
        }
        if not record.name.startswith("capacita"):
            line["logger"] = record.name
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line |= _told(record.exc_info[0], record.exc_info[2])
        return encode(line)


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def _told(kind: type[BaseException], trace: TracebackType | None) -> dict[str, Any]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    places = [
        f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return {"fault": f"{kind.__module__}.{kind.__qualname__}", "places": places}


def logging_to_stderr(level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, here and in every worker process."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "app.web.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": level, "handlers": ["stderr"]},
        # Alembic chatters; the HTTP client would write whole addresses, query included.
        "loggers": {name: {"level": "WARNING"} for name in ("alembic", "httpx", "httpcore")},
    }


class RequestLog:
    """Writes a line for each answer, and gives it an id that the answer carries too.

    The id stands in `request.state.request_id`; a line holds the route's name, not its address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        # No secret; and to ask the system for chance would hand Python's lock to another thread.
        request_id = f"{random.getrandbits(64):016x}"
        scope.setdefault("state", {})["request_id"] = request_id
        header = (b"x-request-id", request_id.encode())
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            _write(scope, status, milliseconds, request_id, sys.exc_info())


def _write(
    scope: Scope, status: int, milliseconds: float, request_id: str, fault: ExceptionInfo
) -> None:
    route = route_name(scope)
    level = logging.DEBUG if route in QUIET else logging.INFO
    level = logging.ERROR if status >= FAULTY else level
    if not log.isEnabledFor(level):
        return
    fields = {
        "route": route,
        "method": method_name(scope),
        "status": status,
        "ms": round(milliseconds, 1),
        "request_id": request_id,
    }
    # Built by hand: finding the caller's line would cost more than all the rest.
    record = logging.LogRecord(log.name, level, "", 0, "request", None, fault if fault[0] else None)
    vars(record)["fields"] = fields
    log.handle(record)


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_name(scope: Scope) -> str:
    """The request's method, or `other` for what no browser sends: methods are free text."""
    return scope["method"] if scope["method"] in METHODS else "other"


def route_name(scope: Scope) -> str:
    """The name of the route that took the request; `none` when none did."""
    endpoint = scope.get("endpoint")
    name = getattr(scope.get("route"), "name", None) or getattr(endpoint, "__name__", None)
    if name:
        return str(name)
    return "none" if endpoint is None else type(endpoint).__name__.lower()
