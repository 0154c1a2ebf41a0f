"""Jobs of duties: the roll of a requirement, that of a person, the day's letters, the week's digests."""

from collections.abc import Mapping
from typing import Any

from app.duties.concerns import requirements_about
from app.duties.digests import administrators, send_digest
from app.duties.letters import people_to_remind, remind
from app.duties.requirements import (
    ROLL,
    call_roll_later,
    is_any_course_required,
    standing_requirements,
)
from app.duties.rolls import call_roll, people_on
from app.foundation import clock
from app.queue.jobs import later
from app.queue.worker import Handler, Workshop

DUTIES, ROLL_OF, ROLLS = "duties", "call-roll-of", "call-rolls"
REMIND_OF_DUTIES, DIGESTS = "remind-of-duties", "digest-duties"
BATCHES = 20  # in one job; then the rest is promised, so that no job holds the queue for long
MOST = 200


def look_at_duties(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Once a day: call every roll, then write the letters that are due, and on a new week digests."""
    today = clock.now().date()
    year, week, _day = today.isocalendar()
    with workshop.engines.writing() as db:
        if not is_any_course_required(db):
            return
        for requirement_id in standing_requirements(db):
            call_roll_later(db, requirement_id, key=f"{ROLL}:{requirement_id}:{today}")
        later(db, REMIND_OF_DUTIES, {"after": 0}, unique_key=f"{REMIND_OF_DUTIES}:{today}")
        later(db, DIGESTS, {}, unique_key=f"{DIGESTS}:{year}-{week}")


def call_every_roll(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Call every roll again: the tree of institutions is another one."""
    with workshop.engines.writing() as db:
        for requirement_id in standing_requirements(db):
            call_roll_later(db, requirement_id)


def call_one_roll(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Bring the duties under one requirement up to now, some hundred people a transaction."""
    requirement_id, after = payload["requirement"], payload["after"]
    moment = clock.now()
    for _batch in range(BATCHES):
        with workshop.engines.writing() as db:
            people = people_on(db, requirement_id, moment, after)
            if not people:
                return
            call_roll(db, requirement_id, moment, people)
        after = people[-1]
    with workshop.engines.writing() as db:
        call_roll_later(db, requirement_id, after)


def call_roll_of_person(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Bring the duties of one person up to now: they work elsewhere, or as something else."""
    with workshop.engines.writing() as db:
        for requirement_id in requirements_about(db, payload["person"]):
            call_roll(db, requirement_id, clock.now(), [payload["person"]])


def remind_of_duties(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Promise each letter that is due in a transaction of its own; a repeat promises none twice."""
    moment, after = clock.now(), payload["after"]
    while True:
        with workshop.engines.reading() as db:
            people = people_to_remind(db, moment, after, MOST)
        if not people:
            return
        workshop.engines.write_each(people, lambda db, person_id: remind(db, person_id, moment))
        after = people[-1]


def digest_duties(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Promise each administrator's digest of the week in a transaction of its own."""
    moment = clock.now()
    with workshop.engines.reading() as db:
        people = administrators(db)
    workshop.engines.write_each(people, lambda db, person_id: send_digest(db, person_id, moment))


HANDLERS: Mapping[str, Handler] = {
    DUTIES: look_at_duties,
    ROLL: call_one_roll,
    ROLL_OF: call_roll_of_person,
    ROLLS: call_every_roll,
    REMIND_OF_DUTIES: remind_of_duties,
    DIGESTS: digest_duties,
}
