"""Routes of finding: the search through all that is taught, and what to learn next."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.audiences import courses_for
from app.catalogue.cards import Card, cards_of
from app.catalogue.editions import Wording, marks_of
from app.catalogue.finding.excerpts import excerpt_of, marked
from app.catalogue.finding.next_courses import next_among
from app.catalogue.finding.searches import (
    KINDS,
    MOST_TYPED,
    RECOMMENDATION,
    Asked,
    Found,
    Hit,
    found_for,
    recommendations_with,
)
from app.catalogue.recommendations import recommendations_in
from app.identity.access import Anyone, SignedIn
from app.learning.rounds import rounds_of
from app.web.marks import Db
from app.web.pages import page, path_of
from app.web.turn import Turnstile

router = Turnstile()

ON_A_PAGE = 10
_ROUTES = {
    "course": "show_course", "module": "show_course", "lesson": "show_lesson",
    "term": "show_lesson", "scenario": "show_scenario",
}  # fmt: skip


class Result(NamedTuple):
    """A hit as the page shows it; `marks` name its language where it is not the page's."""

    kind: str
    path: str
    title: Markup
    excerpt: Markup
    marks: Markup
    language: str
    course: Wording


@router.get("/search")
def show_search(request: Request, db: Db, visitor: Anyone) -> Response:
    language = request.scope["language"]
    asked = _asked(request)
    versions = courses_for(db, visitor.id if visitor else None)
    found = found_for(db, asked, [version for version, _compiler in versions], language, ON_A_PAGE)
    answering = recommendations_with(recommendations_in(db), found) if found.terms else ()
    cards = {card.version_id: card for card in cards_of(db, versions, language)}
    kinds = {kind: found.kinds[kind] for kind in KINDS if found.kinds.get(kind)}
    if answering and asked.language in ("", "en"):
        kinds[RECOMMENDATION] = len(answering)
    return page(
        request,
        "catalogue/search.html",
        asked=asked,
        found=found,
        results=[_result(request, hit, cards[hit.version_id], found) for hit in found.hits],
        recommendations=answering if asked.kind in ("", RECOMMENDATION) else (),
        kinds=kinds,
        first=asked.first,
        on_a_page=ON_A_PAGE,
        query=lambda **changed: _query(asked, changed),
        most_typed=MOST_TYPED,
    )


@router.get("/my-learning/next")
def show_next_courses(request: Request, db: Db, visitor: SignedIn) -> Response:
    cards = cards_of(db, courses_for(db, visitor.id), request.scope["language"])
    rounds = rounds_of(db, visitor.id)
    completed = {each.course_id for each in rounds if each.completed_on}
    begun = {each.course_id for each in rounds if not each.ended_at}
    return page(
        request,
        "catalogue/next_courses.html",
        offered=next_among(cards, begun, completed),
        completed=len(completed),
    )


def _asked(request: Request) -> Asked:
    typed = request.query_params
    first = typed.get("from", "")[:6]
    return Asked(
        " ".join(typed.get("q", "")[:MOST_TYPED].split()),
        typed.get("language", "")[:16],
        typed.get("kind", "")[:16],
        int(first) if first.isascii() and first.isdigit() else 0,
    )


def _query(asked: Asked, changed: Mapping[str, object]) -> str:
    """The address of the same search with a part of it changed, from its first page on."""
    parts = {"q": asked.words, "language": asked.language, "kind": asked.kind, **changed}
    return f"?{urlencode({name: value for name, value in parts.items() if value})}"


def _result(request: Request, hit: Hit, card: Card, found: Found) -> Result:
    terms, way, language = found.terms, found.way, hit.language
    excerpt = excerpt_of(hit.blocks, terms, way, language)
    return Result(
        kind=hit.kind,
        path=_path(request, hit, card.slug, excerpt.block),
        title=marked(hit.title, terms, way, language),
        excerpt=excerpt.html,
        marks=marks_of(language, request.scope["language"]),
        language=language,
        course=card.title,
    )


def _path(request: Request, hit: Hit, slug: str, block: str) -> str:
    """Where the passage is read: the page, and on it the block if its id is known."""
    name = _ROUTES[hit.kind]
    key = {"key": hit.place} if name != "show_course" else {}
    place = block or (hit.place if hit.kind == "module" else "")
    return path_of(request, name, slug=slug, **key) + (f"#{place}" if place else "")
