"""Scanners: files looked at by clamd before anything of them is kept (its INSTREAM command)."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

SECONDS = 60
PIECE = 1 << 16
_CLEAN, _FOUND = "OK", " FOUND"


class HarmFound(Exception):
    """The scanner knows the file as harmful; the message is the name of the signature."""


class ScannerAway(Exception):
    """The scanner does not answer, or not clearly, so that nothing may be let through."""


def refuse_harm(address: str, stream: IO[bytes]) -> None:
    """Have the whole stream scanned, and set it back to its start.

    Raises HarmFound, or ScannerAway for whatever else hinders the scan. The address is a path of
    a socket, or host:port.
    """
    stream.seek(0)
    said = _asked(address, _pieces(stream))
    stream.seek(0)
    verdict = said.removeprefix("stream: ")
    if verdict.endswith(_FOUND):
        raise HarmFound(verdict.removesuffix(_FOUND))
    if verdict != _CLEAN:
        raise ScannerAway


def is_awake(address: str) -> bool:
    """Whether clamd answers at this address."""
    try:
        with _line(address) as line:
            line.sendall(b"zPING\0")
            return line.recv(PIECE).strip(b"\0\n") == b"PONG"
    except (OSError, ValueError):
        return False


def _asked(address: str, pieces: Iterator[bytes]) -> str:
    answer = b""
    try:
        with _line(address) as line:
            _send(line, pieces)
            while piece := line.recv(PIECE):
                answer += piece
    except (OSError, ValueError):
        raise ScannerAway from None
    return answer.decode(errors="replace").strip("\0\n")


def _send(line: socket.socket, pieces: Iterator[bytes]) -> None:
    """Send all; clamd may hang up early, with its reason left to be read."""
    try:
        line.sendall(b"zINSTREAM\0")
        for piece in pieces:
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


@contextmanager
def _line(address: str) -> Iterator[socket.socket]:
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(SECONDS)
            line.connect(address)
            yield line
        return
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), SECONDS) as line:
        yield line
