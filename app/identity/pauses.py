"""Pauses: the owner of an account is told that sign-in to it is paused; who guesses is not."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.identity.throttles import (
    PAUSES_TOLD,
    SECOND_STEPS,
    SIGN_INS_HERE,
    SIGN_INS_OF_ADDRESS,
    TriedTooOften,
    note_try,
)
from app.identity.users import user_called, user_numbered
from app.queue.jobs import later
from app.queue.mails import mail_later

PAUSE = "pause"
OF_PERSONS = {each.name for each in (SIGN_INS_HERE, SIGN_INS_OF_ADDRESS, SECOND_STEPS)}
PASSWORD, CODE = "password", "code"


@contextmanager
def told_of_pause(request: Request, what: str, subject: str) -> Iterator[None]:
    """Let the owner be told where their limit's TriedTooOften is raised below, once a pause.

    The letter is written by a job, whether or not there is such an account: the refusal takes as
    long for either. `subject` is an address for a password, and a person's number for a code.
    """
    try:
        yield
    except TriedTooOften as fault:
        if fault.values["limit"] not in OF_PERSONS:
            raise
        with suppress(TriedTooOften), request.app.state.engines.writing() as db:
            note_try(db, PAUSES_TOLD, f"{what} {subject}")
            later(db, PAUSE, {"what": what, "subject": subject})
        raise


def tell_of_pause(db: Session, what: str, subject: str) -> None:
    """Mail the owner that sign-in is paused; nobody where there is no such account."""
    user = user_called(db, subject) if what == PASSWORD else user_numbered(db, int(subject))
    if user is not None and user.email is not None:
        mail_later(db, "pause", to=user.email, language=user.language, name=user.name, what=what)
