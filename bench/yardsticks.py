"""Yardsticks: the least that this server stack can do, measured in the same run as the pages.

`python -m bench.yardsticks NAME PORT BYTES` serves one of them the way the real server is served.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def calibrator(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """A bare ASGI "hello": no framework, no thread, no database."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def floor(size: int) -> FastAPI:
    """A FastAPI route, a plain function as all of ours are, that answers a constant page."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    line = "<p>The longer the line, the longer the course.</p>\n"
    content = (line * (size // len(line) + 1))[:size]

    @app.get("/", response_model=None)
    def show_constant() -> Response:
        return Response(content, media_type="text/html; charset=utf-8")

    return app


def main() -> None:
    name, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    app: Any = calibrator if name == "calibrator" else floor(size)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
