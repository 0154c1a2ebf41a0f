"""Providers of OpenID Connect: one in software that lies as told, and a real one, both on 127.0.0.1."""

import base64
import hashlib
import json
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key

from app.settings.providers import Provider

PROGRAM = Path(__file__).with_name("provider.mjs")
SECRET = "a secret of two"


class Issuer:
    """Answers for a provider; `claims`, `told` and `statuses` may be set to what none would say."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.key = ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})
        self.metadata: dict[str, Any] = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/me",
            "end_session_endpoint": f"{self.address}/end",
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
        }
        self.keys: list[Any] = [self.key.as_dict(private=False)]
        self.person: dict[str, Any] = {"sub": "n-1", "name": "Nadia Benali"}
        self.claims: dict[str, Any] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.question: dict[str, str] = {}
        self.id_token = ""

    def provider(self, **more: Any) -> Provider:
        told = {"key": "interior", "issuer": self.address, "client_id": "capacita"}
        return Provider(**{**told, "client_secret": SECRET, "label": "Ministry", **more})

    def token(
        self, nonce: str | None, key: Key | None = None, header: Any = None, /, **claims: Any
    ) -> str:
        """An ID token as it should be, but for what is given; a claim that is None is left out."""
        now = int(time.time())
        honest = {
            "iss": self.address, "aud": "capacita", "sub": self.person["sub"], "nonce": nonce,
            "iat": now, "exp": now + 300, "auth_time": now,
        }  # fmt: skip
        told = {name: value for name, value in (honest | claims).items() if value is not None}
        head = {"alg": "ES256", "kid": "first"} | (header or {})
        with warnings.catch_warnings():
            # "EdDSA" is the older name of an algorithm, which providers still write.
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(head, told, key or self.key, algorithms=[head["alg"]])

    def logout_token(self, key: Key | None = None, header: Any = None, /, **claims: Any) -> str:
        """A logout token as it should be, but for what is given; None leaves a claim out."""
        honest = {
            "jti": uuid4().hex, "auth_time": None, "nonce": None,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }  # fmt: skip
        told = honest | claims
        return self.token(told.pop("nonce"), key, {"typ": "logout+jwt"} | (header or {}), **told)

    def answer(self, path: str, form: dict[str, str], headers: Any) -> tuple[int, Any]:
        self.asked.append(path)
        if path in self.statuses:
            return self.statuses[path], {"error": "invalid_grant"}
        if path == "/.well-known/openid-configuration":
            return 200, self.metadata
        if path == "/keys":
            return 200, {"keys": self.keys}
        if path == "/me":
            return 200, self.person
        return self._tokens(form, headers)

    def _tokens(self, form: dict[str, str], headers: Any) -> tuple[int, Any]:
        """Only for the client's secret, for the code's own verifier and return address."""
        who = base64.b64encode(f"capacita:{SECRET.replace(' ', '+')}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_right = headers["Authorization"] == f"Basic {who}" and form["code"] == "c0de"
        is_own = form["redirect_uri"] == self.question["redirect_uri"]
        if not (is_right and is_own and challenge == self.question["code_challenge"]):
            return 400, {"error": "invalid_grant"}
        token = self.id_token or self.token(self.question["nonce"], **self.claims)
        return 200, {"id_token": token, "access_token": "open", "token_type": "Bearer"}


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(dict(parse_qsl(body)))

        def _answer(self, form: dict[str, str]) -> None:
            status, told = issuer.answer(self.path, form, self.headers)
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def real_provider(public_url: str) -> Iterator[str]:
    """The provider of the package oidc-provider, which knows this site; its issuer."""
    program = shutil.which("node") or shutil.which("nodejs")
    assert program is not None, "bin/test installs node with npm"
    told = [
        program, str(PROGRAM), f"{public_url}/sign-in/return/interior", f"{public_url}/",
        f"{public_url}/sign-out/by/interior",
    ]  # fmt: skip
    with subprocess.Popen(
        told, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            issuer = process.stdout.readline().strip()
            assert issuer, "the provider does not start"
            yield issuer
        finally:
            process.kill()


def question_in(address: str) -> dict[str, str]:
    """What an address asks, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
