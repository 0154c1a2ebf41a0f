"""Crashes: the server is killed again and again, and no acknowledged answer is ever lost."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem, Paper, open_attempt
from app.catalogue.bank import bank_of
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.foundation.database import Engines
from app.identity.access import cookie_name
from app.identity.sign_ins import open_sign_in
from app.learning.enrolments import Enrolment
from app.learning.results import Result
from app.settings import ROOT
from tests.makers.learning import do, make_enrolment
from tests.makers.people import make_institute, make_person
from tests.makers.quizzes import LESSON, PATH, QUIZ, SHORT, make_quiz
from tests.operations.running import free_port

log = logging.getLogger(__name__)

# A longer run is asked for by these variables; --log-cli-level=INFO tells what came of it.
KILLS = int(os.environ.get("CAPACITA_TEST_KILLS", "30"))
SUBMISSIONS = int(os.environ.get("CAPACITA_TEST_SUBMISSIONS", "60"))
WRITERS = 6
QUESTIONS = 4
SECONDS_BETWEEN_KILLS = 0.5
PATIENCE = 60
ATTEMPT = f"{PATH}/attempts/1"
OWN_PAGE = {
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
}


class Learner(NamedTuple):
    """Somebody with an attempt under way, and the cookie of their browser."""

    user_id: int
    cookie: str


class Launched:
    """A server that comes back after each kill, at the same address."""

    def __init__(self, database_url: str, folder) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.logged = folder / "logged"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "CAPACITA_STORAGE": str(folder),
            "CAPACITA_PORT": str(self.port),
            "CAPACITA_PUBLIC_URL": self.address,
            "CAPACITA_IN_PROCESS_WORKER": "false",
        }

    def __enter__(self) -> Self:
        with self.logged.open("wb") as logged:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.journeys.launcher"],
                env=self.environment, stdout=subprocess.PIPE, stderr=logged, text=True,
            )  # fmt: skip
        self.wait_for_next()
        return self

    def wait_for_next(self) -> None:
        """Wait until the child that serves now has answered."""
        self.child = int(self.process.stdout.readline())
        httpx.get(f"{self.address}/health/live", timeout=PATIENCE).raise_for_status()

    def kill(self) -> None:
        """Kill the process that serves, without a word of warning."""
        os.kill(self.child, signal.SIGKILL)
        self.wait_for_next()

    def __exit__(self, *_fault: object) -> None:
        self.process.terminate()
        os.kill(self.child, signal.SIGTERM)
        self.process.wait(PATIENCE)
        self.process.stdout.close()


@pytest.fixture
def served(settings, tmp_path) -> Iterator[Launched]:
    with Launched(settings.database_url, tmp_path) as launched:
        yield launched


class Writer(threading.Thread):
    """One browser that saves answers without a pause, each until it is acknowledged.

    `acknowledged` and `sent` count the answers to each question; a later one replaces the earlier.
    """

    def __init__(self, address: str, learner: Learner, stop: threading.Event) -> None:
        super().__init__()
        self.learner, self.address, self.stop_asked = learner, address, stop
        self.acknowledged = dict.fromkeys(range(1, QUESTIONS + 1), 0)
        self.seen = dict.fromkeys(range(1, QUESTIONS + 1), 0)
        self.lost = self.saves = 0
        self.faults: list[str] = []

    def run(self) -> None:
        cookies = {cookie_name(secure=False): self.learner.cookie}
        with httpx.Client(base_url=self.address, cookies=cookies, headers=OWN_PAGE) as client:
            while not self.stop_asked.is_set():
                for position in self.acknowledged:
                    self.save(client, position, self.acknowledged[position] + 1)

    def save(self, client: httpx.Client, position: int, number: int) -> None:
        fields = {
            "revision": "0",
            f"shown-{position}": str(self.seen[position]),
            f"answer-{position}": f"answer {number}",
        }
        while True:
            try:
                answer = client.post(
                    f"{ATTEMPT}/answers", content=urlencode(fields), timeout=PATIENCE
                )
            except httpx.TransportError:
                self.lost += 1
                continue
            told = answer.json()
            if answer.status_code != 200 or told["saved"] != [position]:
                self.faults.append(f"{answer.status_code} {answer.text}")
                return
            self.seen[position] = told["revision"]
            self.acknowledged[position] = number
            self.saves += 1
            return


def make_learners(db: Session, version: CourseVersion, count: int) -> list[Learner]:
    """So many people who have read the lesson and begun the quiz."""
    institute = make_institute(db)
    bank = bank_of(db, version.id, "en", version.compiler)
    learners = []
    for number in range(count):
        user = make_person(db, f"Learner N{number}", institute)
        place = make_enrolment(db, user, version)
        do(db, place, LESSON)
        open_attempt(db, Paper(place.id, QUIZ, bank.settings[QUIZ], bank.quizzes[QUIZ]), "en")
        learners.append(Learner(user.id, open_sign_in(db, user.id)))
    return learners


def stored(engines: Engines) -> dict[tuple[int, int], int]:
    """The number of the answer that stands, by learner and question."""
    rows = (
        select(Enrolment.learner_id, AttemptItem.position, AttemptItem.answer)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    )
    with engines.reading() as db:
        return {
            (learner_id, position): int(answer.removeprefix("answer ")) if answer else 0
            for learner_id, position, answer in db.execute(rows)
        }


def test_no_acknowledged_answer_is_lost_however_often_the_server_is_killed(db, engines, served):
    version = make_quiz(db, [SHORT] * QUESTIONS, shuffle=False)
    learners = make_learners(db, version, WRITERS)
    db.commit()
    stop = threading.Event()
    writers = [Writer(served.address, learner, stop) for learner in learners]
    with started(writers, stop):
        for _ in range(KILLS):
            time.sleep(SECONDS_BETWEEN_KILLS)
            promised = [(each.learner.user_id, dict(each.acknowledged)) for each in writers]
            served.kill()
            found = stored(engines)
            for user_id, numbers in promised:
                for position, number in numbers.items():
                    assert found[user_id, position] >= number
    assert [fault for each in writers for fault in each.faults] == []
    assert stored(engines) == {
        (each.learner.user_id, position): number
        for each in writers
        for position, number in each.acknowledged.items()
    }
    saves, lost = sum(each.saves for each in writers), sum(each.lost for each in writers)
    log.info("%d kills, %d answers acknowledged, %d requests cut off", KILLS, saves, lost)
    assert saves > KILLS
    assert lost > 0


@contextmanager
def started(writers: list[Writer], stop: threading.Event) -> Iterator[None]:
    for each in writers:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in writers:
            each.join()


def test_final_submissions_at_once_all_succeed_and_certify_once_each(db, engines, served):
    version = make_quiz(db, [SHORT] * QUESTIONS, shuffle=False)
    learners = make_learners(db, version, SUBMISSIONS)
    db.commit()
    fields = {f"answer-{position}": "median" for position in range(1, QUESTIONS + 1)}
    body = urlencode({"revision": "0", **fields}).encode()
    began = time.monotonic()
    statuses = asyncio.run(all_at_once(served.port, learners, body))
    log.info("%d submissions at once in %.1f s", SUBMISSIONS, time.monotonic() - began)
    assert statuses == [303] * SUBMISSIONS
    with engines.reading() as own:
        quizzes = select(func.count()).where(Result.source == "quiz", Result.passed)
        assert own.scalar(quizzes) == SUBMISSIONS
        assert own.scalar(select(func.count(Certificate.id))) == SUBMISSIONS
        holders = select(func.count(func.distinct(Certificate.completion_id)))
        assert own.scalar(holders) == SUBMISSIONS


async def all_at_once(port: int, learners: list[Learner], body: bytes) -> list[int]:
    """Open a connection for everyone first, then send every form, then read every answer."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in learners]
    for learner, (_reader, writer) in zip(learners, opened, strict=True):
        head = {
            "Host": f"127.0.0.1:{port}",
            "Cookie": f"{cookie_name(secure=False)}={learner.cookie}",
            "Content-Length": str(len(body)),
            "Connection": "close",
            **OWN_PAGE,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"POST {ATTEMPT}/submission HTTP/1.1\r\n{lines}\r\n".encode() + body)
    answers = [await reader.readline() for reader, _writer in opened]
    for _reader, writer in opened:
        writer.close()
    return [int(answer.split()[1]) for answer in answers]
