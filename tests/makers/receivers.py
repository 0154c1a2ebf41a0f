"""A receiver of webhooks: a real HTTP server on 127.0.0.1 that keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import NamedTuple


class Received(NamedTuple):
    """A message as it came in: where to, with which headers, and its bytes."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers each message with the next of its statuses, the last one over and over."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/hook?from=capacita"
        self.statuses = [200]
        self.came: list[Received] = []


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.came.append(Received(self.path, headers, body))
            many = len(receiver.statuses) > 1
            status = receiver.statuses.pop(0) if many else receiver.statuses[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def dripping(pause: float = 0.05) -> Iterator[str]:
    """A server that never ends its headers: a byte, a pause, a byte; its address."""
    is_over = threading.Event()

    class Dripper(BaseRequestHandler):
        def handle(self) -> None:
            try:
                self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not is_over.wait(pause):
                    self.request.sendall(b"a")
            except OSError:
                return

    server = ThreadingTCPServer(("127.0.0.1", 0), Dripper)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    finally:
        is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
