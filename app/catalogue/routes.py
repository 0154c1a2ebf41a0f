"""Routes of the catalogue: courses, scenarios, their media, and the recommendations they answer."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.assessment.quizzes import is_used_up
from app.catalogue.answers import answer_in, answered_by
from app.catalogue.articles import placing
from app.catalogue.attributions import attribution_for
from app.catalogue.audiences import courses_for
from app.catalogue.cards import Card, cards_of, topic_of
from app.catalogue.courses import owners_of
from app.catalogue.deliveries import delivered, split_rendition
from app.catalogue.editions import Edition
from app.catalogue.files import file_in
from app.catalogue.finding.descriptions import description_of
from app.catalogue.finding.facets import FACETS, MORE, narrowed
from app.catalogue.recommendations import by_goal, recommendation_called, recommendations_in
from app.catalogue.scenarios import PathUnknown, scenario_called, walked
from app.catalogue.shelves import edition_of
from app.credentials.posters import catalogue_poster, poster_of
from app.duties.asides import Aside, aside_of
from app.identity.access import Anyone, Visitor
from app.learning.outlines import outline_for, rail_of, way_of
from app.learning.progress import NOTHING, Steps, done_in
from app.learning.readers import AnyReader, Reader
from app.learning.rounds import Round, record_of, rounds_of, steps_by
from app.learning.ways import Way, missing_in, next_in, way_through
from app.web.addresses import Addresses
from app.web.assets import FOREVER
from app.web.marks import Db
from app.web.pages import page, path_of
from app.web.turn import Turnstile

router = Turnstile()

ON_A_PAGE = 20
LONGEST_SEARCH = 200
OWN_FOREVER = FOREVER.replace("public", "private")
SANDBOX = {"Content-Security-Policy": "sandbox"}


@router.get("/courses/{slug}/scenarios/{key}")
def show_scenario(request: Request, db: Db, reader: AnyReader, key: str) -> Response:
    """A scenario after the choices that stand in the address; nothing of it is kept."""
    edition = _edition(request, db, reader)
    scenario = scenario_called(db, edition, key, reader.compiler, placing(request, edition))
    taken = request.query_params.getlist("path") or [""]
    if len(taken) > 1:
        raise PathUnknown
    walk = walked(scenario, taken[0])
    done = done_in(db, reader.place_id) if reader.place_id is not None else ()
    way = way_through(edition, done, scenario.activity)
    return page(
        request,
        "catalogue/scenario.html",
        reader=reader,
        edition=edition,
        scenario=scenario,
        walk=walk,
        rail=rail_of(outline_for(request, db, edition, reader.compiler), way),
        way=way,
        before=edition.before(key),
        after=edition.after(key),
        attribution=attribution_for(request, db, edition, reader.owners_revision),
    )


@router.get("/courses/{slug}")
def show_course(request: Request, db: Db, reader: AnyReader) -> Response:
    edition = _edition(request, db, reader)
    aside = _aside(db, reader)
    steps = aside.steps
    here = next_in(edition, steps.done) if reader.is_enrolled else None
    way = way_through(edition, steps.done, here)
    outline = outline_for(request, db, edition, reader.compiler)
    is_stuck = here is not None and is_used_up(db, reader.own_place_id, here)
    return page(
        request,
        "catalogue/course.html",
        description=_described(request, db, reader, edition),
        reader=reader,
        edition=edition,
        way=way,
        poster=poster_of(db, edition, reader.compiler, aside.owners),
        outline=outline,
        stretches=way_of(outline, way),
        missing=missing_in(edition, steps.done),
        stopped=steps.stopped,
        is_stuck=is_stuck,
        owners=aside.owners,
        required=aside.required,
    )


def _aside(db: Session, reader: Reader) -> Aside:
    if reader.visitor is None:
        return Aside(owners_of(db, reader.course_id), [])
    return aside_of(db, reader.course_id, reader.visitor.id, reader.place_id)


def _described(request: Request, db: Session, reader: Reader, edition: Edition) -> Markup:
    home = request.app.state.settings.public_url
    address = home + path_of(request, "show_course", slug=edition.slug)
    return description_of(db, edition, reader.compiler, address, home)


class Row(NamedTuple):
    """A course in the catalogue, with this person's place in it if they have one."""

    card: Card
    way: Way | None
    completed_on: object | None


