"""Routes of reviewing: a draft handed in, read, commented on, sent back or approved."""

import re
from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.identity.access import Visitor, Writer
from app.identity.grants import AUTHOR, PUBLISHER, REVIEWER
from app.identity.users import User
from app.studio.comments import comment, open_comments, reply, settle
from app.studio.drafts import Draft, draft_for, open_drafts, scope_of
from app.studio.guests import guests_of, invite, revoke_guest
from app.studio.inspections import count_of, findings_of
from app.studio.mutings import muted_by, put_mute
from app.studio.readings import reading_of
from app.studio.releases import is_left_to_publishers, versions_of, waiting_release
from app.studio.reviewing.forms import (
    CommentForm,
    DecisionForm,
    GuestForm,
    LettersForm,
    SettlementForm,
)
from app.studio.submissions import DraftFaulty, approve, last_submission, send_back, submit
from app.web.forms import Filled, form_of
from app.web.marks import Db
from app.web.pages import onward, page, path_of, to_path
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/studio/{slug}/review")
def show_review(request: Request, db: Db, visitor: Writer, slug: str, done: str = "") -> Response:
    draft = draft_for(db, visitor.id, slug)
    return _review_page(request, db, visitor, draft, done=done)


@router.post("/studio/{slug}/review/submission")
def create_submission(request: Request, db: Db, visitor: Writer, slug: str) -> Response:
    """Hand the draft in; with faults, say each of them."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR,))
    try:
        submit(db, visitor.id, draft)
    except DraftFaulty as refusal:
        return _review_page(request, db, visitor, draft, 422, faults=refusal.faults)
    return onward(request, "show_review", "?done=submitted", slug=slug)


@router.post("/studio/{slug}/review/decision")
def create_decision(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[DecisionForm], form_of(DecisionForm)],
) -> Response:
    """Approve the revision that was read, or send it back with words."""
    draft = draft_for(db, visitor.id, slug, (REVIEWER,))
    told = form.value
    if told is None:
        return _review_page(request, db, visitor, draft, 422, form=form)
    if told.decision == "approve":
        approve(db, visitor.id, draft, told.revision)
        return onward(request, "show_review", "?done=approved", slug=slug)
    send_back(db, visitor.id, draft, told.revision, told.reason)
    return onward(request, "show_review", "?done=sent-back", slug=slug)


@router.get("/studio/{slug}/review/files/{path:path}")
def show_review_file(
    request: Request, db: Db, visitor: Writer, slug: str, path: str, done: str = ""
) -> Response:
    draft = draft_for(db, visitor.id, slug)
    reading = reading_of(db, draft)
    return page(
        request,
        "studio/reviewing/file.html",
        draft=draft,
        reading=reading,
        leaf=reading.leaf(path),
        around=reading.around(path),
        done=done,
        typed={},
    )


@router.post("/studio/{slug}/review/comments")
def create_comment(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[CommentForm], form_of(CommentForm)],
) -> Response:
    """Comment on a passage, or reply."""
    draft = draft_for(db, visitor.id, slug)
    told = form.value
    if told is None:
        return back_to_file(request, form, "show_review_file", slug=slug)
    if told.reply_to:
        reply(db, draft, told.reply_to, told.said, by=visitor.id)
    else:
        comment(db, draft, told.path, told.passage, told.said, by=visitor.id)
    return back_to_file(request, form, "show_review_file", slug=slug)


@router.post("/studio/{slug}/review/comments/{number}")
def update_comment(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    number: str,
    form: Annotated[Filled[SettlementForm], form_of(SettlementForm)],
) -> Response:
    """Resolve a comment, or open it again."""
    draft, told = draft_for(db, visitor.id, slug), form.value
    if told is not None:
        is_resolved = told.settle == "resolved"
        settle(db, visitor.id, draft, number_of(number), is_resolved=is_resolved)
        if not told.path:
            done = "settled" if is_resolved else "reopened"
            return onward(request, "show_review", f"?done={done}", slug=slug)
    return back_to_file(request, form, "show_review_file", slug=slug)


@router.post("/studio/{slug}/review/letters")
def update_letters(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[LettersForm], form_of(LettersForm)],
) -> Response:
    """Send the visitor no letters about comments on the draft, or let them come again."""
    draft = draft_for(db, visitor.id, slug)
    if form.value is not None:
        put_mute(db, visitor.id, draft, is_muted=form.value.letters == "off")
    return onward(request, "show_review", "?done=letters", slug=slug)


@router.post("/studio/{slug}/review/guests")
def create_guest(
    request: Request,
    db: Db,
    visitor: Writer,
    slug: str,
    form: Annotated[Filled[GuestForm], form_of(GuestForm)],
) -> Response:
    """Invite a reviewer from outside; the link is shown this once."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR, REVIEWER))
    told = form.value
    if told is None:
        return _review_page(request, db, visitor, draft, 422, form=form)
    guest, token = invite(db, visitor.id, draft, told.name, int(told.days))
    address = request.app.state.settings.public_url + path_of(
        request, "show_guest_review", token=token
    )
    return _review_page(request, db, visitor, draft, invited=guest, address=address)


