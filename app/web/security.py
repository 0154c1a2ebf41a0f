"""Security: the headers every answer carries; deny what no page of ours needs."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def headers_of(*, secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers of every answer; `secure` where people come by https."""
    return (*HEADERS, STRICT_TRANSPORT) if secure else HEADERS


class SecurityHeaders:
    """Adds the headers to every answer; an answer that brings its own policy keeps it."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        pairs = headers_of(secure=secure)
        self.headers = [(name.lower().encode(), value.encode()) for name, value in pairs]
        self.names = {name for name, _value in self.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                own = self.names.intersection(name for name, _value in given)
                message["headers"] = [
                    *given,
                    *(pair for pair in self.headers if pair[0] not in own),
                ]
            await send(message)

        await self.app(scope, receive, send_with_headers)
