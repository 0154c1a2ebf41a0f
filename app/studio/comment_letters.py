"""Comment letters: what was said to a draft within a quarter of an hour, told in one letter each."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.ownerships import owner_ids
from app.identity.users import User
from app.queue.mails import mail_later
from app.studio.comments import Comment
from app.studio.drafts import Draft, DraftState, scope_of
from app.studio.guests import Guest
from app.studio.mutings import COMMENT_LETTERS, QUARTER, muted_by
from app.studio.owned_courses import owned_at, title_of
from app.studio.submissions import Submission

MOST_SHOWN, LONGEST = 10, 300  # comments of one draft in a letter, and signs of each


def tell_comments(db: Session, quarter: int) -> None:
    """Write to all who are concerned by the comments of this quarter; a second run writes none."""
    since = datetime.fromtimestamp(quarter * QUARTER, UTC)
    until = datetime.fromtimestamp((quarter + 1) * QUARTER, UTC)
    made = db.scalars(
        select(Comment)
        .where(Comment.made_at >= since, Comment.made_at < until)
        .order_by(Comment.draft_id, Comment.id)
    ).all()
    by_person: dict[int, dict[int, list[Comment]]] = {}
    for draft_id in dict.fromkeys(each.draft_id for each in made):
        draft = db.get_one(Draft, draft_id)
        said = [each for each in made if each.draft_id == draft_id]
        for person_id, theirs in _concerned(db, draft, said):
            by_person.setdefault(person_id, {})[draft_id] = theirs
    for person_id, drafts in by_person.items():
        _write_to(db, person_id, drafts, quarter)


def _concerned(
    db: Session, draft: Draft, said: Iterable[Comment]
) -> Iterable[tuple[int, list[Comment]]]:
    """Who works on the draft or spoke in a thread before, with what others said there."""
    authors = _authors_of(db, draft)
    threads = _speakers_in(db, draft)
    people = authors.union(*threads.values())
    owners = owner_ids(db, draft.slug, draft.institution_id)
    for person_id in sorted(people - muted_by(db, draft.id)):
        theirs = [
            each
            for each in said
            if each.made_by != person_id
            and (
                person_id in authors
                or threads[each.reply_to or each.id].get(person_id, each.id) < each.id
            )
        ]
        if theirs and scope_of(db, person_id) & owners:
            yield person_id, theirs


def _authors_of(db: Session, draft: Draft) -> frozenset[int]:
    wrote = select(DraftState.saved_by).where(DraftState.draft_id == draft.id)
    handed_in = select(Submission.submitted_by).where(Submission.draft_id == draft.id)
    found = {*db.scalars(wrote.distinct()), *db.scalars(handed_in.distinct())}
    return frozenset(each for each in found if each is not None)


def _speakers_in(db: Session, draft: Draft) -> dict[int, dict[int, int]]:
    """Who spoke in each thread of the draft, by its opening, with the first that they said."""
    rows = db.execute(
        select(Comment.id, Comment.reply_to, Comment.made_by)
        .where(Comment.draft_id == draft.id)
        .order_by(Comment.id)
    ).all()
    threads: dict[int, dict[int, int]] = {}
    for comment_id, reply_to, made_by in rows:
        speakers = threads.setdefault(reply_to or comment_id, {})
        if made_by is not None:
            speakers.setdefault(made_by, comment_id)
    return threads


def _write_to(db: Session, person_id: int, drafts: dict[int, list[Comment]], quarter: int) -> None:
    person = db.get_one(User, person_id)
    if person.erased_at is not None or not person.email:
        return
    mail_later(
        db,
        "comments",
        to=person.email,
        language=person.language,
        unique_key=f"{COMMENT_LETTERS}:{quarter}:{person_id}",
        name=person.name,
        count=sum(len(said) for said in drafts.values()),
        drafts=[_told(db, draft_id, said) for draft_id, said in drafts.items()],
    )


def _told(db: Session, draft_id: int, said: list[Comment]) -> dict[str, Any]:
    slug = db.get_one(Draft, draft_id).slug
    shown = [
        {"by": _name_of(db, each), "quote": _cut(each.quote), "words": _cut(each.words)}
        for each in said[:MOST_SHOWN]
    ]
    more = len(said) - len(shown)
    return {"slug": slug, "title": title_of(db, owned_at(db, slug)), "said": shown, "more": more}


def _name_of(db: Session, each: Comment) -> str:
    if each.guest_id is not None:
        return db.get_one(Guest, each.guest_id).name
    person = db.get(User, each.made_by) if each.made_by is not None else None
    return (person.name if person else "") or ""


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
