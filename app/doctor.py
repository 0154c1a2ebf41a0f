"""The doctor: looks at everything a server needs, and says each fault with its mend in one line."""

import shutil
import smtplib
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.credentials.fonts import fonts_by_script
from app.foundation import clock
from app.foundation.database import Engines, open_engines
from app.foundation.mail import PLAIN_PORT, SUBMISSION_PORT, TLS_PORT
from app.foundation.readiness import Unready, check_database, check_storage, first_line
from app.foundation.scanners import is_awake
from app.identity.federation.conversations import ProviderAway
from app.identity.federation.discoveries import Providers
from app.settings import Settings
from app.settings.providers import Provider
from app.statistics.bulletins.keys import key_faults

SECONDS = 5
FREE_BYTES = 500_000_000
MOST_APART = timedelta(minutes=1)
FONTS = {"Chinese": "fonts-noto-cjk"}
MOMENT_OF = {
    "sqlite": text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"),
    "postgresql": text("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
                       "'YYYY-MM-DD\"T\"HH24:MI:SS.US')"),
}  # fmt: skip


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Say every fault of this server, a line each, and exit with 1 if there is one."""
    found = list(faults(settings))
    for fault in found:
        click.echo(fault)
    if found:
        sys.exit(1)
    click.echo("all well")


def faults(settings: Settings) -> Iterator[str]:
    """Every fault there is; no check stops another."""
    engines = open_engines(settings.database_url, 1)
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _database_faults(engines),
        lambda: _storage_faults(settings.storage),
        lambda: _key_faults(engines, settings.storage),
        lambda: _mail_faults(settings),
        lambda: _scanner_faults(settings.clamd),
        lambda: provider_faults(settings.providers),
        lambda: font_faults(fonts_by_script()),
    )
    try:
        for check in checks:
            yield from check()
    finally:
        engines.close()


def _database_faults(engines: Engines) -> Iterator[str]:
    try:
        check_database(engines)
        with engines.read.connect() as connection:
            told = connection.execute(MOMENT_OF[connection.dialect.name]).scalar_one()
    except Unready as fault:
        yield str(fault)
        return
    except SQLAlchemyError as fault:
        yield f"the database does not answer: {first_line(fault)}"
        return
    yield from clock_faults(datetime.fromisoformat(told).replace(tzinfo=UTC), clock.now())


def clock_faults(theirs: datetime, ours: datetime) -> Iterator[str]:
    """A fault when the database's clock and ours are more than a minute apart."""
    apart = abs(theirs - ours)
    if apart > MOST_APART:
        yield f"the clock and the database's are {apart.total_seconds():.0f} s apart: set the time"


def _storage_faults(storage: Path) -> Iterator[str]:
    try:
        check_storage(storage)
    except Unready as fault:
        yield str(fault)
        return
    yield from disk_faults(storage, FREE_BYTES)


def _key_faults(engines: Engines, storage: Path) -> Iterator[str]:
    try:
        with engines.reading() as db:
            yield from key_faults(db, storage)
    except SQLAlchemyError:
        return  # a database that does not answer is a fault of its own


def disk_faults(storage: Path, least: int) -> Iterator[str]:
    """A fault when fewer bytes than the least are free."""
    free = shutil.disk_usage(storage).free
    if free < least:
        yield f"only {free // 1_000_000} MB are free in {storage}: make room, or move the storage"


def _mail_faults(settings: Settings) -> Iterator[str]:
    if not settings.mail:
        return
    server = urlsplit(settings.mail)
    try:
        with _mail_server(server) as smtp:
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.noop()
    except (OSError, smtplib.SMTPException) as fault:
        yield f"the mail server {server.hostname} cannot be used: {_said(fault)}; see CAPACITA_MAIL"


def _scanner_faults(address: str) -> Iterator[str]:
    if address and not is_awake(address):
        yield f"clamd does not answer at {address}, so no file is taken: see CAPACITA_CLAMD"


def provider_faults(listed: tuple[Provider, ...]) -> Iterator[str]:
    """A fault for each provider that does not answer as its issuer."""
    providers = Providers(listed, time.monotonic)
    for each in listed:
        try:
            providers.metadata(each.key)
        except ProviderAway:
            yield (
                f"the provider [{each.key}] does not answer as {each.issuer}, so nobody signs in by "
                "it: see CAPACITA_PROVIDERS"
            )


def _mail_server(server: SplitResult) -> smtplib.SMTP:
    """A line to the server, private wherever it offers that, as mail itself takes it."""
    host, trust = server.hostname or "localhost", ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or TLS_PORT, timeout=SECONDS, context=trust)
    port = server.port or (SUBMISSION_PORT if server.username else PLAIN_PORT)
    smtp = smtplib.SMTP(host, port, timeout=SECONDS)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=trust)
        smtp.ehlo()
    return smtp


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"it says {fault.smtp_code}"
    return str(fault) or type(fault).__name__


def font_faults(printable: Mapping[str, bool]) -> Iterator[str]:
    """A fault for each script in which no certificate can be printed."""
    for script, is_printable in printable.items():
        if not is_printable:
            package = FONTS.get(script, "fonts-noto-core")
            yield f"certificates cannot be printed in {script} letters: install {package}"
