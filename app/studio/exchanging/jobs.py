"""Jobs of exchanging: files of translations go when nobody works at them any more."""

from collections.abc import Mapping
from typing import Any

from app.queue.worker import Workshop
from app.studio.exchanging.parcels import forget_parcels

TIDY_PARCELS = "tidy-parcels"


def tidy_parcels(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Drop what was sent over 30 days ago."""
    with workshop.engines.writing() as db:
        forget_parcels(db)
