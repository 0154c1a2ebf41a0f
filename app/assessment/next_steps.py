"""Next steps: where a graded attempt leads: the lessons behind what is open, then onward."""

from collections.abc import Sequence
from typing import NamedTuple

from app.assessment.reviews import OutcomeScore
from app.catalogue.editions import Edition, EditionActivity
from app.learning.ways import Way, next_in, way_through


class NextSteps(NamedTuple):
    """The way with what is done, the lessons to look at again, and the activity that follows.

    `module_left` counts what is still to do in the quiz's own module, `modules_left` the modules
    not done; `is_complete` when nothing of the course is left.
    """

    way: Way
    again: tuple[EditionActivity, ...]
    onward: EditionActivity | None
    module_left: int
    modules_left: int

    @property
    def is_complete(self) -> bool:
        return self.onward is None


def next_steps(
    edition: Edition, done: Sequence[str], module: int, outcomes: Sequence[OutcomeScore]
) -> NextSteps:
    """What to do after a quiz of this module (0 for the final), in the version now read.

    `done` are the keys of all that is done, the latest last.
    """
    onward = next_in(edition, done)
    way = way_through(edition, done, onward)
    own = [key for each in edition.modules if each.number == module for key in each.counted]
    return NextSteps(
        way=way,
        again=_lessons_behind(edition, module, outcomes),
        onward=onward,
        module_left=sum(key not in way.done for key in own),
        modules_left=sum(not each.counted <= way.done for each in edition.modules),
    )


def _lessons_behind(
    edition: Edition, module: int, outcomes: Sequence[OutcomeScore]
) -> tuple[EditionActivity, ...]:
    """The lessons that teach the open outcomes: those of the quiz's own module, else all of them."""
    keys = {key for each in outcomes if each.is_open for key in each.lessons}
    behind = tuple(each for each in edition.activities if each.key in keys)
    return tuple(each for each in behind if each.module == module) or behind