@router.post("/studio/{slug}/review/guests/{number}/end")
def delete_guest(request: Request, db: Db, visitor: Writer, slug: str, number: str) -> Response:
    """Take a link from outside back."""
    draft = draft_for(db, visitor.id, slug, (AUTHOR, REVIEWER))
    revoke_guest(db, visitor.id, draft, number_of(number))
    return onward(request, "show_review", "?done=revoked", slug=slug)


def number_of(typed: str) -> int:
    """The number in an address; what is none is the number of nothing."""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else 0


def back_to_file(request: Request, form: Filled[Any], route: str, **names: str) -> Response:
    """The file that a comment was written beside, at its passage; without words it says so."""
    path, passage = form.typed.get("path", ""), form.typed.get("passage", "")
    done = "said" if form.value is not None else "empty"
    if not path:
        return onward(request, route.replace("_file", ""), **names)
    place = f"#at-{passage}" if re.fullmatch(r"[\w/.-]+", passage) else ""
    return to_path(path_of(request, route, path=path, **names) + f"?done={done}{place}")


def roles_on(db: Session, person_id: int, draft: Draft) -> frozenset[str]:
    """Which roles of the studio the person holds on an owner of this draft."""
    held = set()
    for role in (AUTHOR, REVIEWER, PUBLISHER):
        scope = scope_of(db, person_id, (role,))
        if scope and db.scalar(open_drafts(scope).where(Draft.id == draft.id)) is not None:
            held.add(role)
    return frozenset(held)


def _review_page(
    request: Request,
    db: Session,
    visitor: Visitor,
    draft: Draft,
    status: int = 200,
    *,
    form: Filled[Any] | None = None,
    done: str = "",
    **more: Any,
) -> Response:
    submission = last_submission(db, draft)
    people = (submission.submitted_by, submission.decided_by) if submission else ()
    context = {
        "faults": (),
        "invited": None,
        "address": "",
        **more,
        "draft": draft,
        "reading": reading_of(db, draft),
        "submission": submission,
        "names": {each: name for each in people if each and (name := _name(db, each))},
        "roles": roles_on(db, visitor.id, draft),
        "count": count_of(findings_of(db, draft)),
        "open_count": open_comments(db, draft),
        "guests": guests_of(db, draft),
        "versions": versions_of(db, draft.slug),
        "waiting": waiting_release(db, draft),
        "is_left": submission is not None and is_left_to_publishers(db, submission),
        "form": form or Filled(None),
        "done": done,
        "own_id": visitor.id,
        "is_muted": visitor.id in muted_by(db, draft.id),
    }
    return page(request, "studio/reviewing/review.html", status, **context)


def _name(db: Session, person_id: int) -> str:
    person = db.get(User, person_id)
    return (person.name if person else "") or ""
