"""Routes of the engine: any table on screen, and the same as a file; each file leaves a trace."""

from typing import Annotated, Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.foundation.errors import NotFound
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.identity.access import SeesCounts, holder_of
from app.identity.choosing.choices import choice_of
from app.identity.rights import Right
from app.statistics.completions import Asked
from app.statistics.cubes.dimensions import DIMENSIONS
from app.statistics.cubes.files import TYPES, said_of, written
from app.statistics.cubes.measures import COUNTED, MEASURES
from app.statistics.cubes.questions import Put, put
from app.statistics.cubes.tables import Table, table
from app.statistics.cubes.ways import ways_to_rows
from app.statistics.looks import CountsExported, note_look
from app.statistics.offers import courses_offered
from app.statistics.reaches import reach_of, way_to_meant
from app.statistics.scopes import COUNTS, scope_of, sees_exactly
from app.web.marks import Before, Db, InTurn, leaves_trace
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()
PAGE = 100
MOST_DRAWN = 36
TIMES = ("month", "quarter", "year")


class FileUnknown(NotFound):
    """Tables are given in a few kinds of files only."""

    says = N_("A table cannot be given in that kind of file.")
    mend = N_("Take it as CSV, XLSX, Parquet or JSON.")


class Found(NamedTuple):
    """A question with its answer."""

    asking: Put
    table: Table


def _put(request: Request, _db: Session) -> Put:
    query = request.query_params
    return put(
        clock.now().date(),
        query.get("since", ""),
        query.get("until", ""),
        query.getlist("measure"),
        [*query.getlist("by"), query.get("by1", ""), query.get("by2", "")],
        query.get("course", ""),
        query.get("under", ""),
        query.get("view", ""),
        query.get("page", ""),
    )


Asking = Annotated[Put, InTurn(_put)]


def _before_now(asking: Put, *, exact: bool) -> Put:
    """The question as far as its months are over, unless its counts are exact."""
    return asking if exact else asking.before(clock.day_everywhere(clock.now()))


def _found_now(request: Request) -> Found | Response:
    """The table of a file, or where its words lead first.

    It is asked before the trace is written: who writes sees no single moment, and lets others wait.
    """
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.COUNTS)(request, db)
        if request.path_params["kind"] not in TYPES:
            raise FileUnknown
        scope = scope_of(db, visitor.id, COUNTS)
        if (way := way_to_meant(request, db, scope, "under")) is not None:
            return way
        exact = sees_exactly(db, visitor.id)
        asking = _before_now(_put(request, db), exact=exact)
        return Found(asking, table(db, scope, asking.ask(), request.scope["language"], exact=exact))


@router.get("/statistics/tables")
def show_table(request: Request, db: Db, visitor: SeesCounts, asking: Asking) -> Response:
    """Any measures by up to three dimensions, in the person's institutions."""
    language = request.scope["language"]
    scope = scope_of(db, visitor.id, COUNTS)
    if (way := way_to_meant(request, db, scope, "under")) is not None:
        return way
    exact = sees_exactly(db, visitor.id)
    asking = _before_now(asking, exact=exact)
    found = table(db, scope, asking.ask(), language, exact=exact)
    first = (asking.page - 1) * PAGE
    say = translations_for(language).gettext
    return page(
        request,
        "statistics/tables.html",
        put=asking,
        table=found,
        lines=found.lines[first : first + PAGE],
        has_more=len(found.lines) > first + PAGE,
        meant=said_of(found, language),
        drawn=_drawn(found),
        is_time=asking.by[:1] in {(each,) for each in TIMES},
        way_to_rows=ways_to_rows(db, scope, asking, asking.by) if exact else None,
        measures=[(each.key, say(each.label)) for each in MEASURES.values()],
        dimensions=[(each.key, say(each.label)) for each in DIMENSIONS.values()],
        pick=choice_of(db, reach_of(scope), {"under": asking.under}, "under"),
        courses=courses_offered(db, scope),
    )


@router.get("/statistics/tables.{kind}")
@leaves_trace
def download_table(
    request: Request,
    found: Annotated[Found | Response, Before(_found_now)],
    db: Db,
    visitor: SeesCounts,
    kind: str,
) -> Response:
    """The same table as a file, all its rows."""
    if isinstance(found, Response):
        return found
    asking, ask = found.asking, found.table.ask
    note_look(
        db,
        CountsExported,
        visitor.id,
        Asked(ask.since, ask.until, ask.course, view=ask.view, under=ask.under),
        " ".join(ask.measures),
    )
    name = f"table-{asking.since}-{asking.until}.{kind}"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    content = written(found.table, kind, request.scope["language"])
    return Response(content, 200, headers, TYPES[kind])


def _drawn(found: Table) -> list[tuple[str, Any]] | None:
    """The first measure, if it is a count, by the only dimension; what is not shown is held back."""
    is_drawn = len(found.dimensions) == 1 and found.measures[0][0] in COUNTED
    if not is_drawn or not 2 <= len(found.lines) <= MOST_DRAWN:
        return None
    figures = [line.figures[0] for line in found.lines]
    held = found.threshold is not None
    return [
        (line.values[0][1], None if held and not figure else figure)
        for line, figure in zip(found.lines, figures, strict=True)
    ]
