"""Letters of long files: the person is told once that a file can be taken; no name is in the letter."""

from sqlalchemy.orm import Session

from app.i18n.phrases import phrases_of
from app.identity.users import User
from app.queue.mails import mail_later
from app.statistics.exporting.long_files import LongFile


def tell_finished(db: Session, file: LongFile) -> None:
    """Promise the letter, to who has a mailbox that is known to be theirs."""
    person = db.get_one(User, file.person_id)
    if not person.email or person.confirmed_at is None:
        return
    mail_later(
        db,
        "long_file",
        to=person.email,
        language=person.language,
        unique_key=f"long-file:{file.key}",
        name=person.name,
        key=str(file.key),
        count=file.rows,
        until=phrases_of(person.language).moment(file.until),
    )
