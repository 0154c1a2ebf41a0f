"""Jobs of identity: tell of pauses, and once a day forget what has had its time."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from app.foundation import clock
from app.identity.invitations import forget_invitations
from app.identity.one_time_links import forget_links
from app.identity.pauses import tell_of_pause
from app.identity.sign_ins import forget_sign_ins
from app.identity.throttles import forget_tries
from app.identity.users import NoSuchPerson
from app.queue.jobs import forget_jobs
from app.queue.worker import Workshop

TIDY = "tidy"
A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)


def tell_paused(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Write to the owner of an account of which sign-in is paused, if there is such an account."""
    with workshop.engines.writing() as db, suppress(NoSuchPerson):
        tell_of_pause(db, payload["what"], payload["subject"])


def tidy(workshop: Workshop, _payload: Mapping[str, Any]) -> None:
    """Delete links that are over, counters after a day, and the rest after 30 days.

    The privacy notice promises these periods.
    """
    now = clock.now()
    with workshop.engines.writing() as db:
        forget_tries(db, now - A_DAY)
        forget_links(db, now)
        forget_sign_ins(db, now - A_MONTH)
        forget_invitations(db, now - A_MONTH)
        forget_jobs(db, now - A_MONTH)
