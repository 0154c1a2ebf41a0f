"""Documents: what hangs on a row comes with it as one value, the same from both databases."""

import pytest
from sqlalchemy import select

from app.assessment.attempts import Attempt, AttemptItem
from app.foundation.documents import RowsOf
from tests.assessment.conftest import begin
from tests.makers.quizzes import SEVEN

ITEM = AttemptItem.__table__.c
OWN = ITEM.position, ITEM.item_key, ITEM.answer, ITEM.shown, ITEM.is_flagged
ROWS = (
    select(RowsOf(*OWN, ITEM.score))
    .where(ITEM.attempt_id == Attempt.__table__.c.id)
    .correlate(Attempt.__table__)
    .scalar_subquery()
)


@pytest.mark.parametrize(
    "answer",
    [None, "b", ["a", "b"], {"a": "b", "ب": 1}, "وسيط 中位数 \"'\\ \u2028 %(x)s", "", [], "0012"],
)
def test_rows_are_told_as_a_statement_of_their_own_would(db, hers, answer):
    begin(hers)
    values = {"answer": answer, "score": 0.1 + 0.2, "is_flagged": answer == "b"}
    db.execute(AttemptItem.__table__.update().values(values))
    told = db.execute(select(ROWS).select_from(Attempt)).scalar_one()
    asked = db.execute(select(*OWN)).all()
    assert {type(row[4]) for row in told} == {bool}
    assert sorted(row[:5] for row in told) == sorted(map(list, asked))
    assert [row[5] for row in told] == [pytest.approx(0.3, abs=1e-14)] * len(SEVEN)


def test_without_rows_there_are_none(db, hers):
    begin(hers)
    db.execute(AttemptItem.__table__.delete())
    assert db.execute(select(ROWS).select_from(Attempt)).scalar_one() == []
