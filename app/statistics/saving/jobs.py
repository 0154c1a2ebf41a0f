"""Jobs of saved views: each day the letters that are due are promised, each once a week or month."""

from collections.abc import Mapping
from typing import Any

from app.foundation import clock
from app.queue.worker import Workshop
from app.statistics.saving.letters import board_due, send_letter, views_with_letters

VIEW_LETTERS = "view-letters"


def send_view_letters(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Promise each letter in a transaction of its own, its figures found before; none twice."""
    moment = clock.now()
    with workshop.engines.reading() as db:
        views = views_with_letters(db)
    for view_id in views:
        with workshop.engines.reading() as db:
            board = board_due(db, view_id, moment)
        if board is not None:
            with workshop.engines.writing() as db:
                send_letter(db, view_id, moment, board)
