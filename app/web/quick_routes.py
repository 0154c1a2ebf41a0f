"""Quick routes: what looks at little of an address before it knows, and solves nothing it need not."""

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send


class QuickRoute(APIRoute):
    """A route that looks at how an address begins, and at its length, before all of it.

    Routing asks hundreds of routes one after another, and each would hold a pattern against it.
    """

    @cached_property
    def shape(self) -> tuple[int, str]:
        """The number of parts, 0 where it is open, and the first part, "{" where it is a name."""
        first = self.path.split("/", 2)[1]
        parts = 0 if ":path}" in self.path else self.path.count("/")
        return parts, "{" if "{" in first else first

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        asked = scope.get("capacita.shape")
        if asked is None:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            asked = scope["capacita.shape"] = path.count("/"), path.lstrip("/").split("/", 1)[0]
        parts, first = self.shape
        if (first != asked[1] and first != "{") or (parts != asked[0] and parts):
            return Match.NONE, {}
        return super().matches(scope)


class StraightRoute(QuickRoute):
    """A route that takes parts of its path as they stand: FastAPI has nothing to solve for it.

    So nothing has to be put away after its answer either, and the answer goes out at once.
    """

    @cached_property
    def asked(self) -> list[str]:
        """The parts that its endpoint takes, behind the request."""
        _request, *asked = inspect.signature(self.endpoint).parameters
        return asked

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # which refuses it
            return
        request = Request(scope, receive, send)
        parts = request.path_params
        answer = await self.endpoint(request, **{name: parts[name] for name in self.asked})
        await answer(scope, receive, send)


def takes_parts_alone(turn: Callable[..., Any], path: str) -> bool:
    """Whether a turn asks for nothing but parts of its path, as text."""
    _request, *asked = inspect.signature(turn).parameters.values()
    return all(each.annotation is str and f"{{{each.name}" in path for each in asked)
