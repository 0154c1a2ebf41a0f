"""Routes of choosing: institutions found by a part of their names, for fields that hold one."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.access import Anyone, SignInNeeded, Visitor
from app.identity.choosing.matches import (
    EVERY,
    FOUND,
    MOST_WORDS,
    OWN,
    WRITTEN,
    Match,
    Reach,
    administered,
    every,
    matches,
    written_for,
)
from app.statistics.reaches import COUNTED, NAMED, counted_for, named_for
from app.web.addresses import own_path
from app.web.marks import Db
from app.web.pages import PRIVATE, answer, page, wants_json
from app.web.turn import Turnstile

router = Turnstile()
REACHES = {OWN: administered, WRITTEN: written_for}
REACHES_OF_STATISTICS = {COUNTED: counted_for, NAMED: named_for}


class ReachUnknown(NotFound):
    """The address names no set of institutions to choose from."""

    says = N_("There is nothing of that name to choose from.")
    mend = N_("Go back to the page you came from and search there.")


@router.get("/institution-choices")
def show_institution_choices(
    request: Request,
    db: Db,
    visitor: Anyone,
    among: str = EVERY,
    words: str = "",
    back: str = "",
    name: str = "",
) -> Response:
    """Those with the words in their name, as a page of links back, or as data for the field.

    Whoever asks finds what they may choose: all that stand, which registering shows anybody, or
    those on which a role of theirs opens it.
    """
    words = " ".join(words.split())[:MOST_WORDS]
    reach = _reach(db, visitor, among)
    found = matches(db, reach, words, FOUND + 1) if words else []
    shown, has_more = found[:FOUND], len(found) > FOUND
    if wants_json(request):
        told = {"found": [each._asdict() for each in shown], "more": has_more}
        return answer(request, json.dumps(told).encode(), "application/json", 200, dict(PRIVATE))
    back = own_path(back, "")
    return page(
        request,
        "identity/choosing/choices.html",
        found=[(each, _way_back(back, name, each)) for each in shown],
        has_more=has_more,
        among=among,
        words=words,
        back=back,
        name=name,
    )


def _reach(db: Session, visitor: Visitor | None, among: str) -> Reach:
    if among == EVERY:
        return every()
    if among not in REACHES and among not in REACHES_OF_STATISTICS:
        raise ReachUnknown
    if visitor is None:
        raise SignInNeeded
    if among in REACHES:
        return REACHES[among](visitor.id)
    return REACHES_OF_STATISTICS[among](db, visitor.id)


def _way_back(back: str, name: str, match: Match) -> str:
    """The address somebody came from, with what they chose in it."""
    if not back or not name:
        return ""
    parts = urlsplit(back)
    left_out = {name, f"{name}_words", "page"}
    kept = [each for each in parse_qsl(parts.query) if each[0] not in left_out]
    return f"{parts.path}?{urlencode([*kept, (name, match.key)])}"
