"""Jobs of long files: written in the worker, forgotten once they are let go or their week is over."""

from collections.abc import Mapping
from typing import Any

from app.foundation import clock
from app.queue.processes import run_apart
from app.queue.worker import Workshop
from app.statistics.exporting.long_files import MAKE, TIDY_FILES, files_over, forget_pieces
from app.statistics.exporting.works import begin, write

# A longer file is written by a process of its own, lest it share Python's lock with pages.
IN_PLACE = 20_000
AT_ONCE = 50


def make_long_file(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Write a file, or what a turn allows of it."""
    file_id = payload["file"]
    expected = begin(workshop.engines, file_id)
    if expected is None:
        return
    if expected <= IN_PLACE:
        write(workshop.engines, file_id)
    else:
        run_apart(workshop.settings, "statistics", "write", str(file_id))


def tidy_long_files(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Forget the bytes of what nobody may take any more, some at a time."""
    engines = workshop.engines
    with engines.reading() as db:
        over = files_over(db, clock.now())
    for file_id in over:
        is_left = True
        while is_left:
            with engines.writing() as db:
                is_left = forget_pieces(db, file_id, AT_ONCE)


HANDLERS = {MAKE: make_long_file, TIDY_FILES: tidy_long_files}
