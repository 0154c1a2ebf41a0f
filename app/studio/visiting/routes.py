"""Routes of visiting: a reviewer from outside reads one draft by a link, and comments on it."""

from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Anyone
from app.studio.comments import comment, reply
from app.studio.guests import opened_by
from app.studio.readings import reading_of
from app.studio.reviewing.forms import CommentForm
from app.studio.reviewing.routes import back_to_file
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import PRIVATE, page
from app.web.turn import Turnstile

router = Turnstile()
_ALONE = PRIVATE | {"X-Robots-Tag": "noindex, nofollow"}


@router.get("/review/{token}")
def show_guest_review(request: Request, db: Db, _visitor: Anyone, token: str) -> Response:
    guest, draft = opened_by(db, token)
    answer = page(
        request,
        "studio/reviewing/guest.html",
        guest=guest,
        draft=draft,
        reading=reading_of(db, draft),
        token=token,
    )
    answer.headers.update(_ALONE)
    return answer


@router.get("/review/{token}/files/{path:path}")
def show_guest_review_file(
    request: Request, db: Db, _visitor: Anyone, token: str, path: str, done: str = ""
) -> Response:
    guest, draft = opened_by(db, token)
    reading = reading_of(db, draft)
    answer = page(
        request,
        "studio/reviewing/guest_file.html",
        guest=guest,
        draft=draft,
        reading=reading,
        leaf=reading.leaf(path),
        around=reading.around(path),
        token=token,
        done=done,
    )
    answer.headers.update(_ALONE)
    return answer


@router.post("/review/{token}/comments")
def create_guest_comment(
    request: Request,
    db: Db,
    _visitor: Anyone,
    token: str,
    form: Annotated[Filled[CommentForm], form_of(CommentForm)],
) -> Response:
    """Comment on a passage, or reply, under the guest's name."""
    guest, draft = opened_by(db, token)
    told = form.value
    if told is not None and told.reply_to:
        reply(db, draft, told.reply_to, told.said, by=guest)
    elif told is not None:
        comment(db, draft, told.path, told.passage, told.said, by=guest)
    return back_to_file(request, form, "show_guest_review_file", token=token)
