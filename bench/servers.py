"""Servers: what is measured, each in a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from app.settings import ROOT
from bench.accounting import cpu_of, memory_of

HOST = "127.0.0.1"
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Server:
    """A running server and the process that its children hang on."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def cpu(self) -> float:
        """CPU seconds used since its start."""
        return cpu_of(self.process.pid)

    def memory(self) -> int:
        """Bytes of memory it holds."""
        return memory_of(self.process.pid)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start_app(folder: Path, database_url: str, *, threads: int, works: bool = True) -> Server:
    """Start the real server, one process, as `bin/serve` does, with all settings but these unset.

    Unless it `works`, jobs wait for a worker that somebody else starts.
    """
    settings = {
        "DATABASE_URL": database_url,
        "CAPACITA_STORAGE": str(folder),
        "CAPACITA_THREADS": str(threads),
        "CAPACITA_IN_PROCESS_WORKER": str(works).lower(),
    }
    port = free_port()
    command = ["app", "serve", "--host", HOST, "--port", str(port)]
    return _start(command, port, folder / "server.log", settings)


def start_yardstick(folder: Path, name: str, size: int = 0) -> Server:
    """Start the calibrator, or the floor with a page of so many bytes."""
    port = free_port()
    command = ["bench.yardsticks", name, str(port), str(size)]
    return _start(command, port, folder / f"{name}.log", {})


def _start(command: list[str], port: int, log: Path, settings: Mapping[str, str]) -> Server:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CAPACITA_") and name != "DATABASE_URL"
    }
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=ROOT,
            env=kept | {"PYTHONPATH": str(ROOT)} | dict(settings),
        )
    server = Server(port, process, log)
    _wait(server)
    return server


def _wait(server: Server) -> None:
    """Wait for the first answer; a socket that listens is not yet a server that serves."""
    end = time.monotonic() + SECONDS_TO_START
    while server.process.poll() is None and time.monotonic() < end:
        connection = HTTPConnection(HOST, server.port, timeout=SECONDS_TO_START)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    server.stop()
    raise RuntimeError(f"The server did not start:\n{server.log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
