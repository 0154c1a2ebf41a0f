"""Learners: what My learning costs somebody with a thousand enrolments, beside one with ten."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL as LABELLED
from sqlalchemy import func, insert, select

from app.foundation.database import open_engines, table_of
from app.learning.completions import Completion
from app.learning.enrolments import Enrolment
from bench.databases import Database, person_at, token_of
from bench.rounds import Subject, play
from bench.servers import Server
from bench.visits import request

FEW, MANY = 10, 1_000
SEATS = {2: FEW, 3: MANY}  # people whom no other visit asks for
CONNECTIONS = 8
PAGE = "/en/my-learning"


class Widened(NamedTuple):
    """How often the few fit into the many: the median of the rounds, the least and the greatest."""

    ratio: float
    spread: tuple[float, float]


def widen(app: Server, database: Database, rounds: int) -> Widened:
    """Both people's pages by turns, the CPU of the server and of the database together."""
    for seat, count in SEATS.items():
        _enrol(database, person_at(seat, database.people), count)
    subjects = [
        Subject(
            f"my-learning with {count:,}",
            app.port,
            [request(PAGE, f"sign_in={token_of(seat)}")],
            (app.cpu, database.cpu),
        )
        for seat, count in SEATS.items()
    ]
    many = play(subjects, CONNECTIONS, rounds)[1]
    return Widened(many.ratio, many.spread)


def _enrol(database: Database, person_id: int, count: int) -> None:
    """Earlier rounds, completed and ended, in the courses that a person has completed."""
    rounds, completions = table_of(Enrolment), table_of(Completion)
    own = rounds.c.learner_id == person_id
    engines = open_engines(database.url, 1)
    with engines.writing() as db:
        asked = select(rounds, completions).join(completions).where(own, rounds.c.round == 1)
        done = db.execute(asked.set_label_style(LABELLED)).mappings().all()
        standing = db.scalar(select(func.count()).where(own)) or 0
        for number in range(count - standing):
            one = done[number % len(done)]
            place = {each.name: one[f"enrolments_{each.name}"] for each in rounds.c}
            end = {each.name: one[f"completions_{each.name}"] for each in completions.c}
            before = timedelta(days=1 + number)
            place |= {"round": 2 + number // len(done), "opened_at": place["opened_at"] - before}
            place |= {"ended_at": end["completed_at"] - before}
            del place["id"]
            made = db.execute(insert(rounds).values(place).returning(rounds.c.id)).scalar_one()
            db.execute(insert(completions).values(end | {"enrolment_id": made}))
    engines.close()
