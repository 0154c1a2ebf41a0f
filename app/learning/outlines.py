"""Outlines: a way through a course drawn from pieces that are written once for each edition."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.catalogue.editions import Edition
from app.foundation.keeping import Kept
from app.learning.ways import AHEAD, DONE, HERE, Stop, Way, sign_of

MOST_OUTLINES = 256
OPEN = "open"
LOOKS = ("", HERE, OPEN)

Head = tuple[int, bool, str]
Standing = tuple[str, str]


class Outline(NamedTuple):
    """The pieces: each module's head (by number, whether done, and look) and each activity's row.

    A head's look is "here", "open" (shown opened, though nobody is there) or "".

    `rail` stands beside a lesson, `way` on the course's page; `about` and `facts` are all of that
    page that is the same for everybody.
    """

    rail_heads: Mapping[Head, Markup]
    rail: Mapping[Standing, Markup]
    way_heads: Mapping[Head, Markup]
    way: Mapping[Standing, Markup]
    about: Markup
    facts: Markup


_outlines: Kept[tuple[int, str, int], Outline] = Kept(MOST_OUTLINES)
_INNER, _INNER_END, _STOP_END = '<ol class="way__more" role="list">', "</ol>", "</li>"
_STRETCH_END = "</ol></div></details>"


def outline_of(db: Session, edition: Edition, compiler: int, pieces: Callable[[], Any]) -> Outline:
    """The edition's outline; `pieces` gives the template's macros, asked for once a process."""
    key = (edition.version_id, edition.language, compiler)
    return _outlines.get(db, key, lambda: _written(edition, pieces()))


def _written(edition: Edition, pieces: Any) -> Outline:
    heads = [
        (module, is_done, look)
        for module in edition.modules
        for is_done in (False, True)
        for look in LOOKS
    ]
    stops = [
        Stop(activity, standing, sign_of(activity, standing))
        for activity in edition.activities
        for standing in (AHEAD, HERE, DONE)
    ]
    return Outline(
        rail_heads={
            (head[0].number, *head[1:]): pieces.rail_head(edition, *head) for head in heads
        },
        rail={
            (stop.activity.key, stop.standing): pieces.rail_stop(edition, *stop) for stop in stops
        },
        way_heads={(head[0].number, *head[1:]): pieces.way_head(edition, *head) for head in heads},
        way={(stop.activity.key, stop.standing): pieces.way_stop(edition, *stop) for stop in stops},
        about=pieces.about(edition),
        facts=pieces.facts(edition),
    )


def rail_of(outline: Outline, way: Way) -> Markup:
    """The outline beside a lesson: every module, and the activities of the one you are in."""
    return _joined(_rail(outline, way))


def _rail(outline: Outline, way: Way) -> Iterator[str]:
    for module, is_done, is_here, stops in way.stretches:
        yield outline.rail_heads[module.number, is_done, HERE if is_here else ""]
        if is_here:
            yield _INNER
            yield from (outline.rail[stop.activity.key, stop.standing] for stop in stops)
            yield _INNER_END
        yield _STOP_END
    if way.final:
        yield outline.rail[way.final.activity.key, way.final.standing]


def way_of(outline: Outline, way: Way) -> Markup:
    """The way on the course's page: every module with its activities, yours or the first open."""
    return _joined(_way(outline, way))


def _way(outline: Outline, way: Way) -> Iterator[str]:
    first = OPEN if way.here is None else ""
    for module, is_done, is_here, stops in way.stretches:
        look = HERE if is_here else first if module.number == 1 else ""
        yield outline.way_heads[module.number, is_done, look]
        yield from (outline.way[stop.activity.key, stop.standing] for stop in stops)
        yield _STRETCH_END
    if way.final:
        yield outline.way[way.final.activity.key, way.final.standing]


def _joined(pieces: Iterator[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 - every piece came out of a template
