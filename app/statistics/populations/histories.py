"""Histories: what people did in their courses, with the events and the facts of it.

SQL names `e` for one of the places of a person in courses, in the order in which they were taken: its
`id`, the person's number `n`, and `opened`, in minutes; `c` for what was done in it, and `w` for the
papers of versions, completed on ANY_DAY.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count
from math import gcd

from app.statistics.facts import FOLDED
from app.statistics.populations.speeches import Speech, chosen, scattered

PLACES = 5  # of each person
EVENTS = 1_000_000  # below their ids
ANY_DAY = date(2000, 1, 1)
MINUTES_OPENED = 1_350 * 1_440  # within which everybody enrols
LANGUAGES = ("en", "en", "en", "fr", "fr", "fr", "fr", "ar", "ar", "es")
MODES = ("online", "online", "online", "online", "online", "offline", "offline", "classroom")
ENROLMENT, OPENED = "e.id", "e.opened"
WAY = f"(2 + {scattered(ENROLMENT, 40, 7)})"  # days from the first to the last
# The random bits of a record: those that its first event's key begins with.
RECORD = f"({ENROLMENT} * 2654435761 % 4294967296 / 2)"
LANGUAGE, MODE = chosen(ENROLMENT, LANGUAGES, 8), chosen(ENROLMENT, MODES, 9)
PASSED = f"CASE WHEN {scattered(ENROLMENT, 5, 10)} > 0 THEN 1 ELSE 0 END"
# Percent of points before and after the course, of those half who took the pretest too.
BEFORE = f"(20 + {scattered(ENROLMENT, 59, 13)})"
AFTER = f"(CASE {PASSED} WHEN 1 THEN 70 ELSE 40 END + {scattered(ENROLMENT, 30, 14)})"
HAS_GAIN = f"c.is_tried = 1 AND {scattered(ENROLMENT, 2, 12)} = 1"
SHOWN, ANSWER = """'{"order": ["a", "b", "c"]}'""", """'"a"'"""
# Measure, kind of event, which places have it, days after the first, what the payload adds.
COUNTED = (
    ("enrolled", "enrolled", "1 = 1", "0", "'\"round\": ' || c.round || ', '"),
    ("started", "started", "c.is_started = 1", "0", "''"),
    ("completed", "course-completed", "c.is_completed = 1", WAY,
     f"'\"minutes\": ' || c.minutes || ', \"days\": ' || {WAY} || ', '"),
    ("tried", "final-tried", "c.is_tried = 1", WAY,
     f"'\"passed\": ' || CASE {PASSED} WHEN 1 THEN 'true' ELSE 'false' END || ', '"),
    ("certified", "certificate-issued", "c.is_completed = 1", WAY,
     f"'\"certificate_id\": ' || {ENROLMENT} || ', \"issue\": 1, '"),
    ("gained", "gain-measured", HAS_GAIN, WAY,
     f"'\"before\": ' || {BEFORE} || ', \"after\": ' || {AFTER} || ', '"),
)  # fmt: skip

DAYS = {"completed": WAY, "tried": PASSED, "gained": f"{AFTER} - {BEFORE}"}

# Nearly the golden part of all places: so far one that follows lies from the one before it.
GOLDEN = 0.6180339887


def taken(speech: Speech, people: int, turns: int) -> str:
    """SQL of `e`: all places in the order of time, which ids and rows then have as in life.

    Those of a person lie far from each other, and so do those of an office.
    """
    many = people * PLACES
    step = next(each for each in count(int(many * GOLDEN)) if gcd(each, many) == 1)
    return (
        f"{speech.series('p', many)}, e(id, n, at, turn, opened) AS (SELECT id, place / {PLACES} + 1,"
        f" place % {PLACES} + 1, (place / {PLACES} + 1) % {turns}, (id - 1) * {MINUTES_OPENED} / {many}"
        f" FROM (SELECT n AS id, (n - 1) * {step} % {many} AS place FROM p) AS placed)"
    )


def done(speech: Speech) -> list[str]:
    """Places in courses and what was done there, in the order of the keys."""
    return [
        _enrolments(speech), _progress(speech), _completions(speech), _certificates(speech),
        _attempts(speech), _attempt_items(speech), _results(speech),
    ]  # fmt: skip


def _places(speech: Speech) -> str:
    return f"FROM e {speech.follows} c ON c.turn = e.turn AND c.at = e.at"


def _opened(speech: Speech, minutes: str = "0") -> str:
    return speech.moment(f"{OPENED} + {minutes}")


def _ended(speech: Speech, minutes: str = "0") -> str:
    return speech.moment(f"{OPENED} / 1440 * 1440 + {WAY} * 1440 + {minutes}")


def _day(speech: Speech, later: str = "0") -> str:
    return speech.day(f"{OPENED} / 1440 + {later}")


def _enrolments(speech: Speech) -> str:
    return f"""
        INSERT INTO enrolments (id, learner_id, course_id, version_id, round, opened_at, opened_day,
          started_at, started_day, ended_at, end_reason)
        SELECT {ENROLMENT}, n, c.course_id, c.version_id, c.round, {_opened(speech)}, {_day(speech)},
          CASE WHEN c.is_started = 1 THEN {_opened(speech)} END,
          CASE WHEN c.is_started = 1 THEN {_day(speech)} END,
          CASE WHEN c.is_over = 1 THEN {_ended(speech)} END,
          CASE WHEN c.is_over = 1 THEN 'renewed' END
        {_places(speech)}"""


def _progress(speech: Speech) -> str:
    moment = _opened(speech, "a.position")
    return f"""
        INSERT INTO progress (enrolment_id, activity_key, done_at, updated_at)
        SELECT {ENROLMENT}, a.key, {moment}, {moment}
        {_places(speech)} JOIN activities a ON a.version_id = c.version_id AND a.position <= c.lessons"""


def _completions(speech: Speech) -> str:
    return f"""
        INSERT INTO completions
          (enrolment_id, version_id, placement_id, completed_at, day, language, mode, trace, score)
        SELECT {ENROLMENT}, c.version_id, n, {_ended(speech)}, {_day(speech, WAY)},
          {LANGUAGE}, {MODE}, {speech.json("'{}'")}, 70 + {scattered(ENROLMENT, 30, 11)}
        {_places(speech)} WHERE c.is_completed = 1"""


def _certificates(speech: Speech) -> str:
    printed = f"coalesce(replace(w.printed, '{ANY_DAY}', {speech.date(_day(speech, WAY))}), '{{}}')"
    return f"""
        INSERT INTO certificates
          (id, completion_id, issue, code, holder_name, holder_language, printed, issued_at)
        SELECT {ENROLMENT}, {ENROLMENT}, 1, {speech.padded(ENROLMENT)}, 'Learner ' || n,
          'en', {speech.json(printed)}, {_ended(speech)}
        {_places(speech)} LEFT JOIN w ON w.version_id = c.version_id WHERE c.is_completed = 1"""


def _final(alias: str) -> str:
    return f"JOIN activities {alias} ON {alias}.version_id = c.version_id AND {alias}.module_id IS NULL"


def _attempts(speech: Speech) -> str:
    """One graded attempt a person, where a final ended the course."""
    moment = _ended(speech, "-10")
    return f"""
        INSERT INTO attempts
          (id, enrolment_id, activity_key, version_id, number, seed, language, revision, opened_at,
           submitted_at, graded_at)
        SELECT {ENROLMENT}, {ENROLMENT}, a.key, c.version_id, 1, n, 'en', 10, {moment}, {moment}, {moment}
        {_places(speech)} {_final("a")} WHERE c.by_final = 1"""


def _attempt_items(speech: Speech) -> str:
    return f"""
        INSERT INTO attempt_items
          (attempt_id, position, item_key, item_hash, shown, answer, revision, answered_at, score)
        SELECT {ENROLMENT}, q.position, q.item_key, q.item_hash, {speech.json(SHOWN)},
          {speech.json(ANSWER)}, 1, {_ended(speech, "-10")}, 1
        {_places(speech)} {_final("a")} JOIN quiz_items q ON q.activity_id = a.id AND q.position <= 10
        WHERE c.by_final = 1"""


def _results(speech: Speech) -> str:
    return f"""
        INSERT INTO results
          (enrolment_id, activity_key, version_id, source, source_key, score, out_of, passed,
           language, mode, recorded_at)
        SELECT {ENROLMENT}, a.key, c.version_id, 'quiz', CAST({ENROLMENT} AS VARCHAR(140)), 8, 10,
          {speech.true}, 'en', 'online', {_ended(speech, "-10")}
        {_places(speech)} {_final("a")} WHERE c.by_final = 1"""


def _key(speech: Speech, number: int) -> str:
    """An event's key: 31 random bits of its record, then its own number."""
    return speech.uuid(f"{RECORD} * 2", f"{ENROLMENT} * 8 + {number}")


