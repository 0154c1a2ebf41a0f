"""Health: whether this process lives, and whether it can serve; for balancers, without a turn."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.foundation.readiness import Unready, check_database, check_storage

SECONDS = 5
WELL = "well"
NEVER_KEPT = {"Cache-Control": "no-store"}


def health_routes() -> list[Route]:
    """Two addresses that say nothing of anybody."""
    return [
        Route("/health/live", show_life, name="show_life"),
        Route("/health/ready", show_readiness, name="show_readiness"),
    ]


async def show_life(_request: Request) -> Response:
    """The process answers; the database is not asked, so that its loss restarts nobody."""
    return PlainTextResponse("alive\n", headers=NEVER_KEPT)


async def show_readiness(request: Request) -> Response:
    """200 when a request would be served, else 503 and which part is at fault."""
    state = request.app.state
    found = {
        "database": await _found(state, lambda: check_database(state.engines)),
        "storage": await _found(state, lambda: check_storage(state.settings.storage)),
    }
    status = 200 if set(found.values()) == {WELL} else 503
    return JSONResponse(found, status, headers=NEVER_KEPT)


async def _found(state: Any, check: Callable[[], None]) -> str:
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(loop.run_in_executor(state.threads, check), SECONDS)
    except Unready as fault:
        return fault.says
    except TimeoutError:
        return f"no answer within {SECONDS} seconds"
    return WELL
