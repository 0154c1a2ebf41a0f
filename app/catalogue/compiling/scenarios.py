"""Scenarios: what must hold in a branching scenario, so that every path of it ends."""

from collections import Counter
from collections.abc import Callable, Iterator

from app.catalogue.compiling.declarations import (
    ScenarioChoice,
    ScenarioDeclaration,
    ScenarioStep,
)
from app.catalogue.compiling.documents import Document
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.manuscripts import Manuscript, ModuleSource, ScenarioSource
from app.catalogue.compiling.names import check_outcomes, check_sources, check_unique, has_file
from app.i18n.sayings import Saying, counting, saying

FEWEST_CHOICES, MOST_CHOICES = 2, 4
FEWEST_DECISIONS = 3
FEWEST_ENDINGS = 2


def check_scenarios(manuscript: Manuscript, faults: Faults) -> None:
    """Add a fault for everything that would leave a player without a way or a reason."""
    for module in manuscript.modules.values():
        _check_names(manuscript, module, faults)
    for scenario in manuscript.scenarios.values():
        document, said = scenario.document, scenario.declaration
        _check_place(manuscript, scenario, faults)
        check_outcomes(manuscript, document, ("outcomes",), said.outcomes, faults)
        check_sources(manuscript, document, ("sources",), said.sources, faults)
        check_unique(document, ("steps",), [step.key for step in said.steps], faults)
        for number, step in enumerate(said.steps):
            _check_step(manuscript, document, number, step, faults)
        _check_ways(document, said, faults)


def longest(
    said: ScenarioDeclaration,
    of_step: Callable[[ScenarioStep], float],
    of_choice: Callable[[ScenarioChoice], float],
) -> float:
    """The most that any path from the start to an ending adds up to; there must be no circle."""
    steps = {step.key: step for step in said.steps}
    most: dict[str, float] = {}

    def from_here(key: str) -> float:
        if key not in most:
            step = steps[key]
            onward = (of_choice(choice) + from_here(choice.to) for choice in step.choices)
            most[key] = of_step(step) + max(onward, default=0)
        return most[key]

    return from_here(said.start)


def decisions_of(said: ScenarioDeclaration) -> int:
    """How many decisions the longest path asks for."""
    return round(longest(said, lambda _step: 0, lambda _choice: 1))


def _check_names(manuscript: Manuscript, module: ModuleSource, faults: Faults) -> None:
    document, named = module.document, module.declaration.scenarios
    check_unique(document, ("scenarios",), named, faults)
    for number, key in enumerate(named):
        line = document.line("scenarios", number)
        if not has_file(manuscript, key, module.key):
            what = saying(
                "there is no scenario %(module)s/%(key)s.yaml", module=module.key, key=key
            )
            mend = meant(key, manuscript.scenarios, saying("write it, or take its key out"))
            faults.add(document.path, line, what, mend)
        elif key in manuscript.quizzes:
            what = saying("`%(key)s` is a quiz, not a scenario", key=key)
            faults.add(document.path, line, what, saying("name it under `quiz`"))


def _check_place(manuscript: Manuscript, scenario: ScenarioSource, faults: Faults) -> None:
    module = manuscript.modules.get(scenario.folder)
    if not scenario.folder:
        what = saying("a scenario lies beside course.yaml")
        faults.add(scenario.path, 1, what, saying("put it into the folder of its module"))
    elif module and scenario.key not in module.declaration.scenarios:
        mend = saying("add its key to `scenarios` in module.yaml")
        faults.add(scenario.path, 1, saying("no module names this scenario"), mend)


def _check_step(
    manuscript: Manuscript, document: Document, number: int, step: ScenarioStep, faults: Faults
) -> None:
    path, line, count = document.path, document.line("steps", number), len(step.choices)
    if step.choices and step.ending:
        what = saying("the step `%(key)s` has choices and an ending", key=step.key)
        faults.add(path, line, what, saying("keep the one or the other"))
    elif not step.choices and not step.ending:
        mend = saying("add `choices:`, or `ending:` with one of `good`, `mixed` or `poor`")
        faults.add(
            path,
            line,
            saying("the step `%(key)s` has neither choices nor an ending", key=step.key),
            mend,
        )
    elif step.choices and not FEWEST_CHOICES <= count <= MOST_CHOICES:
        what = counting(
            count,
            "the step `%(key)s` has %(num)s choice",
            "the step `%(key)s` has %(num)s choices",
            key=step.key,
        )
        faults.add(
            path, document.line("steps", number, "choices"), what, saying("give two to four")
        )
    check_unique(document, ("steps", number, "choices"), [c.key for c in step.choices], faults)
    _check_choices(document, number, step, faults)
    if step.lesson is None:
        return
    line = document.line("steps", number, "lesson")
    if step.choices:
        what = saying("a lesson to read again stands before the ending")
        faults.add(path, line, what, saying("name it in the endings"))
    elif not any(p.endswith(".md") for p in manuscript.activity_paths.get(step.lesson, ())):
        mend = meant(
            step.lesson, manuscript.lessons, saying("write the key of a lesson of this course")
        )
        faults.add(path, line, saying("there is no lesson `%(lesson)s`", lesson=step.lesson), mend)


