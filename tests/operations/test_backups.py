"""Backups are drilled: what comes back is what was there, or nothing changes."""

import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import zstandard
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from app import backups
from app.backups import backup, make_backup, restore, take_backup
from app.foundation import archives
from app.foundation.archives import ArchiveFault, manifest_of, members_of
from app.foundation.database import Engines
from app.foundation.migrations import head, revision_of
from app.foundation.rows import kind_of
from app.identity.institutions import Institution
from app.settings import Settings
from app.tables import metadata
from tests.operations.filling import ROWS, fill, hashes, stored

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def filled(settings: Settings, engines: Engines) -> dict[str, str]:
    with engines.write.begin() as connection:
        fill(connection)
        found = hashes(connection)
    (settings.storage / "mail").mkdir()
    (settings.storage / "mail" / "1.eml").write_bytes(b"Subject: one\n\n\xff")
    return found


@pytest.fixture
def file(settings: Settings, filled: dict[str, str], tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "all.tar.zst"
    make_backup(settings, file)
    return file


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, settings: Settings, stores, tmp_path_factory
) -> Iterator[Settings]:
    """An empty server on the other kind of database."""
    kind = "sqlite" if settings.is_embedded else "postgresql"
    store = stores[OTHER[kind]]
    address = store.address()
    yield settings.model_copy(
        update={"database_url": address, "storage": tmp_path_factory.mktemp("elsewhere")}
    )
    store.release(address)


def kept(settings: Settings) -> dict[str, str]:
    engines = backups.open_engines(settings.database_url)
    with engines.read.connect() as connection:
        found = hashes(connection)
    engines.close()
    return found


def run(settings: Settings, command, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], obj=settings)


def test_every_column_has_a_form_in_a_backup():
    kinds = {kind_of(column) for table in metadata.tables.values() for column in stored(table)}
    assert kinds == {"plain", "json", "moment", "day", "uuid", "bytes"}


def test_all_rows_and_files_come_back_over_others(settings, engines, filled, file):
    with engines.write.begin() as connection:
        connection.execute(text("UPDATE institutions SET kind = 'lost'"))
        connection.execute(text("DELETE FROM facts"))
    (settings.storage / "mail" / "1.eml").unlink()
    (settings.storage / "mail" / "2.eml").write_text("later")
    take_backup(settings, file, replace=True)
    assert kept(settings) == filled
    assert [path.name for path in settings.storage.glob("*/*")] == ["1.eml"]
    assert (settings.storage / "mail" / "1.eml").read_bytes() == b"Subject: one\n\n\xff"


def test_a_backup_of_one_database_restores_into_the_other(filled, file, elsewhere):
    take_backup(elsewhere, file, replace=False)
    assert kept(elsewhere) == filled
    assert (elsewhere.storage / "mail" / "1.eml").exists()


def test_after_a_restore_new_rows_get_new_numbers(settings, engines, filled, file):
    take_backup(settings, file, replace=True)
    with engines.writing() as db:
        added = Institution(key="new", kind="institute", time_zone="UTC")
        db.add(added)
        db.flush()
        assert added.id == ROWS + 1


def test_the_ledger_is_append_only_after_a_restore(settings, engines, filled, file):
    take_backup(settings, file, replace=True)
    with pytest.raises(Exception, match="append-only"), engines.write.begin() as connection:
        connection.execute(text("UPDATE events SET kind = 'other'"))


def test_a_database_with_rows_is_not_overwritten(settings, filled, file):
    (settings.storage / "mail" / "1.eml").unlink()
    with pytest.raises(ArchiveFault, match="--replace"):
        take_backup(settings, file, replace=False)
    assert kept(settings) == filled


def test_a_storage_with_files_is_not_overwritten(settings, engines, file, elsewhere):
    (elsewhere.storage / "mail").mkdir()
    (elsewhere.storage / "mail" / "own.eml").write_text("own")
    with pytest.raises(ArchiveFault, match="storage is not empty"):
        take_backup(elsewhere, file, replace=False)
    assert (elsewhere.storage / "mail" / "own.eml").read_text() == "own"


def repacked(file: Path, change) -> Path:
    """The archive with its members changed by `change(name, content)`; None leaves one out."""
    target = file.with_name("changed.tar.zst")
    members = [(name, stream.read()) for name, stream in members_of(file)]
    with (
        target.open("wb") as raw,
        zstandard.ZstdCompressor().stream_writer(raw) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        for name, content in members:
            changed = change(name, content)
            if changed is not None:
                archives.ArchiveWriter(tar).add(name, changed)
    return target


@pytest.mark.parametrize("part", ["tables/users/", "storage/mail/"])
def test_a_changed_member_is_found_and_nothing_restored(settings, filled, file, part):
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"one", b"two").replace(b"1", b"2") if part in name else content

    with pytest.raises(ArchiveFault, match=f"damaged: {part}"):
        take_backup(settings, repacked(file, change), replace=True)
    assert kept(settings) == filled
    assert (settings.storage / "mail" / "1.eml").exists()


