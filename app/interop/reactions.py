"""Reactions of interop: what happens is promised to webhooks; what people leave lets nobody in."""

from sqlalchemy.orm import Session

from app.activity.events import Happening
from app.identity.erasures import PersonErased
from app.identity.security.addresses import AddressTakenBack
from app.identity.users import User
from app.interop.api.repeats import forget_answers_about
from app.interop.jobs import SPREAD
from app.interop.tokens import revoke_tokens_of
from app.interop.webhooks import hold_webhooks_of, is_any_webhook_on
from app.queue.jobs import later


def tell_webhooks(db: Session, event: Happening) -> None:
    """Let the queue find who is to hear of it, if there is any webhook at all."""
    if is_any_webhook_on(db):
        later(db, SPREAD, {"event": str(event.key)}, gives_way=True)


def shut_out_programs(db: Session, event: AddressTakenBack) -> None:
    """What was made for programs in an account that was not its owner's may be a thief's."""
    if event.person_id is not None:
        revoke_tokens_of(db, event.person_id)
        hold_webhooks_of(db, event.person_id)


def forget_answered(db: Session, event: PersonErased) -> None:
    """Delete the answers kept for a day in which the person stands."""
    person = db.get(User, event.person_id)
    if person is not None:
        forget_answers_about(db, person.subject)
