"""The `capacita` command: reads the settings once and gathers the slices' commands."""

import logging.config
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic.fields import FieldInfo

from app.settings import ROOT, SettingFault, Settings, from_environment, variable_of
from app.web.logs import logging_to_stderr

if TYPE_CHECKING:
    from app.queue.worker import Worker


class Gathered(click.Group):
    """Commands of which only the one that is called is imported.

    The worker starts a process for each long work; the whole application would cost it 65 MB.
    """

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        make = COMMANDS.get(name)
        return make() if make is not None else None


@click.group(cls=Gathered)
@click.pass_context
def main(context: click.Context) -> None:
    """Run and look after a Capacita server; the settings are environment variables."""
    try:
        context.obj = from_environment()
    except SettingFault as fault:
        raise click.ClickException(str(fault)) from None
    logging.config.dictConfig(logging_to_stderr(context.obj.log_level))


def open_worker(settings: Settings) -> "Worker":
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
    # A bar of a meaning would begin another cell.
    return f"`{variable_of(name)}`", _shown(field.default), meaning.replace("|", "\\|")


def _shown(value: Any) -> str:
    """A default as one would write it; paths below the clone are told from there."""
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    text = str(value).replace(f"{ROOT}/", "") if isinstance(value, (str, Path)) else value
    return f"`{text}`" if text not in {"", ()} else "empty"


def _command(module: str, name: str) -> Callable[[], click.Command]:
    def found() -> click.Command:
        command: click.Command = getattr(import_module(module), name)
        return command

    return found


def _with_tables(module: str, name: str) -> Callable[[], click.Command]:
    """As `_command`, where rows may be written that point to tables of other slices."""

    def found() -> click.Command:
        import_module("app.tables")
        return _command(module, name)()

    return found


def _courses() -> click.Group:
    import_module("app.tables")  # versions point to people
    from app.catalogue.commands import courses
    from app.studio.packages.commands import export_course, import_course

    courses.add_command(export_course)
    courses.add_command(import_course)
    return courses


def _loads() -> click.Group:
    from app.loads.commands import loads_command

    return loads_command(open_worker)


def _serve() -> click.Command:
    from app.server import serve_command

    return serve_command(_courses().commands["publish"])


def _worker() -> click.Command:
    from app.queue.commands import worker_command

    return worker_command(open_worker)


COMMANDS: Mapping[str, Callable[[], click.Command]] = {
    "backup": _command("app.backups", "backup"),
    "courses": _courses,
    "demo": _with_tables("app.statistics.commands", "demo"),
    "doctor": _command("app.doctor", "doctor"),
    "institutions": _with_tables("app.identity.commands", "institutions"),
    "jobs": _with_tables("app.queue.commands", "jobs"),
    "loads": _loads,
    "migrate": _command("app.server", "migrate"),
    "restore": _command("app.backups", "restore"),
    "serve": _serve,
    "settings": lambda: settings,
    "signing-key": _command("app.statistics.bulletins.commands", "signing_key"),
    "statistics": _command("app.statistics.commands", "statistics"),
    "users": _with_tables("app.identity.commands", "users"),
    "worker": _worker,
}

if __name__ == "__main__":
    main(prog_name="capacita")
