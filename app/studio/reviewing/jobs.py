"""Jobs of reviewing: letters about the comments of a quarter of an hour."""

from collections.abc import Mapping
from typing import Any

from app.queue.worker import Workshop
from app.studio.comment_letters import tell_comments


def tell_of_comments(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Write to all who are concerned, each once; a second run writes nobody a second time."""
    with workshop.engines.writing() as db:
        tell_comments(db, payload["quarter"])
