"""Answers of the API: JSON with its tag and links, and problems as RFC 9457 has them."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.i18n.refusals import said
from app.interop.api.refusals import RequestFaulty, RequestsTooMany, TokenNeeded
from app.interop.buckets import WINDOW, Left
from app.web.pages import PRIVATE

ROOT = "/api/v1"
JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass(frozen=True)
class Told:
    """What an operation answers: a value, and where it lives if it is new; or a page of a list."""

    value: BaseModel | None
    status: int = 200
    location: str = ""
    next_cursor: str = ""
    is_tagged: bool = False


def is_api(request: Request) -> bool:
    """Whether a program asks, which is told of refusals as problems."""
    path: str = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return path.startswith(f"{ROOT}/")


def tag_of(value: BaseModel) -> str:
    """The entity tag of a representation: another as soon as anything in it is."""
    return f'"{hashlib.sha256(value.model_dump_json().encode()).hexdigest()[:32]}"'


def answer_of(request: Request, told: Told) -> Response:
    """The answer to a call that did its work; 304 where the tag is the one that is known."""
    headers = PRIVATE | _limits(request)
    if told.value is None:
        return Response(None, 204, headers)
    body = told.value.model_dump_json().encode()
    if told.location:
        headers["Location"] = told.location
    if told.next_cursor:
        headers["Link"] = f'<{next_of(request, told.next_cursor)}>; rel="next"'
    if told.is_tagged:
        headers["ETag"] = tag_of(told.value)
        if request.method == "GET" and headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(None, 304, headers)
    return Response(body, told.status, headers, JSON)


def next_of(request: Request, cursor: str) -> str:
    """The whole address of the next page of a list."""
    asked = {**request.query_params, "cursor": cursor}
    path = request.url.path
    return f"{request.app.state.settings.public_url}{path}?{urlencode(asked)}"


def problem_of(request: Request, refusal: Refusal, incident: str = "") -> Response:
    """A refusal as a problem (RFC 9457), in the language that the program accepts."""
    language = request.scope["language"]
    says, mend = said(refusal, language)
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(refusal).__name__).lower()
    told: dict[str, Any] = {
        "type": f"{request.app.state.settings.public_url}/api#problems",
        "title": says,
        "status": refusal.status,
        "code": code,
        "instance": request.scope["path"],
    }
    if mend:
        told["detail"] = mend
    if incident:
        told["incident"] = incident
    if isinstance(refusal, RequestFaulty):
        gettext = translations_for(language).gettext
        told["errors"] = [
            {"where": each.where, "says": gettext(each.says) % each.values}
            for each in refusal.faults
        ]
    headers = PRIVATE | _limits(request) | {"Content-Language": language}
    if isinstance(refusal, TokenNeeded):
        headers["WWW-Authenticate"] = 'Bearer realm="capacita"'
    if isinstance(refusal, RequestsTooMany):
        headers["Retry-After"] = str(refusal.values["seconds"])
    return Response(json.dumps(told, ensure_ascii=False), refusal.status, headers, PROBLEM)


def _limits(request: Request) -> dict[str, str]:
    """How many requests are left, as the IETF's draft of RateLimit fields says it."""
    left: Left | None = getattr(request.state, "requests_left", None)
    if left is None:
        return {}
    return {
        "RateLimit-Policy": f'"token";q={left.most};w={WINDOW}',
        "RateLimit": f'"token";r={left.left};t={left.full_in}',
    }
