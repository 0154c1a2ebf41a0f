"""Ways: an edition with what a learner has done in it, where they are, and what is missing."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.catalogue.editions import Edition, EditionActivity, EditionModule
from app.i18n.catalogues import translations_for
from app.i18n.phrases import phrases_of
from app.learning.rules import Line, Part, Step, Trace, evaluate, part_of

AHEAD, HERE, DONE = "ahead", "here", "done"
SIGNS = {
    ("lesson", AHEAD): "open",
    ("lesson", HERE): "here",
    ("lesson", DONE): "done",
    ("scenario", AHEAD): "fork",
    ("scenario", HERE): "forkhere",
    ("scenario", DONE): "fork",
    ("quiz", AHEAD): "test",
    ("quiz", HERE): "testhere",
    ("quiz", DONE): "testdone",
}


class Stop(NamedTuple):
    """An activity on the way: its standing, and the sign that shows it."""

    activity: EditionActivity
    standing: str
    sign: str


class Stretch(NamedTuple):
    """A module on the way; `is_here` when the place lies in it."""

    module: EditionModule
    is_done: bool
    is_here: bool
    stops: tuple[Stop, ...]


class Missing(NamedTuple):
    """What one line of the rule still asks for, in words and time; `first` leads there."""

    sign: str
    words: str
    time: str
    first: EditionActivity


class Way(NamedTuple):
    """The way through a course: done minutes are behind, `here` is what comes next, if anything."""

    edition: Edition
    done: frozenset[str]
    here: EditionActivity | None
    behind: int
    left: int
    stations_done: tuple[bool, ...]

    def stretches(self) -> list[Stretch]:
        """Its modules with all that is in them; not every page shows so much."""
        return [self._stretch(module) for module in self.edition.modules]

    def final(self) -> Stop | None:
        """The final assessment, if there is one."""
        return self._stop(self.edition.final) if self.edition.final else None

    def _stretch(self, module: EditionModule) -> Stretch:
        stops = tuple(self._stop(activity) for activity in module.activities)
        is_here = self.here is not None and self.here.module == module.number
        return Stretch(module, module.counted <= self.done, is_here, stops)

    def _stop(self, activity: EditionActivity) -> Stop:
        is_here = self.here is not None and self.here.key == activity.key
        standing = HERE if is_here else DONE if activity.key in self.done else AHEAD
        return Stop(activity, standing, sign_of(activity, standing))


def way_through(
    edition: Edition, done: Collection[str], here: EditionActivity | None = None
) -> Way:
    """Put the done activities on the edition's way; `here` is the place of the reader."""
    done = frozenset(done)
    behind = sum(edition.activity(key).minutes for key in done if key in edition.places)
    stations_done = [module.counted <= done for module in edition.modules]
    if edition.final:
        stations_done.append(edition.final.key in done)
    return Way(edition, done, here, behind, edition.minutes - behind, tuple(stations_done))


def sign_of(activity: EditionActivity, standing: str) -> str:
    """The sign that shows an activity in this standing."""
    if activity.is_final and standing != HERE:
        return "enddone" if standing == DONE else "end"
    return SIGNS[activity.kind, standing]


def next_in(edition: Edition, done: Sequence[str]) -> EditionActivity | None:
    """Where to go on: the first activity not done after the one done last, else the first at all.

    `done` is in the order of doing; nothing is left when all is done. Scenarios are never done.
    """
    places = [edition.places[key] for key in done if key in edition.places]
    start = places[-1] + 1 if places else 0
    passed = set(done)
    around = (*edition.activities[start:], *edition.activities[:start])
    return next((each for each in around if each.key not in passed and not each.is_practice), None)


def trace_in(edition: Edition, done: Collection[str]) -> Trace:
    """The rule of the edition's version held against what is done."""
    steps = (
        Step(each.key, part_of(each.kind, is_final=each.is_final), each.minutes)
        for each in edition.activities
        if each.required
    )
    return evaluate(edition.rule, steps, frozenset(done))


def missing_in(edition: Edition, done: Collection[str]) -> tuple[Missing, ...]:
    """What is still missing for the certificate: one entry for each line that is not met."""
    return tuple(_missing(edition, line) for line in trace_in(edition, done).missing)


def _missing(edition: Edition, line: Line) -> Missing:
    activities = [edition.activity(key) for key in line.missing]
    modules = {activity.module for activity in activities}
    return Missing(
        sign={"lessons": "open", "quizzes": "test", "final": "end"}[line.part],
        words=_words(
            edition.language,
            line.part,
            len(activities),
            modules.pop() if len(modules) == 1 else 0,
            activities[0],
        ),
        time=phrases_of(edition.language).minutes(line.minutes),
        first=activities[0],
    )


def _words(language: str, part: Part, number: int, module: int, first: EditionActivity) -> str:
    catalogue = translations_for(language)
    gettext, ngettext = catalogue.gettext, catalogue.ngettext
    if part == "final":
        said = gettext("Final assessment, %(mark)d%% to pass")
    elif part == "quizzes" and number == 1:
        said = gettext("Quiz of module %(module)d")
    elif part == "quizzes":
        said = ngettext("%(num)d module quiz", "%(num)d module quizzes", number)
    elif module:
        said = ngettext(
            "%(num)d lesson in module %(module)d", "%(num)d lessons in module %(module)d", number
        )
    else:
        said = ngettext("%(num)d lesson", "%(num)d lessons", number)
    return said % {"num": number, "module": module, "mark": first.settings.get("pass_mark", 0)}
