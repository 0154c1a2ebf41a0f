"""Letters: what people who write, review and publish a course are told by mail."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.ownerships import owner_ids
from app.identity.grants import Grant, institutions_administered
from app.identity.users import User
from app.queue.mails import mail_later
from app.studio.drafts import Draft
from app.studio.owned_courses import owned_at, title_of


def tell(
    db: Session, draft: Draft, person_id: int | None, step: str, by: int | None, words: str = ""
) -> None:
    """Promise one person a letter about this step; nobody is told of what they did themselves."""
    person = db.get(User, person_id) if person_id is not None and person_id != by else None
    if person is None or person.erased_at is not None or not person.email:
        return
    actor = db.get(User, by) if by is not None else None
    mail_later(
        db,
        "review",
        to=person.email,
        language=person.language,
        name=person.name,
        step=step,
        slug=draft.slug,
        title=title_of(db, owned_at(db, draft.slug)),
        actor=(actor.name if actor else "") or "",
        words=words,
    )


def tell_holders(
    db: Session,
    draft: Draft,
    role: str,
    step: str,
    by: int | None,
    but: Collection[int | None] = (),
) -> None:
    """The same to all who hold the role on an owner of the draft's course, but those told already."""
    owners = owner_ids(db, draft.slug, draft.institution_id)
    holders = select(Grant.user_id).where(Grant.role == role, Grant.ended_at.is_(None)).distinct()
    for person_id in db.scalars(holders.order_by(Grant.user_id)).all():
        if person_id not in but and owners & institutions_administered(db, person_id, role):
            tell(db, draft, person_id, step, by)
