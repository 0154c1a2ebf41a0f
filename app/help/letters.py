"""Letters: what people write to whoever operates this installation."""

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.i18n.marking import N_
from app.identity.throttles import Limit
from app.queue.mails import mail_later

LONGEST = 4_000  # signs
TOPICS = {
    "account": N_("My account or signing in"),
    "course": N_("A course or a quiz"),
    "certificate": N_("A certificate"),
    "accessibility": N_("Something that I cannot use: accessibility"),
    "data": N_("My data"),
    "fault": N_("A fault of the site"),
    "other": N_("Something else"),
}
HOUR = timedelta(hours=1)
# A whole ministry may sit behind one network; a flood still ends.
LETTERS_OF_NETWORK = Limit("letter-network", 20, HOUR)
LETTERS_OF_ADDRESS = Limit("letter-address", 5, HOUR)


class Letter(NamedTuple):
    """What somebody wrote, about what, the address to answer, and the number of a fault if any."""

    sender: str
    topic: str
    said: str
    incident: str


def send_to_operator(db: Session, operator: str, letter: Letter, language: str) -> None:
    """Promise the letter to the operator's mailbox; its answer goes to the sender."""
    mail_later(
        db,
        "letter",
        to=operator,
        language=language,
        **letter._replace(topic=TOPICS[letter.topic])._asdict(),
    )
