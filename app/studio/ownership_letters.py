"""Ownership letters: what publishers are told when institutions come to own a course together."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.ownerships import OwnerProposal
from app.identity.grants import PUBLISHER, Grant, institutions_administered
from app.identity.institutions import name_of_institution
from app.identity.users import User
from app.queue.mails import mail_later
from app.studio.owned_courses import owned_at, title_of


def tell_publishers(db: Session, proposal: OwnerProposal, step: str, by: int) -> None:
    """Tell all who publish for the institution that it is asked something."""
    holders = select(Grant.user_id).where(Grant.role == PUBLISHER, Grant.ended_at.is_(None))
    for person_id in db.scalars(holders.distinct().order_by(Grant.user_id)).all():
        if proposal.institution_id in institutions_administered(db, person_id, PUBLISHER):
            _tell(db, proposal, person_id, step, by)


def tell_who_asked(db: Session, proposal: OwnerProposal, step: str, by: int) -> None:
    """Tell who had asked what the institution answered."""
    _tell(db, proposal, proposal.proposed_by, step, by)


def _tell(db: Session, proposal: OwnerProposal, person_id: int, step: str, by: int) -> None:
    person = db.get(User, person_id) if person_id != by else None
    if person is None or person.erased_at is not None or not person.email:
        return
    actor = db.get(User, by)
    mail_later(
        db,
        "ownership",
        to=person.email,
        language=person.language,
        name=person.name,
        step=step,
        title=title_of(db, owned_at(db, proposal.slug)),
        institution=name_of_institution(db, proposal.institution_id),
        actor=(actor.name if actor else "") or "",
    )
