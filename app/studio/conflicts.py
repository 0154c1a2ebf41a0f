"""Conflicts: the page that shows two texts of one file and lets their writer choose."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.users import User
from app.studio.changes import NOT_THERE, Conflict
from app.studio.comparisons import compared
from app.studio.drafts import Draft
from app.studio.outlines import Outline
from app.web.pages import page


def conflict_page(
    request: Request, db: Session, draft: Draft, outline: Outline, conflict: Conflict
) -> Response:
    """Both texts side by side, and the choice; what was typed stands in the form again."""
    theirs = conflict.theirs
    mine = (conflict.mine or b"").decode(errors="replace")
    other = theirs.text if theirs else ""
    who = db.get(User, theirs.changed_by) if theirs and theirs.changed_by else None
    return page(
        request,
        "studio/conflict.html",
        409,
        draft=draft,
        outline=outline,
        path=conflict.path,
        mine=mine,
        sides=compared(mine, other),
        revision=theirs.revision if theirs else NOT_THERE,
        who=who.name if who else "",
        when=theirs.changed_at if theirs else None,
        is_gone=theirs is None,
    )
