"""The doctor: looks at everything a server needs, and says each fault with its mend in one line."""

import shutil
import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.credentials.fonts import fonts_by_script
from app.foundation import clock
from app.foundation.database import Engines, open_engines
from app.foundation.readiness import Unready, check_database, check_storage, first_line
from app.settings import Settings

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
        lambda: _mail_faults(settings),
        _font_faults,
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
    apart = abs(datetime.fromisoformat(told).replace(tzinfo=UTC) - clock.now())
    if apart > MOST_APART:
        yield f"the clock and the database's are {apart.total_seconds():.0f} s apart: set the time"


def _storage_faults(storage: Path) -> Iterator[str]:
    try:
        check_storage(storage)
    except Unready as fault:
        yield str(fault)
        return
    free = shutil.disk_usage(storage).free
    if free < FREE_BYTES:
        yield f"only {free // 1_000_000} MB are free in {storage}: make room, or move the storage"


def _mail_faults(settings: Settings) -> Iterator[str]:
    if not settings.mail:
        return
    server = urlsplit(settings.mail)
    try:
        with _mail_server(server.scheme, server.hostname or "", server.port) as smtp:
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.noop()
    except (OSError, smtplib.SMTPException) as fault:
        place = f"{server.hostname}:{server.port or '(its usual port)'}"
        yield f"the mail server {place} cannot be used: {_said(fault)}; see CAPACITA_MAIL"


def _mail_server(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=SECONDS, context=trust)
    smtp = smtplib.SMTP(host, port or 25, timeout=SECONDS)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=trust)
    return smtp


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"it says {fault.smtp_code}"
    return str(fault) or type(fault).__name__


def _font_faults() -> Iterator[str]:
    for script, is_there in fonts_by_script().items():
        if not is_there:
            package = FONTS.get(script, "fonts-noto-core")
            yield f"certificates cannot be printed in {script} letters: install {package}"
