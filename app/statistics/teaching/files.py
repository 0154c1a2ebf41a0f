"""Files of teaching: each table of a board as rows of a file; what is held back is empty."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.statistics.teaching.boards import Board

Titles = Mapping[str, str]


class File(NamedTuple):
    """A table as a file: its columns, and the rows that a board has for it."""

    columns: Sequence[str]
    rows: Callable[[Board, Titles], Iterator[Sequence[object]]]


def _questions(board: Board, titles: Titles) -> Iterator[Sequence[object]]:
    """Quizzes by title, questions by key."""
    for each in board.items:
        yield (
            titles.get(each.quiz, each.quiz),
            each.key,
            "" if each.facility is None else each.asked,
            _decimal(each.facility),
            _decimal(each.discrimination),
            int(each.is_weak),
        )


def _steps(board: Board, titles: Titles) -> Iterator[Sequence[object]]:
    """The first row, without a name, is who began."""
    for key, count in board.stages:
        yield titles.get(key, key), "" if count is None else count


def _lessons(board: Board, titles: Titles) -> Iterator[Sequence[object]]:
    for each in board.lessons:
        quartiles = each.quarter, each.median, each.three_quarters
        timed = "" if each.median is None else each.timed
        yield titles.get(each.key, each.key), each.planned, timed, *map(_decimal, quartiles)


def _quizzes(board: Board, titles: Titles) -> Iterator[Sequence[object]]:
    for each in board.passes:
        figures = each.people, each.passed, each.attempts
        yield titles.get(each.quiz, each.quiz), *("" if x is None else x for x in figures)


def _answers(board: Board, titles: Titles) -> Iterator[Sequence[object]]:
    """Options by key; the empty key is a question left open."""
    for each in board.spreads:
        for option in each.options:
            shares = option.share, option.upper, option.lower
            place = titles.get(each.quiz, each.quiz), each.key, option.key
            yield *place, int(option.is_right), each.answered, *map(_decimal, shares)


def _voices(board: Board, _titles: Titles) -> Iterator[Sequence[object]]:
    """What people mean to use and used, by outcome, then by recommendation, by their keys."""
    voices = board.voices
    for kind, told in (("outcome", voices.outcomes), ("recommendation", voices.recommendations)):
        for each in told:
            figures = (voices.given, each.means), (voices.told, each.used)
            cells = [pair if pair[1] is not None else ("", "") for pair in figures]
            yield kind, each.key, *cells[0], *cells[1]


def _decimal(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.2f}"


FILES: Mapping[str, File] = {
    "questions": File(
        ("quiz", "question", "answered", "facility", "discrimination", "look"), _questions
    ),
    "steps": File(("step", "learners"), _steps),
    "lessons": File(
        ("lesson", "planned_minutes", "learners", "quarter", "median", "three_quarters"), _lessons
    ),
    "quizzes": File(("quiz", "learners", "passed", "attempts"), _quizzes),
    "answers": File(
        ("quiz", "question", "option", "right", "answered", "share", "upper", "lower"), _answers
    ),
    "voices": File(("kind", "key", "opinions", "means", "answers", "used"), _voices),
}
