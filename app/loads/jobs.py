"""Jobs of loads: a file looked at, applied, undone or confirmed, and forgotten after its time."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete

from app.foundation import clock
from app.loads.loads import KEPT, Load, LoadPiece, old_loads, standing_load
from app.loads.rows import forget_rows
from app.loads.works import work_on
from app.queue.processes import run_apart
from app.queue.worker import Workshop

TIDY_LOADS = "tidy-loads"
AT_ONCE = 2_000


def work(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Do what a load waits for; a large one in a process that gives way to everybody else."""
    with workshop.engines.reading() as db:
        load = db.get_one(Load, payload["load"])
    if not load.is_large:
        work_on(workshop.engines, load.id)
        return
    run_apart(workshop.settings, "loads", "work", str(load.id))


def tidy_loads(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Forget files and rows that are 30 days old, unless they are on trial."""
    engines = workshop.engines
    with engines.reading() as db:
        old = old_loads(db, clock.now() - KEPT)
    for load_id in old:
        is_left = True
        while is_left:
            with engines.writing() as db:
                is_left = forget_rows(db, load_id, AT_ONCE)
        with engines.writing() as db:
            standing_load(db, load_id)  # as whoever stages rows does, so none is left over
            while forget_rows(db, load_id, AT_ONCE):
                pass
            db.execute(delete(LoadPiece).where(LoadPiece.load_id == load_id))
            db.execute(delete(Load).where(Load.id == load_id))
