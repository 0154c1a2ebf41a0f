"""Neighbours: how long others wait for a page while a long file is written, and while none is."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from app.catalogue.courses import Course
from app.foundation import clock
from app.foundation.database import Engines, table_of
from app.identity.grants import REGISTRAR, Grant
from app.settings import ROOT
from app.statistics.exporting.long_files import MAKING, LongFile, ask_for, let_go
from app.statistics.exporting.works import begin
from app.statistics.questions import question_of
from bench.rounds import Subject, played
from bench.servers import start_app
from bench.visits import request

REGISTRAR_ID = 1
BURSTS, SECONDS_TO_BEGIN = 15, 300


class Beside(NamedTuple):
    """The p95 of a page in ms, without a long file being written and with one; rows written meanwhile."""

    quiet: float
    busy: float
    rows: int


def beside_a_long_file(engines: Engines) -> Beside:
    """A course's page over one connection before, while and after all completions are written.

    The file is written by a process of its own, as the worker has it done; half of the time beside
    it the database still sorts.
    """
    folder = Path(tempfile.mkdtemp(prefix="capacita-bench-"))
    address = engines.write.url.render_as_string(hide_password=False)
    server = start_app(folder, address, threads=4, works=False)
    try:
        with engines.reading() as db:
            slug = db.scalar(select(Course.slug).order_by(Course.slug).limit(1))
        page = Subject("course", server.port, [request(f"/en/courses/{slug}")], (server.cpu,))
        played(page, 1)
        quiet = _times(page)
        with _writing(engines, address) as file_id:
            busy = _times(page)
            _await_rows(engines, file_id)
            busy += _times(page)
            rows = _rows(engines, file_id)
        return Beside(median(quiet + _times(page)), median(busy), rows)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _times(page: Subject) -> list[float]:
    return [played(page, 1).outcome.p95 for _burst in range(BURSTS)]


@contextmanager
def _writing(engines: Engines, address: str) -> Iterator[int]:
    """A file of all completions under way, asked for by one who may see all names."""
    may = {"user_id": REGISTRAR_ID, "role": REGISTRAR, "granted_at": clock.now()}
    asked = question_of(clock.now().date(), "2023-01", "2026-10", "", "", "completed", "")
    with engines.writing() as db:
        db.execute(insert(table_of(Grant)), may)
        file_id = ask_for(db, REGISTRAR_ID, asked).id
    begin(engines, file_id)
    command = [sys.executable, "-m", "app", "statistics", "write", str(file_id)]
    writer = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": address})
    try:
        yield file_id
    finally:
        writer.terminate()
        writer.wait()
        with engines.writing() as db:
            let_go(db, [db.get_one(LongFile, file_id)])
            db.execute(delete(Grant).where(Grant.user_id == REGISTRAR_ID))


def _await_rows(engines: Engines, file_id: int) -> None:
    end = time.monotonic() + SECONDS_TO_BEGIN
    while not _rows(engines, file_id):
        if time.monotonic() > end:
            raise RuntimeError("no row of the file has been written")
        time.sleep(0.5)


def _rows(engines: Engines, file_id: int) -> int:
    with engines.reading() as db:
        file = db.get_one(LongFile, file_id)
        if file.state != MAKING:
            raise RuntimeError("the file was over before the page was measured beside it")
        return file.rows
