"""Reaches: which institutions a filter of statistics offers, former ones too, and what was meant."""

from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.choosing.choices import meant_by
from app.identity.choosing.matches import Reach
from app.statistics.scopes import COUNTS, NAMES, Scope, scope_of
from app.web.pages import path_of, to_path

COUNTED, NAMED = "counted", "named"


def counted_for(db: Session, person_id: int) -> Reach:
    """Those whose counts the person may see."""
    return reach_of(scope_of(db, person_id, COUNTS))


def named_for(db: Session, person_id: int) -> Reach:
    """Those whose lists the person may see."""
    return reach_of(scope_of(db, person_id, NAMES))


def reach_of(scope: Scope) -> Reach:
    """All institutions of a scope, as what may be chosen."""
    ids = None if scope.is_everywhere else select(scope.institutions().c.id)
    name = NAMED if scope.roles == NAMES else COUNTED
    return Reach(name, ids, has_former=True)


def way_to_meant(request: Request, db: Session, scope: Scope, name: str) -> Response | None:
    """Where to go when a filter's words say another institution than its key; none if they agree.

    One that is meant is put into the address; of several the reader chooses on a page of its own.
    """
    query = request.query_params
    words = query.get(f"{name}_words")
    if words is None:
        return None
    reach = reach_of(scope)
    meant, fault = meant_by(db, reach, query.get(name, ""), words)
    kept = [each for each in query.multi_items() if each[0] not in {name, f"{name}_words"}]
    here = request.scope["path"]
    root = request.scope.get("root_path", "")
    here = here if here.startswith(root) else root + here
    if fault:
        asked = {"among": reach.name, "words": words, "name": name,
                 "back": f"{here}?{urlencode(kept)}"}  # fmt: skip
        return to_path(f"{path_of(request, 'show_institution_choices')}?{urlencode(asked)}")
    if meant:
        kept.append((name, meant.key))
    return to_path(f"{here}?{urlencode(kept)}")
