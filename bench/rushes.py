"""Rushes: many people at the same moment; nobody may meet an error, and nothing may count twice."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from app.assessment.attempts import Attempt, AttemptItem, Paper, open_attempt
from app.catalogue.activities import Activity
from app.catalogue.bank import BankItem, bank_of
from app.catalogue.courses import Course
from app.catalogue.versions import CourseVersion
from app.credentials.certificates import Certificate
from app.foundation import clock
from app.foundation.database import open_engines, table_of
from app.learning.enrolments import Enrolment
from app.learning.results import Result
from bench.courses import FINAL, SHORT, WIDE
from bench.databases import Database, person_at, token_of
from bench.visits import request

SECONDS_TO_ANSWER = 180


class Rush(NamedTuple):
    """What came of it: how many asked, answers by status, seconds, certificates and how many due."""

    asked: int
    statuses: dict[str, int]
    seconds: float
    certificates: int = 0
    due: int = 0


def rush(port: int, requests: Sequence[bytes]) -> Rush:
    """Open all connections, then send all requests at once."""
    began = time.perf_counter()
    statuses = asyncio.run(_rushed(port, requests))
    return Rush(len(requests), dict(Counter(statuses)), time.perf_counter() - began)


async def _rushed(port: int, requests: Sequence[bytes]) -> list[str]:
    start = asyncio.Event()
    asking = [asyncio.create_task(_asked(port, each, start)) for each in requests]
    await asyncio.sleep(0)
    start.set()
    return await asyncio.gather(*asking)


async def _asked(port: int, wanted: bytes, start: asyncio.Event) -> str:
    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await start.wait()
            writer.write(wanted.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError) as fault:
        return type(fault).__name__
    return answer[9:12].decode() or "nothing"


def submissions_of_many(port: int, database: Database, people: int) -> Rush:
    """People whose last step is the same final hand it in at the same moment: one certificate each."""
    attempts = _ready(database, WIDE, range(people))
    done = rush(port, [_submission(WIDE, *each) for each in attempts.items()])
    return done._replace(certificates=_certificates(database, WIDE), due=people)


def submissions_of_one(port: int, database: Database, times: int) -> Rush:
    """One person's last final is handed in very often at the same moment: one certificate."""
    (attempt,) = _ready(database, SHORT, range(1)).items()
    done = rush(port, [_submission(SHORT, *attempt)] * times)
    return done._replace(certificates=_certificates(database, SHORT), due=1)


def _submission(slug: str, seat: int, number: int) -> bytes:
    path = f"/en/courses/{slug}/quizzes/{FINAL}/attempts/{number}/submission"
    return request(path, f"sign_in={token_of(seat)}", "POST")


def _ready(database: Database, slug: str, seats: Iterable[int]) -> dict[int, int]:
    """Let people have all of a course behind them but to hand in a final with right answers.

    Returns the number of each seat's attempt.
    """
    with closing(open_engines(database.url, 1)) as engines, engines.writing() as db:
        shown = db.execute(_SHOWN, {"slug": slug}).one()
        bank = bank_of(db, shown.id, "en", shown.compiler)
        keys = db.scalars(_KEYS, {"version_id": shown.id}).all()
        paper = Paper(0, FINAL, bank.settings[FINAL], bank.quizzes[FINAL])
        right = {item.key: _right(item) for item in paper.items}
        attempts = {}
        for seat in seats:
            asked = {"slug": slug, "person": person_at(seat, database.people)}
            place_id = db.execute(_PLACE, asked).scalar_one()
            db.execute(insert(table_of(Result)), [_result(place_id, shown.id, key) for key in keys])
            own = paper._replace(enrolment_id=place_id)
            attempts[seat] = open_attempt(db, own, "en")
            _answer(db, place_id, attempts[seat], right)
    return attempts


_SHOWN = (
    select(CourseVersion.id, CourseVersion.compiler)
    .join(Course, Course.id == CourseVersion.course_id)
    .where(Course.slug == bindparam("slug"), CourseVersion.is_current)
)
_KEYS = select(Activity.key).where(
    Activity.version_id == bindparam("version_id"), Activity.key != FINAL
)
_PLACE = (
    select(Enrolment.id)
    .join(Course, Course.id == Enrolment.course_id)
    .where(Course.slug == bindparam("slug"), Enrolment.learner_id == bindparam("person"))
)
_ATTEMPT = select(Attempt.id).where(
    Attempt.enrolment_id == bindparam("place_id"),
    Attempt.activity_key == FINAL,
    Attempt.number == bindparam("number"),
)
_CERTIFICATES = (
    select(func.count(Certificate.id), func.count(Certificate.completion_id.distinct()))
    .join(Enrolment, Enrolment.id == Certificate.completion_id)
    .join(Course, Course.id == Enrolment.course_id)
    .where(Course.slug == bindparam("slug"))
)


def _result(place_id: int, version_id: int, key: str) -> dict[str, Any]:
    return {
        "enrolment_id": place_id,
        "activity_key": key,
        "version_id": version_id,
        "source": "paper",
        "source_key": f"{place_id}/{key}",
        "score": 1,
        "out_of": 1,
        "passed": True,
        "language": "en",
        "mode": "paper",
        "recorded_at": clock.now(),
    }


def _answer(db: Session, place_id: int, number: int, right: Mapping[str, Any]) -> None:
    attempt_id = db.execute(_ATTEMPT, {"place_id": place_id, "number": number}).scalar_one()
    for item in db.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)):
        item.answer = right[item.item_key]
    db.flush()


def _right(item: BankItem) -> Any:
    """The right answer as it is stored; for the kinds that the bench's own courses ask."""
    definition = item.definition
    if item.kind == "true-false":
        return "true" if definition["answer"] else "false"
    if item.kind == "matching":
        return {pair["id"]: pair["id"] for pair in definition["pairs"]}
    right = sorted(option["id"] for option in definition["options"] if option["right"])
    return right if item.kind == "multiple" else right[0]


def _certificates(database: Database, slug: str) -> int:
    """How many certificates the course has; raises when somebody holds two."""
    with closing(open_engines(database.url, 1)) as engines, engines.reading() as db:
        issued, holders = db.execute(_CERTIFICATES, {"slug": slug}).one()
    if issued != holders:
        raise RuntimeError(f"{issued} certificates for {holders} completions")
    return int(issued)
