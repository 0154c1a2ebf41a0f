"""Makers of tokens, and a program that asks the API with one."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy.orm import Session

from app.foundation import clock
from app.identity.institutions import Institution
from app.identity.users import User
from app.interop.scopes import SCOPES
from app.interop.tokens import make_token
from tests.browser import Browser

ROOT = "/api/v1"


def make_api_token(
    db: Session, maker: User, unit: Institution, scopes: tuple[str, ...] = tuple(SCOPES),
    sign_in: bytes | None = None,
) -> str:  # fmt: skip
    """A token of the maker for the institution's tree, committed, for ten days."""
    last_day = clock.now().date() + timedelta(days=10)
    token = make_token(db, maker.id, unit.id, "Personnel system", scopes, last_day, sign_in)
    db.commit()
    return token


class Program:
    """A program that asks with a token; it has no cookies and sends no origin."""

    def __init__(self, browser: Browser, token: str = "") -> None:
        self.browser = browser
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = self.headers | options.pop("headers", {})
        client = self.browser.client
        return self.browser.portal.call(
            lambda: client.request(method, ROOT + path, headers=headers, **options)
        )

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, told: dict[str, Any], **options: Any) -> httpx.Response:
        return self.ask("POST", path, json=told, **options)
