"""Scenes: a scenario as numbered passages that lead to one another, to be played without a server."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

FIRST = "scene-1"


class Way(NamedTuple):
    """A choice in a scene, and the scene that it leads to by its id and number."""

    text: Markup
    to: str
    number: int


class Scene(NamedTuple):
    """What follows a choice: why it was wise or not, the new situation, and the choices in it.

    The first scene follows no choice; one without ways is an ending: good, mixed or poor.
    """

    id: str
    number: int
    chosen: Markup
    feedback: Markup
    html: Markup
    ways: tuple[Way, ...]
    ending: str
    lesson: str


def scenes_of(settings: Mapping[str, Any], parts: Mapping[str, Any]) -> tuple[Scene, ...]:
    """One scene for the start and one for each choice, in the order in which steps are told."""
    steps = {step["key"]: step for step in settings["steps"]}
    places = [("", "", settings["start"])]
    places += [(k, c["key"], c["to"]) for k, step in steps.items() for c in step["choices"]]
    numbers = {(step, choice): n for n, (step, choice, _to) in enumerate(places, 1)}
    return tuple(
        _scene(n, steps[to], _chosen(parts, step, choice), parts, numbers)
        for n, (step, choice, to) in enumerate(places, 1)
    )


def _chosen(parts: Mapping[str, Any], step: str, choice: str) -> Mapping[str, str]:
    if not choice:
        return {"text": "", "feedback": ""}
    said: Mapping[str, str] = parts["steps"][step]["choices"][choice]
    return said


def _scene(
    number: int,
    step: Mapping[str, Any],
    chosen: Mapping[str, str],
    parts: Mapping[str, Any],
    numbers: Mapping[tuple[str, str], int],
) -> Scene:
    said = parts["steps"][step["key"]]
    ways = []
    for choice in step["choices"]:
        to = numbers[step["key"], choice["key"]]
        ways.append(Way(_safe(said["choices"][choice["key"]]["text"]), f"scene-{to}", to))
    return Scene(
        id=f"scene-{number}",
        number=number,
        chosen=_safe(chosen["text"]),
        feedback=_safe(chosen["feedback"]),
        html=_safe(said["html"]),
        ways=tuple(ways),
        ending=step["ending"] or "",
        lesson=step["lesson"] or "",
    )


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - sanitised by the compiler
