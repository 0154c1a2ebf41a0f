"""Outlines: a way through a course drawn from pieces that are written once for each edition."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.catalogue.editions import Edition
from app.foundation.keeping import Kept
from app.learning.ways import AHEAD, DONE, HERE, Way, sign_of
from app.web.pages import Pages

MOST_OUTLINES = 256
OPEN = "open"
LOOKS = ("", HERE, OPEN)

INNER = "\0"  # stands in a module's markup where its activities will be

Module = tuple[int, bool, str]
Halves = tuple[str, str]
Standing = tuple[str, str]


class Outline(NamedTuple):
    """The pieces: each module (by number, whether done, and look), in two halves, and each activity.

    A module's look is "here", "open" (shown opened, though nobody is there) or "". `rail` stands
    beside a lesson, `way` on the course's page; `about` and `facts` are all of that page that is
    the same for everybody.
    """

    rail_modules: Mapping[Module, Halves]
    rail: Mapping[Standing, Markup]
    way_modules: Mapping[Module, Halves]
    way: Mapping[Standing, Markup]
    about: Markup
    facts: Markup


_outlines: Kept[tuple[int, str, int], Outline] = Kept(MOST_OUTLINES)


def outline_of(db: Session, edition: Edition, compiler: int, pieces: Callable[[], Any]) -> Outline:
    """The edition's outline; `pieces` gives the template's macros, asked for once a process."""
    key = (edition.version_id, edition.language, compiler)
    return _outlines.get(db, key, lambda: _written(edition, pieces()))


def outline_for(request: Request, db: Session, edition: Edition, compiler: int) -> Outline:
    """As outline_of, with the pieces from the catalogue's own template."""
    pages: Pages = request.app.state.pages

    def pieces() -> object:
        return pages.template(edition.language, "catalogue/_outline.html").module

    return outline_of(db, edition, compiler, pieces)


def _written(edition: Edition, pieces: Any) -> Outline:
    return Outline(
        rail_modules=_modules(edition, pieces.rail_module),
        rail=_activities(edition, pieces.rail_stop),
        way_modules=_modules(edition, pieces.way_module),
        way=_activities(edition, pieces.way_stop),
        about=pieces.about(edition),
        facts=pieces.facts(edition),
    )


def _modules(edition: Edition, write: Callable[..., Markup]) -> dict[Module, Halves]:
    written: dict[Module, Halves] = {}
    for module in edition.modules:
        for is_done in (False, True):
            for look in LOOKS:
                before, _, after = write(edition, module, is_done, look, INNER).partition(INNER)
                written[module.number, is_done, look] = (before, after)
    return written


def _activities(edition: Edition, write: Callable[..., Markup]) -> dict[Standing, Markup]:
    return {
        (activity.key, standing): write(edition, activity, standing, sign_of(activity, standing))
        for activity in edition.activities
        for standing in (AHEAD, HERE, DONE)
    }


def rail_of(outline: Outline, way: Way) -> Markup:
    """The outline beside a lesson: every module, and the activities of the one you are in."""
    return _joined(_rail(outline, way))


def _rail(outline: Outline, way: Way) -> Iterator[str]:
    for module, is_done, is_here, stops in way.stretches():
        before, after = outline.rail_modules[module.number, is_done, HERE if is_here else ""]
        yield before
        if is_here:
            yield from (outline.rail[stop.activity.key, stop.standing] for stop in stops)
        yield after
    final = way.final()
    if final:
        yield outline.rail[final.activity.key, final.standing]


def way_of(outline: Outline, way: Way) -> Markup:
    """The way on the course's page: every module with its activities, yours or the first open."""
    return _joined(_way(outline, way))


def _way(outline: Outline, way: Way) -> Iterator[str]:
    first = OPEN if way.here is None else ""
    for module, is_done, is_here, stops in way.stretches():
        look = HERE if is_here else first if module.number == 1 else ""
        before, after = outline.way_modules[module.number, is_done, look]
        yield before
        yield from (outline.way[stop.activity.key, stop.standing] for stop in stops)
        yield after
    final = way.final()
    if final:
        yield outline.way[final.activity.key, final.standing]


def _joined(pieces: Iterator[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 - every piece came out of a template
