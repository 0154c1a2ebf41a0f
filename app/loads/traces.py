"""Traces: the indexes by which a database finds what hangs on a placement that is undone.

It looks for each placement by itself, so without them undoing 100,000 reads whole tables as often.
"""

from sqlalchemy import Index

from app.duties.duties import Duty
from app.learning.completions import Completion

_completions, _duties = Completion.__table__.c, Duty.__table__.c
INDEXES = (
    Index("ix_completions_placement_id", _completions.placement_id),
    Index("ix_duties_done_placement_id", _duties.done_placement_id),
    Index("ix_duties_missed_placement_id", _duties.missed_placement_id),
)
