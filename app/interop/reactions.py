"""Reactions of interop: what happens is promised to webhooks; who is erased stands in no answer."""

from sqlalchemy.orm import Session

from app.activity.events import Happening
from app.identity.erasures import PersonErased
from app.identity.users import User
from app.interop.api.repeats import forget_answers_about
from app.interop.jobs import SPREAD
from app.interop.webhooks import is_any_on
from app.queue.jobs import later


def tell_webhooks(db: Session, event: Happening) -> None:
    """Let the queue find who is to hear of it, if there is any webhook at all."""
    if is_any_on(db):
        later(db, SPREAD, {"event": str(event.key)}, gives_way=True)


def forget_answered(db: Session, event: PersonErased) -> None:
    """Delete the answers kept for a day in which the person stands."""
    person = db.get(User, event.person_id)
    if person is not None:
        forget_answers_about(db, person.subject)
