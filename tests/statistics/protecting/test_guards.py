"""Guards: what a protected table may be narrowed by, and what is never offered."""

from datetime import date

import pytest

from app.statistics.protecting.guards import (
    NotWholeMonths,
    ProtectedQuestion,
    TellsPersons,
    TooNarrow,
    refuses,
)

TODAY = date(2026, 11, 26)
SINCE, UNTIL = date(2026, 1, 1), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("filters", "splits", "since", "until", "why"),
    [
        ((), (), SINCE, UNTIL, None),
        (("institution",), ("course", "month"), SINCE, UNTIL, None),
        (("institution",), ("gender",), SINCE, UNTIL, None),
        (("institution", "course"), ("gender", "month"), SINCE, UNTIL, TooNarrow),
        (("institution", "course"), ("gender",), SINCE, UNTIL, TooNarrow),
        (("institution",), ("gender", "grade"), SINCE, UNTIL, TooNarrow),
        (("person",), (), SINCE, UNTIL, TellsPersons),
        ((), ("placement",), SINCE, UNTIL, TellsPersons),
        ((), ("day",), SINCE, UNTIL, TellsPersons),
        ((), ("month",), date(2026, 1, 2), UNTIL, NotWholeMonths),
        ((), ("month",), SINCE, date(2026, 11, 15), NotWholeMonths),
        ((), ("month",), SINCE, date(2026, 12, 1), NotWholeMonths),
        ((), ("month",), UNTIL, UNTIL, NotWholeMonths),
    ],
)
def test_a_table_is_refused_for_what_noise_cannot_hide(filters, splits, since, until, why):
    refusal = refuses(ProtectedQuestion(filters, splits, since, until), TODAY)
    assert refusal is None if why is None else isinstance(refusal, why)
