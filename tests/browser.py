"""A browser for tests: keeps cookies, sends what real browsers send, speaks to the app itself."""

import re
from html import unescape
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI

from app.identity.access import cookie_name
from app.identity.sign_ins import open_sign_in
from app.identity.users import User

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One person's browser; `as_` gives another one in which that person is signed in.

    A fault of ours `fails` the test, unless its page is what the test is about.
    """

    def __init__(self, app: FastAPI, portal: BlockingPortal, *, fails: bool = True) -> None:
        self.app = app
        self.portal = portal
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=fails),
            base_url=app.state.settings.public_url,
            timeout=30,
        )
        self.others: list[Browser] = []

    def as_(self, user: User, *, fails: bool = True) -> "Browser":
        """Another browser, in which this person is signed in; commit them before."""
        with self.app.state.engines.writing() as db:
            token = open_sign_in(db, user.id)
        other = Browser(self.app, self.portal, fails=fails)
        other.client.cookies.set(cookie_name(secure=self.app.state.settings.is_secure), token)
        self.others.append(other)
        return other

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.portal.call(lambda: self.client.get(path, **options))

    def post(
        self, path: str, fields: dict[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        headers = {**OWN_PAGE, **options.pop("headers", {})}
        if "content" not in options:
            options["content"] = urlencode(fields or {}, doseq=True)
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.portal.call(lambda: self.client.post(path, headers=headers, **options))

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where a redirect points, until a page answers."""
        while answer.is_redirect:
            answer = self.get(answer.headers["location"])
        return answer

    def close(self) -> None:
        for other in self.others:
            other.close()
        self.portal.call(self.client.aclose)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def text_of(answer: httpx.Response) -> str:
    """What a reader sees of a page: no tags, entities read, white space collapsed."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare))).strip()


def may_turn(answer: httpx.Response) -> bool:
    """Whether a page leads to itself in another language or another display."""
    return " hreflang=" in answer.text or '/display"' in answer.text