def _check_choices(document: Document, number: int, step: ScenarioStep, faults: Faults) -> None:
    """No two choices of a step read alike, or lead to the same place for the same reason."""
    texts: dict[str, str] = {}
    ways: dict[tuple[str, str], str] = {}
    for place, choice in enumerate(step.choices):
        line = document.line("steps", number, "choices", place)
        twin = texts.setdefault(choice.text.casefold(), choice.key)
        same = ways.setdefault((choice.to, choice.feedback.casefold()), choice.key)
        if twin != choice.key:
            what = saying("`%(key)s` has the same text as `%(twin)s`", key=choice.key, twin=twin)
            faults.add(document.path, line, what, saying("make the choices differ"))
        elif same != choice.key:
            what = saying(
                "`%(key)s` leads to the same step with the same feedback as `%(same)s`",
                key=choice.key,
                same=same,
            )
            faults.add(
                document.path, line, what, saying("give it a consequence or a reason of its own")
            )


def _check_ways(document: Document, said: ScenarioDeclaration, faults: Faults) -> None:
    """From the start every step is reached, and every path ends after enough decisions."""
    steps = {step.key: step for step in said.steps}
    unknown: list[tuple[Saying, str, int]] = []
    if said.start not in steps:
        unknown.append((saying("`start`"), said.start, document.line("start")))
    unknown += [
        (saying("the choice `%(key)s`", key=choice.key), choice.to, line)
        for _step, choice, line in _choices(document, said)
        if choice.to not in steps
    ]
    for what, key, line in unknown:
        mend = meant(key, steps, saying("write the key of a step"))
        faults.add(
            document.path,
            line,
            saying("%(what)s leads to no step: there is no `%(key)s`", what=what, key=key),
            mend,
        )
    if unknown:
        return
    has_circle = _check_circles(document, said, faults)
    _check_reached(document, said, faults)
    if not has_circle:
        _check_decisions(document, said, faults)
    _check_endings(document, said, faults)


def _choices(
    document: Document, said: ScenarioDeclaration
) -> Iterator[tuple[ScenarioStep, ScenarioChoice, int]]:
    """Every choice with its step and the line that says where it leads."""
    for number, step in enumerate(said.steps):
        for place, choice in enumerate(step.choices):
            yield step, choice, document.line("steps", number, "choices", place, "to")


def _check_circles(document: Document, said: ScenarioDeclaration, faults: Faults) -> bool:
    """Refuse each choice that leads back to a step through which one came to it."""
    onward: dict[str, list[tuple[ScenarioChoice, int]]] = {step.key: [] for step in said.steps}
    for step, choice, line in _choices(document, said):
        onward[step.key].append((choice, line))
    done: set[str] = set()
    circles: list[int] = []

    def follow(key: str, behind: tuple[str, ...]) -> None:
        for choice, line in onward[key]:
            if choice.to in behind:
                circles.append(line)
                what = saying(
                    "the choice `%(key)s` of `%(step)s` leads back to `%(to)s`",
                    key=choice.key,
                    step=key,
                    to=choice.to,
                )
                faults.add(document.path, line, what, saying("let it lead to a step further on"))
            elif choice.to not in done:
                follow(choice.to, (*behind, choice.to))
        done.add(key)

    follow(said.start, (said.start,))
    return bool(circles)


def _check_reached(document: Document, said: ScenarioDeclaration, faults: Faults) -> None:
    onward = {step.key: {choice.to for choice in step.choices} for step in said.steps}
    reached = _reached(onward, said.start)
    for number, step in enumerate(said.steps):
        if step.key not in reached:
            what = saying("no way leads to the step `%(key)s`", key=step.key)
            mend = saying("let a choice lead to it, or take it out")
            faults.add(document.path, document.line("steps", number), what, mend)


def _reached(onward: dict[str, set[str]], start: str) -> set[str]:
    reached, waiting = set(), [start]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += onward[key]
    return reached


def _check_decisions(document: Document, said: ScenarioDeclaration, faults: Faults) -> None:
    decisions = decisions_of(said)
    if decisions < FEWEST_DECISIONS:
        what = counting(
            decisions,
            "the longest path has %(num)s decision",
            "the longest path has %(num)s decisions",
        )
        mend = saying("let at least one path have %(number)s", number=FEWEST_DECISIONS)
        faults.add(document.path, document.line("steps"), what, mend)


def _check_endings(document: Document, said: ScenarioDeclaration, faults: Faults) -> None:
    endings = Counter(step.ending for step in said.steps if step.ending)
    line = document.line("steps")
    if endings.total() < FEWEST_ENDINGS:
        mend = saying(
            "write at least %(number)s, one of them good and one not",
            number=FEWEST_ENDINGS,
        )
        what = counting(
            endings.total(), "the scenario has %(num)s ending", "the scenario has %(num)s endings"
        )
        faults.add(document.path, line, what, mend)
    elif not endings["good"]:
        faults.add(
            document.path, line, saying("no ending is good"), saying("let one path end well")
        )
    elif endings["good"] == endings.total():
        mend = saying("let one path end `mixed` or `poor`")
        faults.add(document.path, line, saying("every ending is good"), mend)
