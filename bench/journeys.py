"""Journeys: ten questions from the quiz's page to its result, in the three ways people take."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import NamedTuple

from bench.browsers import Browser, Questions
from bench.courses import FINAL
from bench.databases import token_of
from bench.rounds import Cpu, Subject, median, played
from bench.visits import COURSE

QUIZ = f"{COURSE}/quizzes/{FINAL}"
QUESTIONS = range(1, 11)
AT_ONCE, IN_A_ROUND = 8, 24
FORM = re.compile(r' action="(/[^"]+/attempts/[0-9]+)/answers"')
Journey = Callable[[Browser], None]


class Travelled(NamedTuple):
    """A kind of journey over all rounds: its median CPU in milliseconds, and that in calibrators."""

    name: str
    most: int
    server: float
    database: float
    ratio: float
    spread: tuple[float, float]


def on_one_page(browser: Browser) -> None:
    """All questions on one page, handed in from there."""
    page = _all_questions(browser)
    _arrive(browser.send(f"{_attempt_in(page)}/submission", Questions(page).fields))


def on_one_page_saving(browser: Browser) -> None:
    """The same, with every answer saved as it is given."""
    page = _all_questions(browser)
    attempt, questions = _attempt_in(page), Questions(page)
    for position in QUESTIONS:
        browser.save(f"{attempt}/answers", questions.of(position))
    saved = questions.with_saved(zip(QUESTIONS, QUESTIONS, strict=True))
    _arrive(browser.send(f"{attempt}/submission", saved))


def page_by_page(browser: Browser) -> None:
    """One question a page, then the overview, and handed in from there."""
    page = _begun(browser)
    attempt = _attempt_in(page)
    for _position in QUESTIONS:
        page = browser.send(f"{attempt}/answers", Questions(page).fields)
    _arrive(browser.send(f"{attempt}/submission", []))


JOURNEYS: dict[str, tuple[Journey, int]] = {
    "quiz on one page": (on_one_page, 300),
    "quiz on one page, a save per answer": (on_one_page_saving, 800),
    "quiz, one question a page": (page_by_page, 1_500),
}


def travel(port: int, clocks: tuple[Cpu, ...], calibrator: Subject, rounds: int) -> list[Travelled]:
    """Some journeys of each kind a round, eight people at once, each beginning an attempt.

    A round that is not counted comes first: every connection has then prepared its statements.
    """
    people = count()
    lines = []
    for journey, _most in JOURNEYS.values():
        _walk(journey, port, _tokens(people, IN_A_ROUND))
    for _round in range(rounds):
        yardstick = played(calibrator, AT_ONCE).cpu
        lines.append(
            [
                (yardstick, _cost(journey, port, clocks, _tokens(people, IN_A_ROUND)))
                for journey, _most in JOURNEYS.values()
            ]
        )
    return [
        _travelled(name, most, [line[at] for line in lines])
        for at, (name, (_journey, most)) in enumerate(JOURNEYS.items())
    ]


def _tokens(people: Iterator[int], each: int) -> list[str]:
    return [token_of(next(people) % 1000) for _ in range(each)]


def _cost(
    journey: Journey, port: int, clocks: tuple[Cpu, ...], tokens: Sequence[str]
) -> tuple[float, float]:
    """Seconds of CPU a journey, of the server and of the database."""
    before = [clock() for clock in clocks]
    _walk(journey, port, tokens)
    server, *rest = (clock() - start for clock, start in zip(clocks, before, strict=True))
    return server / len(tokens), sum(rest) / len(tokens)


def _walk(journey: Journey, port: int, tokens: Sequence[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as walkers:
        list(walkers.map(lambda token: journey(Browser(port, token)), tokens))


def _travelled(
    name: str, most: int, line: Sequence[tuple[float, tuple[float, float]]]
) -> Travelled:
    ratios = [sum(cost) * 1e6 / yardstick for yardstick, cost in line]
    return Travelled(
        name=name,
        most=most,
        server=median(server for _yardstick, (server, _database) in line) * 1000,
        database=median(database for _yardstick, (_server, database) in line) * 1000,
        ratio=median(ratios),
        spread=(min(ratios), max(ratios)),
    )


def _begun(browser: Browser) -> str:
    """The first question's page of a new attempt, reached from the quiz's own page."""
    browser.open(QUIZ)
    return browser.send(f"{QUIZ}/attempts", [])


def _all_questions(browser: Browser) -> str:
    """The page of all questions of a new attempt, reached from the quiz's own page."""
    browser.open(QUIZ)
    return browser.send(f"{QUIZ}/attempts", [("view", "all")])


def _attempt_in(page: str) -> str:
    """The attempt's address, as the form of its answers names it."""
    found = FORM.search(page)
    if found is None:
        raise RuntimeError("a page of an attempt has no form for its answers")
    return found[1]


def _arrive(page: str) -> None:
    """Every question was answered right, so the result must say so."""
    if "<h1>Passed with 10 of 10</h1>" not in page:
        raise RuntimeError("a journey did not end at a full result")