@router.get("/")
def show_catalogue(request: Request, db: Db, visitor: Anyone) -> Response:
    language = request.scope["language"]
    cards = cards_of(db, courses_for(db, visitor.id if visitor else None), language)
    asked = request.query_params
    words = asked.get("q", "")[:LONGEST_SEARCH]
    wanted = {facet: asked.get(facet, "")[:LONGEST_SEARCH] for facet in FACETS}
    found, counts = narrowed(cards, words, wanted)
    first = _first_row(request, len(found))
    recommendations = recommendations_in(db)
    return page(
        request,
        "catalogue/catalogue.html",
        poster=catalogue_poster(language, tuple(card.minutes for card in cards)),
        rows=_rows(db, found[first : first + ON_A_PAGE], visitor, language),
        cards=cards,
        found=len(found),
        first=first,
        on_a_page=ON_A_PAGE,
        words=words,
        wanted=wanted,
        has_more=any(wanted[facet] for facet in MORE),
        counts=counts,
        query=lambda **changed: _query({"q": words, **wanted, **changed}),
        recommendations=recommendations,
        topics={topic_of(each.key): each.subtopic for each in recommendations},
        performed=[each for each in recommendations if each.performed_by == "show_catalogue"],
    )


@router.get("/recommendations")
def show_recommendations(request: Request, db: Db, visitor: Anyone) -> Response:
    cards = _visible_cards(request, db, visitor)
    recommendations = recommendations_in(db)
    return page(
        request,
        "catalogue/recommendations.html",
        recommendations=recommendations,
        goals=by_goal(recommendations),
        answered=answered_by(db, cards),
    )


@router.get("/recommendations/{key}")
def show_recommendation(request: Request, db: Db, visitor: Anyone, key: str) -> Response:
    recommendation = recommendation_called(db, key)
    language = request.scope["language"]
    cards = answered_by(db, _visible_cards(request, db, visitor)).get(key, ())
    editions = [edition_of(db, card.version_id, language, card.compiler) for card in cards]
    performer = recommendation.performed_by
    addresses: Addresses = request.app.state.pages.addresses
    return page(
        request,
        "catalogue/recommendation.html",
        recommendation=recommendation,
        answers=[answer_in(edition, key) for edition in editions],
        performing_route=performer if performer in addresses.names() else "",
    )


@router.get("/courses/{slug}/media/{version}/{path:path}")
def show_course_file(
    request: Request, db: Db, reader: AnyReader, version: int, path: str
) -> Response:
    name, width = split_rendition(path)
    file = file_in(db, reader.course_id, version, name)
    kept = FOREVER if reader.audience == "open" else OWN_FOREVER
    return delivered(request, db, file, width, {"Cache-Control": kept, **SANDBOX})


def _edition(request: Request, db: Session, reader: Reader) -> Edition:
    return edition_of(db, reader.version_id, request.scope["language"], reader.compiler)


def _visible_cards(request: Request, db: Session, visitor: Visitor | None) -> tuple[Card, ...]:
    versions = courses_for(db, visitor.id if visitor else None)
    return cards_of(db, versions, request.scope["language"])


def _query(parts: Mapping[str, object]) -> str:
    return f"?{urlencode({name: value for name, value in parts.items() if value})}"


def _first_row(request: Request, found: int) -> int:
    asked = request.query_params.get("from", "")[:6]
    first = int(asked) if asked.isascii() and asked.isdigit() else 0
    return first if first < found else 0


def _rows(
    db: Session, cards: tuple[Card, ...], visitor: Visitor | None, language: str
) -> list[Row]:
    if visitor is None:
        return [Row(card, None, None) for card in cards]
    steps = steps_by(db, visitor.id)
    record = record_of(rounds_of(db, visitor.id), steps)
    under_way = {each.course_id: each for each in record.under_way}
    completed = {each.course_id: each.completed_on for each in reversed(record.completed)}
    return [
        Row(
            card,
            _way(db, under_way.get(card.course_id), steps, language),
            completed.get(card.course_id),
        )
        for card in cards
    ]


def _way(db: Session, standing: Round | None, steps: dict[int, Steps], language: str) -> Way | None:
    if standing is None:
        return None
    edition = edition_of(db, standing.version_id, language, standing.compiler)
    done = steps.get(standing.id, NOTHING).done
    return way_through(edition, done, next_in(edition, done))
