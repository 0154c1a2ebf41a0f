"""Routes of saved views: kept, listed, renamed, shared, sent as letters, deleted."""

from typing import Annotated

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone, SeesCounts, Visitor
from app.identity.choosing.choices import choice_of, settled
from app.statistics.reaches import counted_for, reach_of
from app.statistics.saving.forms import NewViewForm, ViewForm
from app.statistics.saving.saved_views import (
    PAGE,
    SavedView,
    change,
    delete_view,
    mute_view,
    save,
    shared_at,
    view_of,
    views_of,
    views_shared,
)
from app.statistics.scopes import COUNTS, scope_of
from app.web.forms import Filled, form_of
from app.web.marks import Db, from_anywhere
from app.web.pages import number_of_page, onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/statistics/views")
def show_views(request: Request, db: Db, visitor: SeesCounts, done: str = "") -> Response:
    """The person's saved views, and those that others share with them."""
    return _listed(request, db, visitor, 200, done=done)


@router.post("/statistics/views")
def create_view(
    request: Request,
    db: Db,
    visitor: SeesCounts,
    form: Annotated[Filled[NewViewForm], form_of(NewViewForm)],
) -> Response:
    """Keep the question of a page under a name."""
    told = form.value
    if told is None:
        return _listed(request, db, visitor, 422, form)
    save(db, visitor.id, told.page, told.query, told.choice(), moves=told.moves)
    return onward(request, "show_views", "?done=saved")


@router.post("/statistics/views/{key}")
def update_view(
    request: Request,
    db: Db,
    visitor: SeesCounts,
    key: str,
    form: Annotated[Filled[ViewForm], form_of(ViewForm)],
) -> Response:
    """Name it anew, share it or not, and choose its letters."""
    view = view_of(db, visitor.id, key)
    reach = counted_for(db, visitor.id)
    form = settled(request, db, reach, form, "shared_at", needed=False)
    if form.value is None or form.faults:
        return _listed(request, db, visitor, 422, form, view)
    change(db, view, form.value.choice())
    return onward(request, "show_views", "?done=changed")


@router.post("/statistics/views/{key}/deletion")
def delete_saved_view(request: Request, db: Db, visitor: SeesCounts, key: str) -> Response:
    """Delete a view of one's own."""
    delete_view(db, view_of(db, visitor.id, key))
    return onward(request, "show_views", "?done=deleted")


@router.get("/view-letters/{token}/{key}")
def new_view_mute(request: Request, db: Db, _visitor: Anyone, token: str, key: str) -> Response:
    """Show a button: programs that look through mail follow links, but press nothing."""
    view = mute_view(db, token, key, only_look=True)
    return page(request, "statistics/view_mute.html", view=view, token=token)


@router.post("/view-letters/{token}/{key}")
@from_anywhere
def create_view_mute(request: Request, db: Db, _visitor: Anyone, token: str, key: str) -> Response:
    """End the letters of a view, for whoever holds one: a person, or their mail program for them."""
    view = mute_view(db, token, key)
    return page(request, "statistics/view_mute.html", view=view, token="")


def _listed(
    request: Request,
    db: Session,
    visitor: Visitor,
    status: int,
    form: Filled[NewViewForm] | Filled[ViewForm] | None = None,
    changed: SavedView | None = None,
    *,
    done: str = "",
) -> Response:
    """The list, with the form that was sent as it came: of a view, or of one to be saved."""
    scope, own = scope_of(db, visitor.id, COUNTS), views_of(db, visitor.id)
    reach, keys = reach_of(scope), shared_at(db, own)
    held = {view.key: {"shared_at": keys[view.institution_id]} for view in own}
    if form is not None and changed is not None:
        held[changed.key] = dict(form.typed)
    at, place = number_of_page(request), f"view-{changed.key}-" if changed else ""
    shared = views_shared(db, visitor.id, scope, at)
    return page(
        request,
        "statistics/views.html",
        status,
        own=own,
        shared=shared[:PAGE],
        at=at,
        has_more=len(shared) > PAGE,
        picks={key: choice_of(db, reach, typed, "shared_at") for key, typed in held.items()},
        new=form.typed if form and not changed else None,
        typed={changed.key: form.typed} if form and changed else {},
        faults={place + name: words for name, words in form.faults.items()} if form else {},
        done=done,
    )
