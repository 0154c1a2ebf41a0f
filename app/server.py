"""The server: one listening socket, as many web processes as asked, and the way to a ready start."""

import errno
import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import click
import uvicorn
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError
from uvicorn.supervisors import Multiprocess

from app.foundation.database import Engines, open_engines
from app.foundation.migrations import head, revision_of, upgrade
from app.foundation.readiness import Unready, first_line, make_folders
from app.identity.demo import make_demo
from app.queue.jobs import tally
from app.settings import Settings, variable_of
from app.web.logs import logging_to_stderr

BACKLOG = 2048
SECONDS_TO_FINISH = 30
ONLY_HERE = "127.0.0.1"
IN_WORDS = {
    errno.EADDRINUSE: "is taken; stop what listens there, or choose another with --port",
    errno.EACCES: "may not be used by this user; choose one above 1023 with --port",
    errno.EADDRNOTAVAIL: "is no address of this machine; choose another with --host",
}


def serve_command(publish: click.Command) -> click.Command:
    """The `serve` command; how courses are published comes from whoever gathers the commands."""

    @click.command("serve")
    @click.option("--host", help="Address to listen on.")
    @click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
    @click.option("--workers", type=click.IntRange(1, 64), help="Web processes.")
    @click.option("--prepare", is_flag=True, help="Migrate and publish the courses first.")
    @click.option("--no-demo", is_flag=True, help="With --prepare: make no demo people.")
    @click.pass_context
    def serve(
        context: click.Context,
        *,
        host: str | None,
        port: int | None,
        workers: int | None,
        prepare: bool,
        no_demo: bool,
    ) -> None:
        """Serve the platform to browsers.

        With --prepare, a new SQLite database that only this machine reaches is given two demo
        people, whose passwords are shown once.
        """
        settings = _effective(context.obj, {"host": host, "port": port, "workers": workers})
        listening = listen(settings.host, settings.port)
        if prepare:
            is_new = migrate_database(settings) is None
            if is_new and not no_demo:
                show_demo(settings)
            context.invoke(publish, slugs=(), folder=None)
        click.echo(f"Capacita is served on {settings.public_url} (stop it with Ctrl+C).")
        run(settings, listening)

    return serve


def show_demo(settings: Settings) -> None:
    """Make demo people where nobody else can reach them, and show their passwords this once."""
    if not settings.is_embedded or settings.host != ONLY_HERE:
        return
    with opened(settings) as engines:
        people = make_demo(engines)
    click.echo("Two people to try it with; their passwords are shown only now:")
    for label, email, password in people:
        click.echo(f"  {label}: {email}  {password}")


def _effective(settings: Settings, given: dict[str, object]) -> Settings:
    """The settings with what the command line says; worker processes read them as variables."""
    changed = {name: value for name, value in given.items() if value is not None}
    if variable_of("public_url") not in os.environ:
        host, port = changed.get("host", settings.host), changed.get("port", settings.port)
        changed["public_url"] = f"http://{_as_seen(str(host))}:{port}"
    os.environ.update({variable_of(name): str(value) for name, value in changed.items()})
    return settings.model_copy(update=changed)


def _as_seen(host: str) -> str:
    """The host as a browser on this machine writes it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return ONLY_HERE
    return f"[{host}]" if address.version == 6 else host


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is done; a port that cannot be had is said in words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as fault:
        listening.close()
        words = IN_WORDS.get(fault.errno or 0, f"cannot be used: {fault.strerror}")
        raise click.ClickException(f"Port {port} on {host} {words}.") from None
    listening.set_inheritable(True)
    return listening


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to the revision that this version needs."""
    before = migrate_database(settings)
    click.echo(f"The database is at {head()}" + (" already." if before == head() else "."))


def migrate_database(settings: Settings) -> str | None:
    """Upgrade in one transaction; answers the revision before, None if there was none."""
    try:
        make_folders(settings)
        with opened(settings) as engines, engines.write.begin() as connection:
            before = revision_of(connection)
            if before != head():
                upgrade(connection)
    except Unready as fault:
        raise click.ClickException(f"{fault}.") from None
    except SQLAlchemyError as fault:
        said = first_line(fault)
        if settings.is_embedded:
            said += f": {make_url(settings.database_url).database}"
        raise click.ClickException(f"The database cannot be migrated: {said}") from None
    return before


@contextmanager
def opened(settings: Settings) -> Iterator[Engines]:
    """The database for one command."""
    engines = open_engines(settings.database_url, 1)
    try:
        yield engines
    finally:
        engines.close()


def run(settings: Settings, listening: socket.socket) -> None:
    """Serve until a signal says stop; requests under way are finished first."""
    if settings.metrics:
        _answer_scrapes(settings)
    config = uvicorn.Config(
        "app.main:from_environment_app",
        factory=True,
        workers=settings.workers,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=logging_to_stderr(settings.log_level),
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    if settings.workers > 1:
        Multiprocess(config, [listening]).run()
        return
    server = uvicorn.Server(config)
    try:
        server.run([listening])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise click.ClickException("The server did not start; its log says why.")


def _answer_scrapes(settings: Settings) -> None:
    """Let all processes count into one folder, and this one answer what they counted."""
    folder = settings.storage / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    # The library looks for the folder when it is imported, and never again.
    from app.web.metrics import listen_for_scrapes

    engines = open_engines(settings.database_url, 1)

    def queue() -> dict[str, float]:
        with engines.reading() as db:
            return {f"capacita_jobs_{name}": count for name, count in tally(db)._asdict().items()}

    try:
        listen_for_scrapes(settings.metrics, folder, queue)
    except OSError as fault:
        raise click.ClickException(
            f"Metrics cannot listen on {settings.metrics}: {fault.strerror}."
        ) from None
