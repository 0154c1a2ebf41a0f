"""Routes of finding: the search through all that is taught, what to learn next, pictures to share."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.catalogue.audiences import courses_for
from app.catalogue.cards import Card, cards_of
from app.catalogue.courses import owners_of
from app.catalogue.editions import Wording, marks_of
from app.catalogue.finding.excerpts import excerpt_of, marked
from app.catalogue.finding.maps import news_in, places_in
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
from app.catalogue.shelves import edition_of
from app.credentials.posters import Poster, catalogue_poster, picture_of, poster_of
from app.i18n.languages import UNITED_NATIONS
from app.identity.access import Anyone, SignedIn
from app.learning.readers import AnyReader
from app.learning.rounds import rounds_of
from app.web.addresses import Addresses
from app.web.assets import FOREVER
from app.web.marks import Db
from app.web.pages import Pages, answer, onward, page, path_of
from app.web.turn import Turnstile

router = Turnstile()

ON_A_PAGE = 10
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed that has no news yet
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
    found = found_for(db, asked, [each.id for each in versions], language, ON_A_PAGE)
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


@router.get("/feed.atom")
def show_feed(request: Request, db: Db, _visitor: Anyone) -> Response:
    """New courses and versions, in the language of the address (RFC 4287)."""
    language, home = request.scope["language"], request.app.state.settings.public_url
    news = news_in(db, language)
    course = home + path_of(request, "show_course", slug="")
    told = {
        "news": [(each, course + each.slug, each.published_at.isoformat()) for each in news],
        "own": home + path_of(request, "show_feed"),
        "home": home + path_of(request, "show_catalogue"),
        "updated": (news[0].published_at if news else BEGINNING).isoformat(),
    }
    return _document(request, "catalogue/feed.xml", told, "application/atom+xml; charset=utf-8")


@router.get("/courses/{slug}/poster/{digest}.png")
def show_poster(request: Request, db: Db, reader: AnyReader, digest: str) -> Response:
    """The picture that others show beside the address of a course; an old name leads to today's."""
    edition = edition_of(db, reader.version_id, request.scope["language"], reader.compiler)
    poster = poster_of(db, edition, reader.compiler, owners_of(db, reader.course_id))
    if digest != poster.digest:
        return onward(request, "show_poster", slug=reader.slug, digest=poster.digest)
    return _picture(request, db, poster, is_open=reader.audience == "open")


@router.get("/poster/{digest}.png")
def show_catalogue_poster(request: Request, db: Db, _visitor: Anyone, digest: str) -> Response:
    """The same for the catalogue, as anybody finds it."""
    cards = cards_of(db, courses_for(db, None), request.scope["language"])
    poster = catalogue_poster(request.scope["language"], tuple(card.minutes for card in cards))
    if digest != poster.digest:
        return onward(request, "show_catalogue_poster", digest=poster.digest)
    return _picture(request, db, poster, is_open=True)


def _picture(request: Request, db: Session, poster: Poster, *, is_open: bool) -> Response:
    headers = {
        "Cache-Control": FOREVER if is_open else FOREVER.replace("public", "private"),
        "ETag": f'"{poster.digest}"',
        "X-Content-Type-Options": "nosniff",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture_of(db, poster), 200, headers, "image/png")


@router.get("/sitemap.xml")
def show_sitemap(request: Request, db: Db, _visitor: Anyone) -> Response:
    """The pages that anybody may read, each in the languages it is written in."""
    addresses: Addresses = request.app.state.pages.addresses
    home, offered = request.app.state.settings.public_url, _offered(request)

    def written(route: str, languages: Iterable[str], **values: str) -> list[tuple[str, str]]:
        path = addresses.path(route, **values)
        return [(code, f"{home}/{code}{path}") for code in languages if code in offered]

    places: list[tuple[list[tuple[str, str]], date | None]] = [
        (written(route, offered), None)
        for route in ("show_catalogue", "show_search", "show_recommendations", "show_open_data")
    ]
    versions = [each.id for each in courses_for(db, None)]
    places += [
        (written(each.route, each.languages, **each.values), each.changed_at.date())
        for each in places_in(db, versions)
    ]
    return _document(request, "catalogue/sitemap.xml", {"places": places}, "application/xml")


@router.get("/robots.txt")
def show_robots(request: Request, _visitor: Anyone) -> Response:
    """Everything public may be read by machines; what belongs to one person leads to a sign-in."""
    home = request.app.state.settings.public_url
    own = "".join(
        f"Disallow: /{code}{path}\n"
        for code in _offered(request)
        for path in ("/my-learning", "/account", "/statistics", "/search?")
    )
    return Response(f"User-agent: *\n{own}\nSitemap: {home}/sitemap.xml\n", media_type="text/plain")


def _offered(request: Request) -> list[str]:
    """The languages that people choose from, without those of testers."""
    pages: Pages = request.app.state.pages
    return [each.code for each in UNITED_NATIONS if each.code in pages.codes]


def _document(
    request: Request, template: str, context: Mapping[str, object], media_type: str
) -> Response:
    pages: Pages = request.app.state.pages
    body = pages.render(request.scope["language"], template, context).encode()
    return answer(request, body, media_type, 200, {"Cache-Control": "public, max-age=3600"})


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
