"""Next courses: what a learner has not met yet, by one rule that the page states."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from app.catalogue.cards import Card

MOST = 5


class NextCourse(NamedTuple):
    """A course to go on with, and those of its recommendations that are new to the learner."""

    card: Card
    fresh: tuple[str, ...]


def next_among(
    cards: Iterable[Card], begun: Collection[int], completed: Collection[int]
) -> list[NextCourse]:
    """The courses neither begun nor completed, by course id.

    First stands what answers most recommendations that no completed course answers; of equals the
    shorter.
    """
    known = tuple(cards)
    met = {key for card in known if card.course_id in completed for key in card.recommendations}
    offered = [
        NextCourse(card, tuple(key for key in card.recommendations if key not in met))
        for card in known
        if card.course_id not in completed and card.course_id not in begun
    ]
    offered.sort(key=lambda each: (-len(each.fresh), each.card.minutes, each.card.slug))
    return offered[:MOST]