def test_a_missing_member_is_found(settings, filled, file):
    changed = repacked(file, lambda name, content: None if "/users/" in name else content)
    with pytest.raises(ArchiveFault, match="damaged: tables/users/"):
        manifest_of(changed)


def test_half_a_file_is_refused(settings, filled, file):
    half = file.with_name("half")
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ArchiveFault):
        take_backup(settings, half, replace=True)
    assert kept(settings) == filled


def test_a_file_that_is_no_backup_is_refused(settings, tmp_path):
    other = tmp_path / "other"
    other.write_text("not a backup")
    with pytest.raises(ArchiveFault, match="no whole archive"):
        take_backup(settings, other, replace=True)


def test_a_restore_that_fails_midway_leaves_all_as_it_was(settings, filled, file):
    """Sound hashes, but a row that the database refuses: an author of archives could make one."""
    bad = file.with_name("bad.tar.zst")
    with archives.written(bad, manifest_of(file)) as archive:
        for name, stream in members_of(file):
            lines = stream.read().split(b"\n")
            if name.startswith("tables/results/"):
                lines.append(lines[0])
            if name != archives.MANIFEST:
                archive.add(name, b"\n".join(lines))
    result = run(settings, restore, bad, "--replace")
    assert result.exit_code == 1
    assert "the database refuses" in result.output
    assert kept(settings) == filled
    assert (settings.storage / "mail" / "1.eml").exists()
    assert not list(settings.storage.glob(".restore-*"))


def test_only_the_owner_may_read_a_backup(file):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_never_overwrites_a_file(settings, filled, file):
    before = file.read_bytes()
    result = run(settings, backup, file)
    assert (result.exit_code, file.read_bytes()) == (1, before)
    assert "is there already" in result.output


def test_links_out_of_the_storage_are_not_followed(settings, filled, tmp_path_factory):
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("not ours")
    (settings.storage / "mail" / "link").symlink_to(secret)
    file = secret.with_name("backup")
    make_backup(settings, file)
    assert [name for name, _ in members_of(file) if name.startswith("storage/")] == [
        "storage/mail/1.eml"
    ]


def test_commands_say_what_they_did(settings, filled, elsewhere, tmp_path_factory):
    file = tmp_path_factory.mktemp("commands") / "all.tar.zst"
    made = run(settings, backup, file)
    tables = len(metadata.tables)
    assert f"{ROWS * tables} rows of {tables} tables, 1 files" in made.output
    taken = run(elsewhere, restore, file)
    assert (taken.exit_code, kept(elsewhere)) == (0, filled), taken.output


def test_rows_written_meanwhile_are_in_no_half(settings, engines, filled, tmp_path, monkeypatch):
    """All rows are of one moment: what commits after the first table was read is not there."""
    written = Event()
    dump = backups._dump

    def slow(connection, table, archive):
        told = dump(connection, table, archive)
        if not written.is_set():
            writer = Thread(target=write)
            writer.start()
            writer.join(20)
        return told

    def write() -> None:
        with engines.write.begin() as connection:
            connection.execute(text("DELETE FROM facts"))
        written.set()

    monkeypatch.setattr(backups, "_dump", slow)
    about = make_backup(settings, tmp_path / "meanwhile")
    assert written.is_set()
    assert about["tables"]["facts"]["rows"] == ROWS


def test_a_database_that_is_not_migrated_is_not_backed_up(tmp_path):
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}", storage=tmp_path)
    result = run(settings, backup, tmp_path / "file")
    assert (result.exit_code, "capacita migrate" in result.output) == (1, True)
    assert not list(tmp_path.glob("file*"))


def test_a_backup_of_a_later_version_is_refused(settings, filled, file):
    later = file.with_name("later")
    with archives.written(later, {**manifest_of(file), "revision": "9999"}):
        pass
    with pytest.raises(ArchiveFault, match="another version"):
        take_backup(settings, later, replace=True)
    assert kept(settings) == filled


def test_a_restored_database_is_at_head(settings, engines, filled, file):
    take_backup(settings, file, replace=True)
    with engines.read.connect() as connection:
        assert revision_of(connection) == head()
        assert connection.execute(select(1)).scalar_one() == 1


def test_a_restore_makes_the_folders_it_needs(filled, file, tmp_path_factory):
    empty = tmp_path_factory.mktemp("machine")
    settings = Settings(
        database_url=f"sqlite:///{empty / 'data' / 'capacita.sqlite3'}", storage=empty / "files"
    )
    take_backup(settings, file, replace=False)
    assert kept(settings) == filled
    assert stat.S_IMODE((empty / "files").stat().st_mode) == 0o700
