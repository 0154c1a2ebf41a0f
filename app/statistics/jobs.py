"""Jobs of statistics: facts are folded into tallies, and trees looked at, every few minutes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.foundation.database import Engines
from app.queue.worker import Workshop
from app.statistics.tallies import check_trees, count_tree, fold

FOLD = "fold-facts"
EVERY = timedelta(minutes=5)


def fold_facts(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Bring the tallies up to now."""
    fold_all(workshop.engines)


def fold_all(engines: Engines) -> None:
    """Count anew what institutions' reforms have touched, then fold all facts that wait.

    Each step is a transaction of its own, so that nobody waits for long.
    """
    with engines.writing() as db:
        stale = check_trees(db)
    for root_id in stale:
        with engines.writing() as db:
            count_tree(db, root_id)
    folded = 1
    while folded:
        with engines.writing() as db:
            folded = fold(db)
