"""Voices: what a crowd says of a course at its end and three months later, also by outcome.

Who completed a course says which of its outcomes they mean to use; who is asked three months later,
which they used. A recommendation was used by whoever used an outcome that is taught in a lesson
which answers it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.bank import Bank
from app.catalogue.outcomes import Alignment
from app.learning.follow_ups import MOST as MOST_USED
from app.learning.follow_ups import FollowUp
from app.learning.opinions import LEAST, MOST, QUESTIONS, Opinion
from app.statistics.opinions import FEWEST
from app.statistics.teaching.crowds import CROWD, OF, Crowd

COMMENTS = 50  # that are shown, of the people who completed it last


class Meant(NamedTuple):
    """An outcome or a recommendation: how many mean to use it, and how many used it."""

    key: str
    means: int | None
    used: int | None


class Voices(NamedTuple):
    """How many gave an opinion and how often each answer; then the same three months later.

    Answers are none where fewer than FEWEST gave them.
    """

    given: int
    answers: Mapping[str, Sequence[int]] | None
    asked: int
    told: int
    uses: Sequence[int] | None
    outcomes: Sequence[Meant]
    recommendations: Sequence[Meant]


_opinions, _uses = Opinion.__table__.c, FollowUp.__table__.c
_alignments = Alignment.__table__.c
_SAID = select(*(_opinions[each] for each in QUESTIONS), _opinions.aims).join_from(
    CROWD, Opinion.__table__, _opinions.enrolment_id == CROWD.c.id
)
_USED = select(_uses.used, _uses.aims).join_from(
    CROWD, FollowUp.__table__, _uses.enrolment_id == CROWD.c.id
)
_ANSWERING = select(_alignments.owner_key, _alignments.recommendation_key).where(
    _alignments.version_id == OF
)
_COMMENTS = (
    select(_opinions.comment)
    .where(_opinions.version_id == OF, _opinions.comment.is_not(None))
    .order_by(_opinions.enrolment_id.desc())
    .limit(COMMENTS)
)


def voices_of(db: Session, crowd: Crowd, bank: Bank) -> Voices:
    """What was said, by question, outcome and recommendation."""
    said = [tuple(row) for row in db.execute(_SAID, crowd.asked())]
    letters = [tuple(row) for row in db.execute(_USED, crowd.asked())]
    told = [row for row in letters if row[0] is not None]
    means = [set(aims or ()) for *_answers, aims in said]
    used = [set(aims or ()) for _used, aims in told]
    return Voices(
        len(said),
        _answers(said) if len(said) >= FEWEST else None,
        len(letters),
        len(told),
        _counts((row[0] for row in told), MOST_USED) if len(told) >= FEWEST else None,
        _meant({key: {key} for key in bank.outcomes}, means, used),
        _meant(_outcomes_by_recommendation(db, crowd, bank), means, used),
    )


def comments_on(db: Session, crowd: Crowd) -> list[str]:
    """What was written of a version in its own words, in the order of the alphabet.

    Nothing before FEWEST have written, so that nobody is known by being the first.
    """
    found: list[str] = list(db.scalars(_COMMENTS, crowd.asked()))
    return sorted(found, key=str.casefold) if len(found) >= FEWEST else []


def _answers(said: Sequence[tuple[Any, ...]]) -> dict[str, list[int]]:
    return {
        question: _counts((row[at] for row in said), MOST) for at, question in enumerate(QUESTIONS)
    }


def _counts(answers: Iterable[int], most: int) -> list[int]:
    known = list(answers)
    return [known.count(answer) for answer in range(LEAST, most + 1)]


def _outcomes_by_recommendation(db: Session, crowd: Crowd, bank: Bank) -> dict[str, set[str]]:
    answering = {(owner, key) for owner, key in db.execute(_ANSWERING, crowd.asked())}
    found: dict[str, set[str]] = {}
    for outcome, lessons in bank.lessons.items():
        for owner, key in sorted(answering):
            if owner.removeprefix("lesson/") in lessons:
                found.setdefault(key, set()).add(outcome)
    return dict(sorted(found.items()))


def _meant(
    sets: Mapping[str, Collection[str]], means: Sequence[set[str]], used: Sequence[set[str]]
) -> list[Meant]:
    """How many named one of the outcomes of each set, where enough were heard."""
    return [
        Meant(
            key,
            sum(not aims.isdisjoint(outcomes) for aims in means) if len(means) >= FEWEST else None,
            sum(not aims.isdisjoint(outcomes) for aims in used) if len(used) >= FEWEST else None,
        )
        for key, outcomes in sets.items()
    ]
