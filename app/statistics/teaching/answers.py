"""Answers: what was answered in first attempts, added up by question, answer and group.

First attempts alone count, since a second one has seen the reasons, and no pretest, which comes
before the lessons; of these the latest LATEST of a version, in the language and quarter of the
crowd. The upper group of a quiz are those whose mean score is among the best GROUP, the lower group
those among the worst (Kelley 1939: 27 in 100). Who ties with the border belongs to the group, and
who would belong to both to neither.
"""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, case, cast, func, null, or_, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem
from app.catalogue.activities import PRETEST
from app.statistics.teaching.crowds import BEFORE, FROM, OF, SPEAKING, Crowd

LATEST = 10_000  # attempts; more would cost time and hardly change a figure
GROUP = 0.27
UPPER, MIDDLE, LOWER = 1, 0, -1


class Alike(NamedTuple):
    """Answers to a question that are the same, by people of one group, with one score.

    `answer` is as stored, of questions with options; `paired` of the `people` answered other items
    too, and the mean scores of these add up to `rest`, their squares to `squares`.
    """

    quiz: str
    key: str
    answer: Any
    score: float
    group: int
    people: int
    paired: int
    rest: float
    squares: float


_attempts, _items = Attempt.__table__.c, AttemptItem.__table__.c
_FIRST = (
    select(_attempts.id, _attempts.activity_key)
    .where(
        _attempts.version_id == OF,
        _attempts.number == 1,
        _attempts.activity_key != PRETEST,
        _attempts.graded_at.is_not(None),
        _attempts.opened_at >= FROM,
        _attempts.opened_at < BEFORE,
        or_(SPEAKING == "", _attempts.language == SPEAKING),
    )
    .order_by(_attempts.id.desc())
    .limit(LATEST)
    .cte("first_attempts")
)
_WHOLE = (
    select(
        _FIRST.c.id, _FIRST.c.activity_key,
        func.sum(_items.score).label("score"), func.count().label("count"),
    )
    .join(AttemptItem.__table__, _items.attempt_id == _FIRST.c.id)
    .where(_items.score.is_not(None))
    .group_by(_FIRST.c.id, _FIRST.c.activity_key)
    .cte("wholes")
)  # fmt: skip
_mean, _quiz = _WHOLE.c.score / _WHOLE.c.count, _WHOLE.c.activity_key
_share = GROUP * func.count().over(partition_by=_quiz)
_is_best = func.rank().over(partition_by=_quiz, order_by=_mean.desc()) <= _share
_is_worst = func.rank().over(partition_by=_quiz, order_by=_mean) <= _share
_RANKED = select(
    _WHOLE.c.id, _quiz, _WHOLE.c.score, _WHOLE.c.count,
    case((and_(_is_best, _is_worst), MIDDLE), (_is_best, UPPER), (_is_worst, LOWER), else_=MIDDLE)
    .label("of_group"),
).cte("ranked")  # fmt: skip
_y = (_RANKED.c.score - _items.score) / func.nullif(_RANKED.c.count - 1, 0)
_answer = case(
    (_items.item_key.in_(bindparam("with_options", expanding=True)), cast(_items.answer, Text)),
    else_=null(),
)
_ALIKE = (
    select(
        _RANKED.c.activity_key, _items.item_key, _answer.label("said"), _items.score,
        _RANKED.c.of_group, func.count(), func.count(_y),
        func.coalesce(func.sum(_y), 0.0), func.coalesce(func.sum(_y * _y), 0.0),
    )
    .join(AttemptItem.__table__, _items.attempt_id == _RANKED.c.id)
    .where(_items.score.is_not(None))
    .group_by(
        _RANKED.c.activity_key, _items.item_key, "said", _items.score, _RANKED.c.of_group
    )
)  # fmt: skip


def answers_alike(db: Session, crowd: Crowd, with_options: Collection[str]) -> list[Alike]:
    """All answers of a version's first attempts, those alike as one.

    `with_options` are the keys of the items whose answers are wanted.
    """
    asked = {**crowd.asked(), "with_options": list(with_options)}
    return [
        Alike(quiz, key, None if said is None else json.loads(said), *figures)
        for quiz, key, said, *figures in db.execute(_ALIKE, asked)
    ]
