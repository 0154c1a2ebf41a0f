"""Routes of teaching: what a course's writers see of its learners, as a page and as files."""

from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.bank import Bank, bank_of
from app.catalogue.shelves import edition_of
from app.foundation import clock
from app.identity.access import Writer
from app.statistics.exports import small_file
from app.statistics.opinions import FEWEST
from app.statistics.teaching.answers import GROUP, LATEST
from app.statistics.teaching.boards import Board, board_of
from app.statistics.teaching.crowds import (
    ALWAYS,
    MOST,
    Crowd,
    Quarter,
    languages_of,
    quarters_until,
)
from app.statistics.teaching.editions import Taught, taught_in
from app.statistics.teaching.files import FILES
from app.statistics.teaching.items import BLUNT, HARD
from app.statistics.teaching.options import FEWEST_CHOSEN
from app.statistics.teaching.voices import comments_on
from app.web.marks import Db
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()


class Shown(NamedTuple):
    """A board as somebody asked for it, with the titles and texts of what it counts."""

    taught: Taught
    crowd: Crowd
    quarters: list[Quarter]
    spoken: list[str]
    board: Board
    titles: dict[str, str]
    bank: Bank


@router.get("/studio/{slug}/learners")
def show_learners_of(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Where learners stop, what takes long and which questions are weak, for who made the course."""
    shown = _shown(request, db, visitor.id, slug)
    taught, language = shown.taught, request.scope["language"]
    return page(
        request,
        "statistics/teaching/learners.html",
        **shown._asdict(),
        course=edition_of(db, taught.id, language, taught.compiler).title,
        questions=shown.bank.texts,
        comments=comments_on(db, shown.crowd),
        fewest=FEWEST,
        fewest_chosen=FEWEST_CHOSEN,
        group=GROUP,
        hard=HARD,
        blunt=BLUNT,
        latest=LATEST,
        most=MOST,
    )


@router.get("/studio/{slug}/learners.csv")
def download_items_of(
    request: Request, db: Db, visitor: Writer, slug: str, table: str = ""
) -> Response:
    """One of the page's tables as a file, that of questions unless another is asked for."""
    shown = _shown(request, db, visitor.id, slug)
    name, file = next(
        ((name, each) for name, each in FILES.items() if name == table),
        ("questions", FILES["questions"]),
    )
    content = small_file(file.columns, file.rows(shown.board, shown.titles))
    saved = f'attachment; filename="{name}-{slug}-{shown.taught.number}.csv"'
    headers = PRIVATE | {"Content-Disposition": saved}
    return Response(content, 200, headers, "text/csv; charset=utf-8")


def _shown(request: Request, db: Session, person_id: int, slug: str) -> Shown:
    asked = request.query_params
    taught = taught_in(db, person_id, slug, asked.get("version", ""))
    spoken = languages_of(db, taught.id)
    quarters = quarters_until(clock.now().date(), taught.published_on)
    crowd = Crowd(
        taught.id,
        next((each for each in spoken if each == asked.get("language")), ""),
        next((each for each in quarters if each.name == asked.get("quarter")), ALWAYS),
    )
    return Shown(
        taught,
        crowd,
        quarters,
        spoken,
        board_of(db, crowd, taught.compiler),
        _titles(request, db, taught),
        bank_of(db, taught.id, request.scope["language"], taught.compiler),
    )


def _titles(request: Request, db: Session, taught: Taught) -> dict[str, str]:
    """Titles by key; a quiz goes by its own, since in an outline all are called the same."""
    asked = taught.id, request.scope["language"], taught.compiler
    titles = {each.key: each.title for each in edition_of(db, *asked).activities}
    return titles | {key: title.text for key, title in bank_of(db, *asked).titles.items()}
