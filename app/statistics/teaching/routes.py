"""Routes of teaching: what a course's writers see of its learners, as a page and as a file."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.bank import bank_of
from app.catalogue.shelves import edition_of
from app.identity.access import Writer
from app.statistics.exports import small_file
from app.statistics.opinions import FEWEST
from app.statistics.teaching.editions import Taught, taught_in
from app.statistics.teaching.items import BLUNT, HARD, LATEST, items_measured, passes_of
from app.statistics.teaching.stages import shown, stages_of
from app.web.marks import Db
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()
COLUMNS = ("quiz", "question", "answered", "facility", "discrimination", "look")


@router.get("/studio/{slug}/learners")
def show_learners_of(
    request: Request, db: Db, visitor: Writer, slug: str, version: str = ""
) -> Response:
    """Where learners stop and which questions are weak, for those who work on the course."""
    taught = taught_in(db, visitor.id, slug, version)
    return page(
        request,
        "statistics/teaching/learners.html",
        taught=taught,
        course=edition_of(db, taught.id, request.scope["language"], taught.compiler).title,
        titles=_titles(request, db, taught),
        stages=shown(stages_of(db, taught.id)),
        passes=passes_of(db, taught.id),
        items=items_measured(db, taught.id),
        questions=bank_of(db, taught.id, request.scope["language"], taught.compiler).texts,
        fewest=FEWEST,
        hard=HARD,
        blunt=BLUNT,
        latest=LATEST,
    )


@router.get("/studio/{slug}/learners.csv")
def download_items_of(
    request: Request, db: Db, visitor: Writer, slug: str, version: str = ""
) -> Response:
    """The table of questions as a file: quizzes by title, questions by key."""
    taught = taught_in(db, visitor.id, slug, version)
    titles = _titles(request, db, taught)
    rows = (
        (
            titles.get(each.quiz, each.quiz),
            each.key,
            "" if each.facility is None else each.asked,
            "" if each.facility is None else f"{each.facility:.2f}",
            "" if each.discrimination is None else f"{each.discrimination:.2f}",
            int(each.is_weak),
        )
        for each in items_measured(db, taught.id)
    )
    name = f'attachment; filename="questions-{slug}-{taught.number}.csv"'
    headers = PRIVATE | {"Content-Disposition": name}
    return Response(small_file(COLUMNS, rows), 200, headers, "text/csv; charset=utf-8")


def _titles(request: Request, db: Session, taught: Taught) -> dict[str, str]:
    """Titles by key; a quiz goes by its own, since in an outline all are called the same."""
    asked = taught.id, request.scope["language"], taught.compiler
    titles = {each.key: each.title for each in edition_of(db, *asked).activities}
    return titles | {key: title.text for key, title in bank_of(db, *asked).titles.items()}
