"""Reckonings, by example: the first day, what runs out, and what an exemption leaves."""

from datetime import date

import pytest

from app.duties.audiences import word_list
from app.duties.duties import state_of
from app.duties.letters import last_stage
from app.duties.reckonings import FOR_GOOD, Terms, due_first, months_after, put_off, reckoned

YEARLY = Terms(None, 30, every_months=12, window_days=60)
START = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("last", "today", "due", "done"),
    [
        (None, "2026-01-10", "2026-02-09", None),
        ("2025-01-09", "2026-01-10", "2026-02-09", None),  # ran out before anybody asked
        ("2025-01-10", "2026-01-10", "2026-02-09", None),  # ran out on the first day
        ("2025-12-01", "2026-01-10", "2026-02-09", "2025-12-01"),  # still valid, so it counts
        ("2026-02-01", "2026-12-02", "2026-02-09", "2026-02-01"),  # the day before the window
        ("2026-02-01", "2026-12-03", "2027-02-01", None),  # open again, due when it runs out
        ("2026-02-01", "2028-01-01", "2027-02-01", None),  # and overdue since then
    ],
)
def test_a_yearly_duty(last, today, due, done):
    last_day = date.fromisoformat(last) if last else None
    found = reckoned(YEARLY, START, last_day, date.fromisoformat(today))
    assert found.due_on == date.fromisoformat(due)
    assert found.done_on == (date.fromisoformat(done) if done else None)


def test_once_is_enough_where_nothing_else_is_said():
    found = reckoned(Terms(date(2026, 6, 1), None), START, date(2001, 1, 1), date(2050, 1, 1))
    assert (found.done_on, found.valid_until) == (date(2001, 1, 1), None)


def test_who_comes_after_the_day_for_all_has_thirty_days():
    assert due_first(Terms(date(2026, 6, 1), None), date(2026, 6, 1)) == date(2026, 6, 1)
    assert due_first(Terms(date(2026, 6, 1), None), date(2026, 6, 2)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (date(2027, 1, 31), date(2027, 2, 1)),  # a day before it runs out
        (date(2027, 2, 1), date(2027, 4, 2)),  # as it runs out
        (date(2028, 1, 1), date(2028, 3, 1)),
    ],
)
def test_terms_that_shorten_what_is_valid_leave_the_window_to_renew_it(since, due):
    found = reckoned(YEARLY._replace(since=since), START, date(2026, 2, 1), date(2028, 1, 1))
    assert (found.since, found.due_on) == (since, due)


@pytest.mark.parametrize(
    ("done", "exempt_until", "ended", "due", "state"),
    [
        (1, 20, 5, 9, "done"),
        (None, 20, 5, 9, "ended"),
        (None, 10, None, 9, "exempt"),
        (None, 9, None, 9, "overdue"),
        (None, 9, None, 10, "due"),
        (None, None, None, 10, "due"),
        (None, None, None, 9, "overdue"),
    ],
)
def test_the_state_of_a_duty_on_the_tenth(done, exempt_until, ended, due, state):
    due_on, *others = (
        date(2026, 6, each) if each else None for each in (due, done, exempt_until, ended)
    )
    assert state_of(due_on, *others, date(2026, 6, 10)) == state


def test_more_time_and_an_exemption_never_shorten():
    due = date(2026, 6, 1)
    assert put_off(due, date(2026, 7, 1), None) == date(2026, 7, 1)
    assert put_off(due, date(2026, 5, 1), date(2026, 6, 20)) == date(2026, 7, 20)
    assert put_off(due, None, FOR_GOOD) == due


def test_a_month_that_is_too_short_gives_its_last_day():
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2026, 3, 31), -13) == date(2025, 2, 28)


def test_the_days_of_reminding():
    due = date(2026, 6, 20)
    days = [date(2026, 6, day) for day in range(1, 31)]
    stages = [last_stage(due, day) for day in days]
    assert stages[4] is None
    found = sorted({each for each in stages if each})
    assert found == [date(2026, 6, day) for day in (6, 17, 20, 27)]


def test_a_list_is_read_with_any_comma():
    assert word_list(" A2، B1 ,A2;; Senior  officer，C") == ("A2", "B1", "Senior officer", "C")
