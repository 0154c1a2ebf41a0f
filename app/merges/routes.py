"""Routes of merges: two accounts found, compared, merged with a reason, and parted again."""

from typing import Annotated, Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.foundation.errors import Refusal
from app.identity.looks import ACCOUNT, note_look
from app.merges.candidates import LEAST, candidate, candidates_like, pairs_in
from app.merges.forms import MergeForm
from app.merges.holdings import preview
from app.merges.listings import SHOWN, merge_in, merges_in
from app.merges.merges import UNDO_FOR, merge
from app.merges.undoings import undo
from app.statistics.registrars import KeepsNames, Registrar
from app.web.forms import Filled, form_of
from app.web.marks import Db, leaves_trace
from app.web.pages import number_of_page, onward, page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/people/merges")
@leaves_trace
def show_merges(
    request: Request,
    db: Db,
    registrar: KeepsNames,
    words: str = "",
    stays: str = "",
    done: str = "",
) -> Response:
    """Look for the accounts; once the first is chosen, for the other one."""
    first = candidate(db, registrar.scope, stays) if stays else None
    found = candidates_like(db, registrar.scope, words)
    pairs = pairs_in(db, registrar.scope) if not words and first is None else []
    seen = [each.id for each in found] + [each.id for pair in pairs for each in pair]
    note_look(db, registrar.visitor.id, seen, ACCOUNT)
    at = number_of_page(request)
    merges = merges_in(db, registrar.scope, SHOWN + 1, passed=(at - 1) * SHOWN)
    return page(
        request,
        "merges/merges.html",
        first=first,
        found=[each for each in found if first is None or each.id != first.id],
        pairs=pairs,
        words=words,
        is_short=bool(words) and len(words.strip()) < LEAST,
        merges=merges[:SHOWN],
        at=at,
        has_more=len(merges) > SHOWN,
        done=done,
    )


@router.get("/people/merges/new")
@leaves_trace
def new_merge(
    request: Request, db: Db, registrar: KeepsNames, stays: str = "", gone: str = ""
) -> Response:
    """Compare the two; where one is not chosen yet, lead to where it is looked for."""
    if not stays or not gone:
        chosen = stays or gone
        return onward(request, "show_merges", f"?{urlencode({'stays': chosen})}" if chosen else "")
    return _preview_page(request, db, registrar, stays, gone, Filled(None))


@router.post("/people/merges")
def create_merge(
    request: Request,
    db: Db,
    registrar: KeepsNames,
    form: Annotated[Filled[MergeForm], form_of(MergeForm)],
) -> Response:
    told = form.value
    if told is None:
        stays, gone = form.typed.get("stays", ""), form.typed.get("gone", "")
        return _preview_page(request, db, registrar, stays, gone, form, 422)
    kept, lost = (candidate(db, registrar.scope, each) for each in (told.stays, told.gone))
    made = merge(db, registrar.visitor.id, kept.id, lost.id, told.reason)
    return onward(request, "show_merge", "?done=merged", key=str(made.key))


@router.get("/people/merges/{key}")
@leaves_trace
def show_merge(
    request: Request, db: Db, registrar: KeepsNames, key: str, done: str = ""
) -> Response:
    made, listed = merge_in(db, registrar.scope, key)
    note_look(db, registrar.visitor.id, [made.stays_id], ACCOUNT)
    return page(request, "merges/merge.html", merge=listed, done=done)


@router.post("/people/merges/{key}/undoing")
def delete_merge(request: Request, db: Db, registrar: KeepsNames, key: str) -> Response:
    made, _listed = merge_in(db, registrar.scope, key)
    undo(db, registrar.visitor.id, made)
    return onward(request, "show_merge", "?done=undone", key=key)


def _preview_page(
    request: Request,
    db: Session,
    registrar: Registrar,
    stays: str,
    gone: str,
    form: Filled[Any],
    status: int = 200,
) -> Response:
    """Both accounts side by side; what forbids the merge stands there in words."""
    kept, lost = (candidate(db, registrar.scope, each) for each in (stays, gone))
    by, language = registrar.visitor.id, request.scope["language"]
    note_look(db, by, [kept.id, lost.id], ACCOUNT)
    refusal: Refusal | None = None
    held = None
    try:
        held = preview(db, by, kept.id, lost.id, language)
    except Refusal as caught:
        refusal, status = caught, caught.status if status == 200 else status
    return page(
        request,
        "merges/preview.html",
        status,
        stays=kept,
        gone=lost,
        held=held,
        refusal=refusal,
        form=form,
        days=UNDO_FOR.days,
    )
