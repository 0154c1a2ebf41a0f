"""Readiness: whether the database and the storage would serve the next request."""

import tempfile
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.foundation.database import Engines
from app.foundation.migrations import head, revision_of
from app.settings import Settings


class Unready(Exception):
    """Something a request needs is missing: `says` is safe for all, `because` for operators."""

    def __init__(self, says: str, because: str = "") -> None:
        super().__init__(f"{says}: {because}" if because else says)
        self.says = says
        self.because = because


def make_folders(settings: Settings) -> None:
    """Make the storage, and the folder of an embedded database, for their owner's eyes only."""
    folders = [settings.storage]
    database = make_url(settings.database_url).database
    if settings.is_embedded and database:
        folders.append(Path(database).parent)
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise Unready(f"{folder} cannot be made", fault.strerror or "") from None


def check_database(engines: Engines) -> None:
    """Ask the database for its revision; raises Unready if it is silent or not at head."""
    try:
        with engines.read.connect() as connection:
            revision = revision_of(connection)
    except SQLAlchemyError as fault:
        raise Unready("the database does not answer", first_line(fault)) from None
    if revision != head():
        raise Unready("the database is not migrated", f"it is at {revision}, run: capacita migrate")


def check_storage(folder: Path) -> None:
    """Write a byte into the storage; raises Unready if that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b".")
    except OSError as fault:
        raise Unready("the storage cannot be written", f"{folder}: {fault.strerror}") from None


def first_line(fault: SQLAlchemyError) -> str:
    """What the driver said, without the statement and its values."""
    said = str(getattr(fault, "orig", None) or fault).strip()
    return said.splitlines()[0] if said else type(fault).__name__