def facts(speech: Speech, office: str) -> Iterator[str]:
    """The facts of each measure, as they come out of the events; tallies are counted of them.

    `office` tells the institution of a person by their number.
    """
    for number, (measure, _kind, which, later, _more) in enumerate(COUNTED):
        minutes = "c.minutes" if measure == "completed" else "0"
        days = DAYS.get(measure, "0")
        yield f"""
            INSERT INTO facts
              (event_key, measure, day, course_id, version_id, enrolment_id, person_id, placement_id,
               institution_id, language, mode, minutes, days, record_key, stage)
            SELECT {_key(speech, number)}, '{measure}', {_day(speech, later)}, c.course_id,
              c.version_id, {ENROLMENT}, n, n, {office}, {LANGUAGE}, {MODE}, {minutes}, {days}, {RECORD}, {FOLDED}
            {_places(speech)} WHERE {which}"""


def events(speech: Speech) -> Iterator[str]:
    """The ledger that the same facts can be made of."""
    for number, (_measure, kind, which, later, more) in enumerate(COUNTED):
        said = f"""'{{' || {more} || '"day": "' || {speech.date(_day(speech, later))} || '"}}'"""
        moment = _opened(speech) if later == "0" else _ended(speech)
        yield f"""
            INSERT INTO events
              (id, key, kind, happened_at, recorded_at, actor_id, person_id, placement_id, course_id,
               version_id, enrolment_id, language, mode, payload)
            SELECT {EVENTS} + {ENROLMENT} * 8 + {number}, {_key(speech, number)}, '{kind}', {moment}, {moment},
              n, n, n, c.course_id, c.version_id, {ENROLMENT}, {LANGUAGE}, {MODE},
              {speech.json(said)}
            {_places(speech)} WHERE {which}"""
