"""Refusing: how a refusal, an unknown address or a fault of ours is answered."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.catalogue.audiences import CourseUnknown, courses_for
from app.catalogue.cards import cards_of
from app.catalogue.finding.near_courses import near_courses
from app.foundation.errors import NotFound, Refusal
from app.foundation.outages import has_no_room, is_away
from app.identity.access import SignInNeeded, visitor_of
from app.interop.api.answers import is_api, problem_of
from app.interop.api.refusals import OperationUnknown
from app.web.pages import path_of, refusal_page, to_path, wants_json
from app.web.refusals import DatabaseAway, MethodUnknown, NoRoom, PageUnknown, Unforeseen
from app.web.security import headers_of

UNAVAILABLE, SECONDS_AWAY = 503, 60


def refuse(request: Request, refusal: Refusal) -> Response:
    """The answer to a refusal, in the same turn: its page, or the way to sign in and back.

    A program that asks the API is told a problem.
    """
    if is_api(request):
        return problem_of(request, refusal)
    if isinstance(refusal, SignInNeeded) and not wants_json(request):
        back = _page_left(request)
        query = f"?{urlencode({'next': back})}" if back else ""
        return to_path(path_of(request, "new_sign_in") + query)
    is_course = isinstance(refusal, CourseUnknown)
    if hasattr(request.state, "visitor") and not is_course:
        return refusal_page(request, refusal)
    with request.app.state.engines.reading() as db:
        if not hasattr(request.state, "visitor"):
            visitor_of(request, db)
        meant = _meant(request, db) if is_course else ()
    return refusal_page(request, refusal, meant)


def apologise(request: Request, fault: Exception) -> Response:
    """The answer to a fault of ours or an outage: its number in the log, nothing from the database.

    It leaves outside of the middleware, so it takes the headers of an answer along itself.
    """
    if not hasattr(request.state, "visitor"):
        request.state.visitor = None
    incident, refusal = request.state.request_id, _refusal_of(fault)
    if is_api(request):
        answer = problem_of(request, refusal, incident)
    else:
        answer = refusal_page(request, refusal, incident=incident)
    secure = request.app.state.settings.is_secure
    answer.headers.update(dict(headers_of(secure=secure)) | {"X-Request-ID": incident})
    if refusal.status == UNAVAILABLE:
        answer.headers["Retry-After"] = str(SECONDS_AWAY)
    return answer


def _refusal_of(fault: Exception) -> Refusal:
    if has_no_room(fault):
        return NoRoom()
    return DatabaseAway() if is_away(fault) else Unforeseen()


def _meant(request: Request, db: Session) -> list[tuple[str, str]]:
    """Titles and paths of the courses that are most like the one asked for."""
    visitor, language = request.state.visitor, request.scope["language"]
    cards = cards_of(db, courses_for(db, visitor.id if visitor else None), language)
    near = near_courses(cards, request.path_params["slug"], language)
    return [(card.title.html, path_of(request, "show_course", slug=card.slug)) for card in near]


def _page_left(request: Request) -> str:
    """The page that was asked for, or the one on which the form stood; "" where there is none."""
    if request.method in {"GET", "HEAD"}:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    path = request.scope["path"]
    return quote(path) if _is_page(request, path) else _page_above(request)


def _page_above(request: Request) -> str:
    """The nearest page above an address that takes forms alone, for whoever looks at it; else "".

    A faulty form comes back under such an address: its links to other languages lead there, and
    so does its choice of a display.
    """
    root = request.scope.get("root_path", "")
    path = request.scope["path"].removeprefix(root)
    while path := path.rpartition("/")[0]:
        if _is_page(request, root + path):
            return quote(root + path)
    return ""


def _is_page(request: Request, path: str) -> bool:
    root = request.scope.get("root_path", "")
    asked = {"type": "http", "method": "GET", "path": path, "root_path": root}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


def _methods(request: Request) -> str:
    """Every method that an address takes (RFC 9110, 15.5.6): each has a route of its own here."""
    found = (each for each in request.app.routes if each.matches(request.scope)[0] is Match.PARTIAL)
    return ", ".join(sorted({method for route in found for method in route.methods}))


async def _refuse_aside(request: Request, refusal: Refusal) -> Response:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.app.state.threads, refuse, request, refusal)


def handlers() -> dict[int | type[Exception], Callable[..., Any]]:
    async def on_http(request: Request, fault: StarletteHTTPException) -> Response:
        is_lost = fault.status_code == 404
        is_looked_at = request.method in {"GET", "HEAD"} and not wants_json(request)
        above = _page_above(request) if is_looked_at and not (is_lost or is_api(request)) else ""
        if above:
            return to_path(above)
        wrong_method = OperationUnknown() if is_api(request) else MethodUnknown()
        answer = await _refuse_aside(request, PageUnknown() if is_lost else wrong_method)
        answer.headers.update(fault.headers or {})
        if not is_lost:
            answer.headers["Allow"] = _methods(request)
        return answer

    async def on_validation(request: Request, _fault: RequestValidationError) -> Response:
        return await _refuse_aside(request, PageUnknown())

    async def on_fault(request: Request, fault: Exception) -> Response:
        return apologise(request, fault)

    return {
        StarletteHTTPException: on_http,
        RequestValidationError: on_validation,
        Refusal: _refuse_aside,
        NotFound: _refuse_aside,
        Exception: on_fault,
    }
