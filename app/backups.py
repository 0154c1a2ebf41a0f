"""Backups: every row and every stored file in one archive, the same for both databases.

Members: `tables/<table>/<part>.jsonl`, a row a line; `storage/<path>`. Either database restores
from either, so that a small server can move to a larger one.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import click
from sqlalchemy import (
    BigInteger,
    Connection,
    Table,
    column,
    func,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from app.foundation import clock
from app.foundation.archives import ArchiveFault, ArchiveWriter, manifest_of, members_of, written
from app.foundation.database import Engines, open_engines
from app.foundation.migrations import downgrade, head, is_known, revision_of, upgrade
from app.foundation.readiness import Unready, first_line, make_folders
from app.foundation.rows import kind_of, load, packed
from app.settings import Settings
from app.tables import metadata

FORMAT = 1
PART = 5_000  # rows; a part is held in memory
# Folders of the storage that are made anew; files on its top are the database, or backups.
NOT_KEPT = {"metrics", "backups", "packages"}


def make_backup(settings: Settings, file: Path) -> dict[str, Any]:
    """Write a backup while the server goes on; all rows are of one moment. Answers its manifest."""
    engines = open_engines(settings.database_url, 1)
    about: dict[str, Any] = {"format": FORMAT, "made_at": clock.now().isoformat()}
    try:
        with written(file, about) as archive, _one_moment(engines) as connection:
            about["revision"] = revision_of(connection)
            if about["revision"] != head():
                raise ArchiveFault("the database is not migrated; run: capacita migrate")
            about["tables"] = {
                each.name: _dump(connection, each, archive) for each in metadata.sorted_tables
            }
            about["files"] = _dump_files(settings.storage, archive)
    finally:
        engines.close()
    return about


@contextmanager
def _one_moment(engines: Engines) -> Iterator[Connection]:
    with engines.stream.connect() as connection:
        if engines.is_sqlite:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _dump(connection: Connection, stored: Table, archive: ArchiveWriter) -> dict[str, Any]:
    columns = [each for each in stored.columns if each.computed is None]
    kinds = [kind_of(each) for each in columns]
    asked = select(*columns).order_by(*stored.primary_key)
    rows = 0
    parts = connection.execute(asked, execution_options={"yield_per": PART}).partitions()
    for number, part in enumerate(parts, 1):
        lines = [packed(row, kinds) for row in part]
        archive.add(f"tables/{stored.name}/{number:06}.jsonl", "\n".join(lines).encode())
        rows += len(lines)
    names = [each.name for each in columns]
    return {"columns": list(zip(names, kinds, strict=True)), "rows": rows}


def _dump_files(storage: Path, archive: ArchiveWriter) -> int:
    files = 0
    for path in _kept_files(storage):
        name = f"storage/{path.relative_to(storage).as_posix()}"
        with path.open("rb") as stream:
            archive.add_stream(name, stream, os.fstat(stream.fileno()).st_size)
        files += 1
    return files


def _kept_folders(storage: Path) -> list[Path]:
    if not storage.is_dir():
        return []
    return [
        path
        for path in sorted(storage.iterdir())
        if path.is_dir() and path.name not in NOT_KEPT and not path.name.startswith(".")
    ]


def _kept_files(storage: Path) -> Iterator[Path]:
    for folder in _kept_folders(storage):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def take_backup(settings: Settings, file: Path, *, replace: bool) -> dict[str, Any]:
    """Put a backup in place of an empty database and storage, or with `replace` of any.

    Every hash is compared first; one transaction holds all rows, and what is raised undoes all.
    """
    manifest = manifest_of(file)
    if manifest["format"] != FORMAT or not is_known(manifest["revision"]):
        raise ArchiveFault(f"{file} is of another version of Capacita; restore it with that one")
    make_folders(settings)
    engines = open_engines(settings.database_url, 1)
    try:
        with (
            _exchanged_files(file, settings.storage, replace=replace),
            engines.write.begin() as connection,
        ):
            _empty(connection, replace=replace)
            upgrade(connection, manifest["revision"])
            _load(connection, file, manifest["tables"])
            upgrade(connection)
    finally:
        engines.close()
    return manifest


def _empty(connection: Connection, *, replace: bool) -> None:
    revision = revision_of(connection)
    if revision is None:
        return
    if not is_known(revision):
        raise ArchiveFault("the database is of a newer version of Capacita")
    if not replace and _has_rows(connection):
        raise ArchiveFault("the database is not empty; add --replace to lose what it holds")
    downgrade(connection)


def _has_rows(connection: Connection) -> bool:
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(1).select_from(each).limit(1)).first() is not None
        for each in metadata.sorted_tables
        if each.name in there
    )


def _load(connection: Connection, file: Path, tables: dict[str, Any]) -> None:
    for name, stream in members_of(file):
        if name.startswith("tables/"):
            target = name.split("/")[1]
            load(connection, target, tables[target]["columns"], stream.read().split(b"\n"))
    for name, told in tables.items():
        _check_count(connection, name, told["rows"])
        if connection.dialect.name == "postgresql" and _is_numbered(name):
            _renumber(connection, name)


def _is_numbered(name: str) -> bool:
    own = metadata.tables[name].c.get("id")
    return own is not None and isinstance(own.type, BigInteger)


def _check_count(connection: Connection, name: str, rows: int) -> None:
    found = connection.execute(select(func.count()).select_from(table(name))).scalar_one()
    if found != rows:
        raise ArchiveFault(f"{name} holds {found} rows, not {rows} as were backed up")


def _renumber(connection: Connection, name: str) -> None:
    last = func.max(column("id", BigInteger))
    sequence = func.pg_get_serial_sequence(name, "id")
    asked = func.setval(sequence, func.coalesce(last, 1), last.is_not(None))
    connection.execute(select(asked).select_from(table(name)))


@contextmanager
def _exchanged_files(file: Path, storage: Path, *, replace: bool) -> Iterator[None]:
    """The backup's files stand in the storage; those they replaced come back if all fails."""
    if not replace and next(_kept_files(storage), None) is not None:
        raise ArchiveFault("the storage is not empty; add --replace to lose what it holds")
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=storage) as aside:
        new, old = Path(aside, "new"), Path(aside, "old")
        _unpack_files(file, new)
        _move_folders(storage, old)
        try:
            _move_folders(new, storage)
            yield
        except BaseException:
            _move_folders(storage, Path(aside, "undone"))
            _move_folders(old, storage)
            raise


