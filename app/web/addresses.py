"""Addresses: the language stands first; routes know nothing of it, and links are right anyway."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.i18n.languages import preferred

LANGUAGE_COOKIE = "language"
_API = re.compile(r"/api/v[0-9]+/")
WITHOUT_LANGUAGE = (
    "/static/",
    "/health/",
    "/verify",
    "/favicon",
    "/robots.txt",
    "/sitemap.xml",
    "/api/",
    "/sign-in/return/",
    "/sign-out/by/",
    "/data/",
)


class LanguagePrefix:
    """Takes the language off the path (`/en/courses` becomes root `/en`, route `/courses`).

    A page asked for without a language is sent to the one the browser prefers; what WITHOUT_LANGUAGE
    lists answers as it is, in the preferred language.
    """

    def __init__(self, app: ASGIApp, codes: tuple[str, ...]) -> None:
        self.app = app
        self.codes = codes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if "\x00" in path or b"%00" in scope["query_string"]:
            # No address of ours holds it, and PostgreSQL takes no text with it: no such page.
            api = _API.match(path)
            path = scope["path"] = f"{api[0] if api else f'/{self._preferred(scope)}/'}-"
            scope["query_string"] = b""
        code = path[1:].split("/", 1)[0]
        if code in self.codes:
            scope["language"] = code
            scope["root_path"] = f"/{code}"
            if path == f"/{code}":
                scope["path"] = f"/{code}/"
            await self.app(scope, receive, send)
            return
        scope["language"] = self._preferred(scope)
        if path == "/" or not path.startswith(WITHOUT_LANGUAGE):
            await self._to_language(scope)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _preferred(self, scope: Scope) -> str:
        request = Request(scope)
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen in self.codes:
            return chosen
        return preferred(request.headers.get("accept-language", ""), self.codes)

    def _to_language(self, scope: Scope) -> RedirectResponse:
        query = scope["query_string"].decode("latin-1")
        target = f"/{scope['language']}{quote(scope['path'])}" + (f"?{query}" if query else "")
        status = 302 if scope["method"] in {"GET", "HEAD"} else 307
        headers = {"Vary": "Accept-Language, Cookie", "Cache-Control": "private, no-cache"}
        return RedirectResponse(target, status, headers=headers)


class Addresses:
    """The path of every route by its name, without the language."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        self._formats = {name: _as_format(path) for name, path in routes.items()}

    def path(self, name: str, **values: Any) -> str:
        """The path of a route, its values quoted; an unknown name is a KeyError."""
        return self._formats[name].format(
            **{key: _quoted(str(each)) for key, each in values.items()}
        )

    def names(self) -> frozenset[str]:
        return frozenset(self._formats)


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote(value, safe="")


def _as_format(path: str) -> str:
    return path.replace(":path}", "}")


def own_path(target: str, fallback: str) -> str:
    """The target if it is a path of this site, else the fallback; what `next` may hold."""
    plain = target.strip()
    safe = (
        plain.startswith("/")
        and not plain.startswith(("//", "/\\"))
        and "\\" not in plain
        and all(" " < letter < "\x7f" for letter in plain)
    )
    return plain if safe else fallback
