"""Poolers: a PgBouncer of the tests' own, that lends a server's connection for one transaction."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.operations.running import free_port

SECONDS = 20
LENT = 2  # connections of the server, for all who come
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))


def pooler_program() -> str | None:
    """Where PgBouncer is; the package `pgbouncer` of Debian brings it."""
    return shutil.which("pgbouncer", path=PLACES)


@contextmanager
def pooler(program: str, address: str) -> Iterator[str]:
    """The address of a database behind a pooler of transactions, with fewer connections than users."""
    url, port = make_url(address), free_port()
    folder = Path(tempfile.mkdtemp(prefix="capacita-pgbouncer-"))
    folder.chmod(0o755)  # it refuses to run for root, and reads its file as whom it becomes
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={url.host} port={url.port} user={url.username}"
        f" password={url.password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {LENT}\nmax_client_conn = 200\n"
        "unix_socket_dir =\n"
    )
    user = pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(
            [program, str(folder / "pgbouncer.ini")], stdout=log, stderr=log, user=user
        )
    try:
        behind = url.set(port=port)
        _wait(behind.set(drivername="postgresql").render_as_string(hide_password=False), process)
        yield behind.update_query_dict({"pooler": "transaction"}).render_as_string(
            hide_password=False
        )
    finally:
        process.terminate()
        process.wait(SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("PgBouncer does not answer")
