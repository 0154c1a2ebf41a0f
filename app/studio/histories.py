"""Histories: who did what to a draft and when, told from its states and from what happened to it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.ownerships import ACCEPTED, REFUSED, OwnerProposal
from app.foundation import clock
from app.identity.institutions import name_of_institution
from app.identity.users import User
from app.studio import releases, submissions
from app.studio.comments import Comment
from app.studio.drafts import Draft, DraftFile, DraftState
from app.studio.guests import Guest
from app.studio.origins import Origin

SHOWN, LATELY = 100, 5
TOGETHER = timedelta(hours=1)  # changes of one person that follow each other within it are one
NOW = timedelta(minutes=5)  # who saved within it is writing still

BEGAN, WROTE, TOOK_IN = "began", "wrote", "took-in"
SUBMITTED, COMMENTED, PLANNED, RELEASED = "submitted", "commented", "planned", "released"
ASKED, OWNED, DECLINED = "asked", "owned", "declined"


class Deed(NamedTuple):
    """What somebody did: to which files, or with which institution or number it has to do."""

    at: datetime
    by: int | None
    kind: str
    paths: tuple[str, ...] = ()
    about: str = ""
    guest: str = ""


class Told(NamedTuple):
    """A deed with the name of who did it, which is empty for a person that is gone."""

    deed: Deed
    name: str


class Writer(NamedTuple):
    """Somebody else who saved a file of the draft some minutes ago."""

    name: str
    path: str


def history_of(db: Session, draft: Draft, most: int = SHOWN) -> list[Told]:
    """The latest deeds first; changes of one person shortly after each other are one."""
    deeds = [
        Deed(draft.made_at, draft.made_by, BEGAN),
        *_written(db, draft, most),
        *_taken(db, draft, most),
        *_handed_in(db, draft, most),
        *_said(db, draft, most),
        *_released(db, draft, most),
        *_owned(db, draft, most),
    ]
    latest = sorted(deeds, key=lambda each: each.at, reverse=True)[:most]
    people = {each.by for each in latest if each.by is not None}
    rows = db.execute(select(User.id, User.name).where(User.id.in_(people)))
    names: dict[int, str] = dict(rows.all())
    return [Told(each, each.guest or names.get(each.by or 0, "") or "") for each in latest]


def writing_now(db: Session, draft: Draft, person_id: int) -> list[Writer]:
    """Who else has just saved something, and in which file."""
    rows = db.execute(
        select(User.name, DraftFile.path)
        .join(User, User.id == DraftFile.changed_by)
        .where(DraftFile.draft_id == draft.id, DraftFile.changed_by != person_id)
        .where(DraftFile.changed_at > clock.now() - NOW, DraftFile.revision > 1)
        .order_by(DraftFile.changed_at.desc(), DraftFile.path)
        .limit(LATELY)
    )
    return [Writer(name or "", path) for name, path in rows]


def _written(db: Session, draft: Draft, most: int) -> Iterable[Deed]:
    taken = select(Origin.revision).where(Origin.draft_id == draft.id)
    rows = db.execute(
        select(DraftState.saved_at, DraftState.saved_by, DraftState.path)
        .where(DraftState.draft_id == draft.id, DraftState.revision > 1)
        .where(DraftState.revision.not_in(taken))
        .order_by(DraftState.revision.desc(), DraftState.path)
        .limit(most * 10)
    ).all()
    return _gathered(Deed(at, by, WROTE, (path,)) for at, by, path in rows)


def _gathered(deeds: Iterable[Deed]) -> Iterator[Deed]:
    """Changes of one person that follow each other as one, latest first as they come."""
    last: Deed | None = None
    since: datetime | None = None
    for each in deeds:
        if last and since and each.by == last.by and since - each.at <= TOGETHER:
            last = last._replace(paths=tuple(dict.fromkeys((*last.paths, *each.paths))))
        else:
            if last:
                yield last
            last = each
        since = each.at
    if last:
        yield last


def _taken(db: Session, draft: Draft, most: int) -> Iterable[Deed]:
    rows = db.scalars(
        select(Origin)
        .where(Origin.draft_id == draft.id, Origin.revision > 1)
        .order_by(Origin.id.desc())
        .limit(most)
    )
    return [Deed(each.taken_at, each.taken_by, TOOK_IN) for each in rows]


def _handed_in(db: Session, draft: Draft, most: int) -> Iterator[Deed]:
    asked = select(submissions.Submission).where(submissions.Submission.draft_id == draft.id)
    for each in db.scalars(asked.order_by(submissions.Submission.id.desc()).limit(most)):
        yield Deed(each.submitted_at, each.submitted_by, SUBMITTED, about=str(each.revision))
        if each.decided_at is not None:
            is_back = each.state == submissions.SENT_BACK
            kind = submissions.SENT_BACK if is_back else submissions.APPROVED
            yield Deed(each.decided_at, each.decided_by, kind, about=str(each.revision))


def _said(db: Session, draft: Draft, most: int) -> Iterator[Deed]:
    rows = db.execute(
        select(Comment.made_at, Comment.made_by, Comment.path, Guest.name)
        .join(Guest, Guest.id == Comment.guest_id, isouter=True)
        .where(Comment.draft_id == draft.id)
        .order_by(Comment.id.desc())
        .limit(most)
    )
    for at, by, path, guest in rows:
        yield Deed(at, by, COMMENTED, (path,), guest=guest or "")


def _released(db: Session, draft: Draft, most: int) -> Iterator[Deed]:
    asked = select(releases.Release).where(releases.Release.draft_id == draft.id)
    for each in db.scalars(asked.order_by(releases.Release.id.desc()).limit(most)):
        is_done = each.state == releases.DONE
        at = each.due_at if is_done else each.planned_at
        yield Deed(at, each.planned_by, RELEASED if is_done else PLANNED)


def _owned(db: Session, draft: Draft, most: int) -> Iterator[Deed]:
    asked = select(OwnerProposal).where(OwnerProposal.slug == draft.slug)
    since = asked.where(OwnerProposal.proposed_at >= draft.made_at)
    for each in db.scalars(since.order_by(OwnerProposal.id.desc()).limit(most)):
        name = name_of_institution(db, each.institution_id)
        yield Deed(each.proposed_at, each.proposed_by, ASKED, about=name)
        if each.decided_at is not None and each.state in (ACCEPTED, REFUSED):
            kind = OWNED if each.state == ACCEPTED else DECLINED
            yield Deed(each.decided_at, each.decided_by, kind, about=name)
