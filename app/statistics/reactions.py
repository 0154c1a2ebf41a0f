"""Reactions of statistics: what counts becomes a fact in the same transaction."""

from sqlalchemy.orm import Session

from app.activity.events import Happening
from app.statistics.facts import count
from app.statistics.tallies import uncheck


def count_happening(db: Session, happening: Happening) -> None:
    """Write the fact of what happened."""
    count(db, happening)


def look_at_trees_anew(db: Session, _happening: Happening) -> None:
    """Ask no tallies until the worker has seen what an institution's change does to the trees."""
    uncheck(db)
