"""Jobs of learning: learners go on in a new version, some at a time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.learning.moves import move_on
from app.queue.worker import Workshop

MOVE = "move-learners"


def move_some(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Move some learners, each in a transaction of their own; a repeat moves nobody twice."""
    event_key = UUID(payload["event"])
    workshop.engines.write_each(
        payload["ids"], lambda db, place_id: move_on(db, place_id, event_key)
    )