def _unpack_files(file: Path, folder: Path) -> None:
    folder.mkdir()
    for name, stream in members_of(file):
        path = PurePosixPath(name)
        if path.parts[0] != "storage":
            continue
        if path.is_absolute() or ".." in path.parts:
            raise ArchiveFault(f"{name} would leave the storage")
        target = folder.joinpath(*path.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as kept:
            shutil.copyfileobj(stream, kept)


def _move_folders(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for folder in _kept_folders(source):
        folder.replace(target / folder.name)


def _in_words(manifest: dict[str, Any]) -> str:
    rows = sum(told["rows"] for told in manifest["tables"].values())
    return f"{rows:,} rows of {len(manifest['tables'])} tables, {manifest['files']:,} files"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (ArchiveFault, Unready) as fault:
        raise click.ClickException(str(fault)) from None
    except SQLAlchemyError as fault:
        raise click.ClickException(f"the database refuses: {first_line(fault)}") from None


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write all rows and stored files into FILE, while the server runs."""
    with _told():
        manifest = make_backup(settings, file)
    click.echo(f"{file}: {_in_words(manifest)}, {file.stat().st_size:,} bytes.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Lose what the database and storage hold now.")
@click.pass_obj
def restore(settings: Settings, file: Path, *, replace: bool) -> None:
    """Take all rows and stored files from FILE; stop the server first."""
    with _told():
        manifest = take_backup(settings, file, replace=replace)
    click.echo(f"Restored {_in_words(manifest)}.")
