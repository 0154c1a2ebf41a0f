"""The `capacita` command: reads the settings once and gathers the slices' commands."""

import logging.config
from pathlib import Path
from typing import Any

import click
from pydantic.fields import FieldInfo

from app.backups import backup, restore
from app.catalogue.commands import courses
from app.doctor import doctor
from app.identity.commands import institutions, users
from app.loads.commands import loads_command
from app.queue.commands import jobs, worker_command
from app.queue.worker import Worker
from app.server import migrate, serve_command
from app.settings import ROOT, SettingFault, Settings, from_environment, variable_of
from app.statistics.bulletins.commands import signing_key
from app.statistics.commands import demo, statistics
from app.studio.packages.commands import export_course, import_course
from app.web.logs import logging_to_stderr


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Run and look after a Capacita server; the settings are environment variables."""
    try:
        context.obj = from_environment()
    except SettingFault as fault:
        raise click.ClickException(str(fault)) from None
    logging.config.dictConfig(logging_to_stderr(context.obj.log_level))


def open_worker(settings: Settings) -> Worker:
    """A worker that knows every kind of job; the application is loaded only for it."""
    from app.main import open_worker as opened

    return opened(settings)


HEADING = """# Settings

Each is an environment variable, read once at start. A wrong one stops the start, which says what
to write instead. `capacita settings` prints this page.

| Variable | Unless set | Meaning |
| --- | --- | --- |
"""


@click.command()
def settings() -> None:
    """Print every setting with its help, as docs/settings.md holds it."""
    click.echo(settings_page(), nl=False)


def settings_page() -> str:
    """The page in Markdown, made of the settings themselves."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return HEADING + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(name: str, field: FieldInfo) -> tuple[str, str, str]:
    bounds = {type(each).__name__: each for each in field.metadata}
    meaning = str(field.description)
    if "Ge" in bounds:
        meaning += f" From {bounds['Ge'].ge} to {bounds['Le'].le}."
    return f"`{variable_of(name)}`", _shown(field.default), meaning


def _shown(value: Any) -> str:
    """A default as one would write it; paths below the clone are told from there."""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    text = str(value).replace(f"{ROOT}/", "") if isinstance(value, (str, Path)) else value
    return f"`{text}`" if text not in {"", ()} else "empty"


serve = serve_command(courses.commands["publish"])
worker = worker_command(open_worker)
loads = loads_command(open_worker)
courses.add_command(export_course)
courses.add_command(import_course)
for command in (
    backup, courses, demo, doctor, institutions, jobs, loads, migrate, restore, serve, settings,
    signing_key, statistics, users, worker,
):  # fmt: skip
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="capacita")
