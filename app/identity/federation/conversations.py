"""Conversations: what is asked of a provider by HTTP, within a time and a size, outside of any turn."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from functools import cache
from threading import BoundedSemaphore
from typing import Any, NamedTuple

import httpx

from app.foundation.errors import Refusal
from app.i18n.marking import N_

SECONDS = 8  # for a question and its answer in all, however slowly the provider speaks
MOST_BYTES = 262_144
AT_ONCE = 16  # conversations of a process: a provider that hangs holds no more threads than these
_slots = BoundedSemaphore(AT_ONCE)


class ProviderAway(Refusal):
    """The provider does not answer, or not in a way that can be understood."""

    status = 503
    says = N_("%(provider)s cannot be reached now, so nobody can sign in by it.")
    mend = N_("Try again in a few minutes, or sign in here with your password.")


class Answer(NamedTuple):
    """What a provider answered: a status, and JSON."""

    status: int
    told: Any


class Question(NamedTuple):
    """What is asked: GET without `form`, else POST; `who` are name and secret of the client."""

    address: str
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = {}
    who: tuple[str, str] | None = None


def ask(question: Question, provider: str) -> Answer:
    """Ask, and read the answer as JSON; raises ProviderAway, naming the provider as people know it."""
    if not _slots.acquire(blocking=False):
        raise ProviderAway(provider=provider)
    try:
        return asyncio.run(_ask(question))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, RecursionError):
        raise ProviderAway(provider=provider) from None
    finally:
        _slots.release()


async def _ask(question: Question) -> Answer:
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(
            verify=_trusted(), timeout=SECONDS, trust_env=False, follow_redirects=False
        ) as client,
        client.stream(
            "GET" if question.form is None else "POST",
            question.address,
            data=question.form,
            headers={"Accept": "application/json", **question.headers},
            auth=question.who,
        ) as answer,
    ):
        body = b""
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise ValueError("too large")
        return Answer(answer.status_code, json.loads(body))


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that browsers trust, and those of this machine: an institution has its own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
