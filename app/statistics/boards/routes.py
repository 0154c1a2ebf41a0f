"""Routes of boards: the entrance of statistics, with an institution's figures at one look."""

from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.i18n.catalogues import translations_for
from app.identity.access import SeesCounts
from app.identity.choosing.choices import choice_of
from app.statistics.attributions import NOW, THEN
from app.statistics.boards.boards import board_of, by_country, is_running, parts_of
from app.statistics.cubes.files import said_of
from app.statistics.cubes.measures import COUNTED, MEASURES
from app.statistics.cubes.questions import Put, put
from app.statistics.cubes.tables import table
from app.statistics.cubes.ways import ways_to_rows
from app.statistics.offers import courses_offered
from app.statistics.questions import month_after
from app.statistics.reaches import reach_of, way_to_meant
from app.statistics.scopes import COUNTS, scope_of, sees_exactly
from app.web.marks import Db
from app.web.pages import page
from app.web.turn import Turnstile

router = Turnstile()
MOST_MONTHS = 60


@router.get("/statistics")
def show_statistics(request: Request, db: Db, visitor: SeesCounts) -> Response:
    """Key figures of the person's institutions beside the period before, and what they are made of."""
    language = request.scope["language"]
    scope, exact = scope_of(db, visitor.id, COUNTS), sees_exactly(db, visitor.id)
    if (way := way_to_meant(request, db, scope, "under")) is not None:
        return way
    asking = _asked(request, exact=exact)
    parts = parts_of(asking)
    board = board_of(db, scope, asking, language, exact=exact, splits=parts)
    return page(
        request,
        "statistics/board.html",
        board=board,
        put=asking,
        meant=said_of(board.now, language),
        is_running=is_running(asking, clock.day_everywhere(clock.now())),
        way_to_rows=ways_to_rows(db, scope, asking, parts) if exact else None,
        pick=choice_of(db, reach_of(scope), {"under": asking.under}, "under"),
        courses=courses_offered(db, scope),
    )


@router.get("/statistics/countries")
def show_countries(request: Request, db: Db, visitor: SeesCounts) -> Response:
    """One measure by country, as a map with its table."""
    language = request.scope["language"]
    scope, exact = scope_of(db, visitor.id, COUNTS), sees_exactly(db, visitor.id)
    if (way := way_to_meant(request, db, scope, "under")) is not None:
        return way
    say = translations_for(language).gettext
    asked = request.query_params.get("measure", "")
    measure = asked if asked in COUNTED else "completed"
    asking = _asked(request, exact=exact)._replace(measures=(measure,), by=("country",))
    found = table(db, scope, asking.ask(), language, exact=exact)
    return page(
        request,
        "statistics/countries.html",
        put=asking,
        figures=by_country(found),
        table=found,
        meant=said_of(found, language),
        measures=[(each, say(MEASURES[each].label)) for each in COUNTED],
        pick=choice_of(db, reach_of(scope), {"under": asking.under}, "under"),
        courses=courses_offered(db, scope),
    )


def _asked(request: Request, *, exact: bool) -> Put:
    """The address's question; where counts are protected its usual months are those that are over."""
    query, now = request.query_params, clock.now()
    over = clock.day_everywhere(now)
    asked = put(
        now.date() if exact else month_after(over, -1),
        query.get("since", ""),
        query.get("until", ""),
        (),
        (),
        query.get("course", ""),
        query.get("under", ""),
        THEN if query.get("view") == THEN else NOW,
        "",
    )._replace(measures=())
    return (asked if exact else asked.before(over)).no_longer_than(MOST_MONTHS)
