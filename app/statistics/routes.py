"""Routes of statistics: the counts on screen and as a file, and the list behind them."""

from typing import Annotated, Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.foundation import clock
from app.foundation.snapshots import in_one_snapshot
from app.i18n.catalogues import translations_for
from app.identity.access import Anyone, SeesCounts, holder_of
from app.identity.choosing.choices import choice_of
from app.identity.rights import Right
from app.statistics.attributions import FORMER
from app.statistics.completions import Asked, claimed
from app.statistics.counts import (
    COLUMNS,
    Counted,
    by_month,
    completed_by_month,
    counts,
    row_said,
    total,
    total_of,
)
from app.statistics.coverage import COLUMNS as COVERAGE_COLUMNS
from app.statistics.coverage import coverage_of, taught_share
from app.statistics.cubes.ways import narrowed_by
from app.statistics.exports import reserve, small_file, streamed
from app.statistics.looks import CountsExported, ListExported, ListSeen, note_look
from app.statistics.offers import courses_offered
from app.statistics.opinions import FEWEST, opinions_by_recommendation, opinions_heard
from app.statistics.protecting.cells import RULE
from app.statistics.questions import Question, question_in
from app.statistics.reaches import reach_of, way_to_meant
from app.statistics.records import COLUMNS as LIST_COLUMNS
from app.statistics.records import in_steps, rows_of
from app.statistics.registrars import MayName, Put
from app.statistics.scopes import (
    COUNTS,
    NAMES,
    Scope,
    scope_of,
    sees_exactly,
)
from app.statistics.uses import used_by_course, used_by_recommendation
from app.web.marks import Before, Db, leaves_trace
from app.web.pages import PRIVATE, answer, page
from app.web.turn import Turnstile

router = Turnstile()
PAGE = 100


class CountsFile(NamedTuple):
    """A question with the file of its counts."""

    question: Question
    content: bytes


def _counts_now(request: Request) -> CountsFile:
    """The file of the counts as they are now.

    They are asked before the trace is written: who writes sees no single moment, and lets others
    wait.
    """
    with request.app.state.engines.reading() as db:
        visitor = holder_of(Right.COUNTS)(request, db)
        scope, exact = scope_of(db, visitor.id, COUNTS), sees_exactly(db, visitor.id)
        question = question_in(clock.now().date(), request.query_params)
        question = _before_now(question, exact=exact)
        rows = counts(db, scope, question.asked(), former=_former(request), exact=exact)
        return CountsFile(question, small_file(COLUMNS, map(Counted.cells, rows)))


def _before_now(question: Question, *, exact: bool) -> Question:
    """The question as far as its months are over, unless its counts are exact."""
    return question if exact else question.before(clock.day_everywhere(clock.now()))


@router.get("/statistics/opinions")
def show_opinions(request: Request, db: Db, visitor: SeesCounts) -> Response:
    """What is said of the courses of the person's institutions, where enough have spoken."""
    scope = scope_of(db, visitor.id, COUNTS)
    return page(
        request,
        "statistics/opinions.html",
        heard=opinions_heard(db, scope),
        favoured=opinions_by_recommendation(db, scope),
        used=used_by_course(db, scope),
        answered=used_by_recommendation(db, scope),
        fewest=FEWEST,
    )


@router.get("/statistics/coverage")
def show_coverage(request: Request, db: Db, _visitor: Anyone) -> Response:
    """What answers each recommendation, and how far it reaches; open to everybody."""
    covered = coverage_of(db)
    taught, of = taught_share(covered)
    return page(request, "statistics/coverage.html", covered=covered, taught=taught, of=of)


@router.get("/statistics/coverage.csv")
def download_coverage(request: Request, db: Db, _visitor: Anyone) -> Response:
    """The same board as a file."""
    content = small_file(COVERAGE_COLUMNS, [each.cells() for each in coverage_of(db)])
    headers = PRIVATE | {"Content-Disposition": 'attachment; filename="coverage.csv"'}
    return answer(request, content, "text/csv; charset=utf-8", 200, headers)


