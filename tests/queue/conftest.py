"""Mail servers of the tests' own, on free ports of this machine."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Postbox:
    """Keeps what a mail server was given, and refuses every address when told how."""

    def __init__(self, refuse: str = "") -> None:
        self.refuse = refuse
        self.letters = []
        self.encrypted = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's own name
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's own name
        self.letters.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


@pytest.fixture
def served() -> Iterator[Callable[..., int]]:
    """Starts a mail server around a postbox, answers its port, and stops it in the end."""
    started = []

    def serve(postbox: Postbox, **options: Any) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        started.append(controller)
        return port

    yield serve
    for controller in started:
        controller.stop()


@pytest.fixture
def refusing(served: Callable[..., int]) -> str:
    """The address of a mail server that knows no mailbox."""
    return f"smtp://127.0.0.1:{served(Postbox(refuse='550 5.1.1 no such mailbox'))}"
