"""Rules: what completes a course, as data; evaluating one also says what is still missing."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.catalogue.activities import Activity
from app.catalogue.versions import CourseVersion
from app.foundation.keeping import Kept

MOST_VERSIONS = 512

Part = Literal["lessons", "quizzes", "final"]
PARTS: tuple[Part, ...] = ("lessons", "quizzes", "final")


class Step(NamedTuple):
    """An activity as a rule sees it: the part it belongs to, and its minutes."""

    key: str
    part: Part
    minutes: int


class Line(NamedTuple):
    """One line of a rule: the keys that met it, those still missing, and their minutes."""

    part: Part
    met: tuple[str, ...]
    missing: tuple[str, ...]
    minutes: int

    @property
    def is_met(self) -> bool:
        return not self.missing


class Trace(NamedTuple):
    """A rule evaluated: every line that the rule asks for, in the order of the course."""

    lines: tuple[Line, ...]

    @property
    def is_met(self) -> bool:
        """Every line holds; a rule that asks for nothing is never met, since nothing was done."""
        return bool(self.lines) and all(line.is_met for line in self.lines)

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_met)

    @property
    def minutes(self) -> int:
        """Minutes of all that is still missing."""
        return sum(line.minutes for line in self.lines)


class Requirements(NamedTuple):
    """What a version asks of a learner: its rule and the steps that the rule may count.

    `has_pretest` when its final assessment is asked before the course too.
    """

    rule: Mapping[str, str]
    steps: tuple[Step, ...]
    course_minutes: int
    has_pretest: bool


def evaluate(rule: Mapping[str, str], steps: Iterable[Step], done: Collection[str]) -> Trace:
    """Hold what is done against the rule; the order in which it was done does not matter."""
    known = tuple(steps)
    lines = (
        _line(part, [step for step in known if step.part == part], done)
        for part in PARTS
        if rule.get(part, "none") != "none"
    )
    return Trace(tuple(line for line in lines if line.met or line.missing))


def _line(part: Part, steps: list[Step], done: Collection[str]) -> Line:
    missing = [step for step in steps if step.key not in done]
    return Line(
        part,
        met=tuple(step.key for step in steps if step.key in done),
        missing=tuple(step.key for step in missing),
        minutes=sum(step.minutes for step in missing),
    )


def part_of(kind: str, *, is_final: bool) -> Part:
    """The part of a rule that an activity belongs to."""
    if kind == "lesson":
        return "lessons"
    return "final" if is_final else "quizzes"


_activities, _versions = Activity.__table__.c, CourseVersion.__table__.c
_RULE = select(_versions.rule, _versions.minutes).where(_versions.id == bindparam("version_id"))
_STEPS = (
    select(_activities.key, _activities.kind, _activities.minutes, _activities.settings)
    .where(_activities.version_id == bindparam("version_id"), _activities.required)
    .order_by(_activities.position)
)
_kept: Kept[int, Requirements] = Kept(MOST_VERSIONS)


def requirements_of(db: Session, version_id: int) -> Requirements:
    """What a version asks for; it never changes, so it is read once a process."""
    return _kept.get(db, version_id, lambda: _read(db, version_id))


def _read(db: Session, version_id: int) -> Requirements:
    asked = {"version_id": version_id}
    rule, minutes = db.execute(_RULE, asked).one()
    rows = db.execute(_STEPS, asked).all()
    steps = tuple(
        Step(key, part_of(kind, is_final=bool(settings.get("final"))), each)
        for key, kind, each, settings in rows
    )
    has_pretest = any(settings.get("pretest") for _key, _kind, _minutes, settings in rows)
    return Requirements(rule, steps, minutes, has_pretest)