@router.get("/statistics/completions")
def show_completions(request: Request, db: Db, visitor: SeesCounts, question: Put) -> Response:
    """The counts in the person's institutions, with what is counted said on the page."""
    scope, exact = scope_of(db, visitor.id, COUNTS), sees_exactly(db, visitor.id)
    if (way := way_to_meant(request, db, scope, "institution")) is not None:
        return way
    question = _before_now(question, exact=exact)
    return page(
        request,
        "statistics/completions.html",
        question=question,
        threshold=None if exact else RULE.threshold,
        may_name=not scope_of(db, visitor.id, NAMES).is_empty,
        as_of=clock.now(),
        **_figures(db, request, scope, question.asked(), exact=exact),
        **_choices(db, scope, question),
    )


@router.get("/statistics/completions.csv")
@leaves_trace
def download_completions(
    file: Annotated[CountsFile, Before(_counts_now)], db: Db, visitor: SeesCounts
) -> Response:
    """The same counts as a file, all pages of them."""
    note_look(db, CountsExported, visitor.id, file.question.asked())
    headers = _as_file("completions", file.question)
    return Response(file.content, 200, headers, "text/csv; charset=utf-8")


@router.get("/statistics/completions/list")
@leaves_trace
def show_list(request: Request, db: Db, registrar: MayName, question: Put) -> Response:
    """The list behind a count, a page at a time; each look is an event."""
    if (way := way_to_meant(request, db, registrar.scope, "institution")) is not None:
        return way
    asked = question.asked()
    first = (question.page - 1) * PAGE
    rows = rows_of(db, registrar.scope, asked, question.measure, PAGE + 1, first)
    note_look(db, ListSeen, registrar.visitor.id, asked, question.measure)
    most = request.app.state.settings.rows_at_once
    return page(
        request,
        "statistics/list.html",
        question=question,
        rows=rows[:PAGE],
        has_more=len(rows) > PAGE,
        most=most,
        is_long=len(rows) > min(most, PAGE)
        and total(db, registrar.scope, asked, question.measure) > most,
        first=first + 1,
        narrowed=narrowed_by(db, question, request.scope["language"]),
        as_of=clock.now(),
        **_choices(db, registrar.scope, question),
    )


@router.get("/statistics/completions/list.csv")
@leaves_trace
def download_list(request: Request, db: Db, registrar: MayName, question: Put) -> Response:
    """The whole list as a file, streamed on a connection of its own; each export is an event."""
    asked = question.asked()
    rows = in_steps(db, registrar.scope, asked, question.measure)
    note_look(db, ListExported, registrar.visitor.id, asked, question.measure)
    reserve()
    blocks = streamed(request.app.state.engines, LIST_COLUMNS, rows)
    headers = _as_file(f"list-{question.measure}", question)
    return StreamingResponse(blocks, 200, headers, "text/csv; charset=utf-8")


@in_one_snapshot
def _figures(
    db: Session, request: Request, scope: Scope, asked: Asked, *, exact: bool
) -> dict[str, Any]:
    """A page of rows with the totals and months of all of them."""
    months = by_month(db, scope, asked, exact=exact)
    return {
        "totals": total_of(months.values()),
        "claimed": claimed(db, scope, asked) if exact else 0,
        "months": completed_by_month(months, exact=exact),
        **_rows(request, db, scope, asked, exact=exact),
    }


def _rows(
    request: Request, db: Session, scope: Scope, asked: Asked, *, exact: bool
) -> dict[str, Any]:
    """A page of rows, and the rows that the pages before and after it are found by."""
    after, before = (row_said(request.query_params.get(way, "")) for way in ("after", "before"))
    after = None if before else after
    rows = counts(
        db, scope, asked, PAGE + 1, after=after, before=before, former=_former(request), exact=exact
    )
    has_more = len(rows) > PAGE
    rows = rows[-PAGE:] if before else rows[:PAGE]
    earlier, later = (has_more, True) if before else (after is not None, has_more)
    return {
        "rows": rows,
        "earlier": rows[0].row.said() if rows and earlier else "",
        "later": rows[-1].row.said() if rows and later else "",
    }


def _former(request: Request) -> str:
    return translations_for(request.scope["language"]).gettext(FORMER)


def _choices(db: Session, scope: Scope, question: Question) -> dict[str, Any]:
    return {
        "pick": choice_of(db, reach_of(scope), {"institution": question.institution}),
        "courses": courses_offered(db, scope),
    }


def _as_file(name: str, question: Question) -> dict[str, str]:
    file = f"{name}-{question.since}-{question.until}.csv"
    return PRIVATE | {"Content-Disposition": f'attachment; filename="{file}"'}
