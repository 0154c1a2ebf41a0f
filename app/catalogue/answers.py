"""Answers: which courses, modules and lessons answer a recommendation today."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.cards import Card
from app.catalogue.editions import Edition, EditionActivity, EditionModule
from app.catalogue.outcomes import Alignment


class Answer(NamedTuple):
    """A course with those of its modules and lessons that answer one recommendation."""

    edition: Edition
    is_whole: bool
    modules: tuple[EditionModule, ...]
    lessons: tuple[EditionActivity, ...]


_alignments = Alignment.__table__.c
_ids: BindParameter[list[int]] = bindparam("version_ids", expanding=True)
_ANSWERED = (
    select(_alignments.recommendation_key, _alignments.version_id)
    .where(_alignments.version_id.in_(_ids))
    .distinct()
)


def answered_by(db: Session, cards: tuple[Card, ...]) -> Mapping[str, tuple[Card, ...]]:
    """For each recommendation, the courses among these in which some part answers it."""
    if not cards:
        return {}
    asked = {"version_ids": [card.version_id for card in cards]}
    pairs = {(key, version_id) for key, version_id in db.execute(_ANSWERED, asked)}
    return {
        key: tuple(card for card in cards if (key, card.version_id) in pairs)
        for key in {key for key, _version_id in pairs}
    }


def answer_in(edition: Edition, key: str) -> Answer:
    """The parts of a course that answer the recommendation with this key."""
    return Answer(
        edition,
        is_whole=any(reason.key == key for reason in edition.reasons),
        modules=tuple(
            module
            for module in edition.modules
            if any(reason.key == key for reason in module.reasons)
        ),
        lessons=tuple(
            activity
            for activity in edition.activities
            if activity.reason is not None and activity.reason.key == key
        ),
    )
