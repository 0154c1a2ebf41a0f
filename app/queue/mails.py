"""Mails: letters promised with the change they tell of, written in the person's language."""

from collections.abc import Iterable, Mapping
from email.utils import formataddr, parseaddr
from typing import Any

from sqlalchemy.orm import Session

from app.foundation.mail import MailNotSent, Message, send
from app.i18n.languages import direction_of
from app.queue.jobs import Hopeless, later, later_each
from app.queue.plain_texts import mirrored, shortened, tidied
from app.queue.worker import Workshop
from app.settings import Settings
from app.web.pages import Pages

MAIL = "mail"
NAME = "Capacita"


def mail_later(
    db: Session,
    template: str,
    *,
    to: str,
    language: str,
    unique_key: str | None = None,
    gives_way: bool = False,
    **values: Any,
) -> bool:
    """Promise a letter made of `mail/<template>.txt` and `.html`, after the commit.

    The values are plain JSON; they are forgotten with the address once the letter has left. One of
    many alike `gives_way` to those that somebody waits for.
    """
    payload = letter(template, to=to, language=language, **values)
    return later(db, MAIL, payload, unique_key=unique_key, gives_way=gives_way)


def letter(template: str, *, to: str, language: str, **values: Any) -> dict[str, Any]:
    """What is kept of a letter until it has left."""
    return {"template": template, "to": to, "language": language, "values": values}


def mails_later(db: Session, letters: Iterable[Mapping[str, Any]]) -> None:
    """Promise many letters, after the commit."""
    later_each(db, MAIL, letters)


def send_mail(workshop: Workshop, payload: Mapping[str, Any]) -> None:
    """Write and send one promised letter; raises Hopeless when the address will never do."""
    settings = workshop.settings
    message = message_of(workshop.pages, payload)
    folder = settings.storage / "mail"
    try:
        send(message, server=settings.mail, sender=sender_of(settings), folder=folder)
    except MailNotSent as fault:
        if fault.is_permanent:
            raise Hopeless(str(fault)) from None
        raise


def sender_of(settings: Settings) -> str:
    """The sender as a list of letters shows it: with the operator's name, unless it has its own."""
    name, address = parseaddr(settings.mail_from)
    return formataddr((name or settings.operator_name or NAME, address))


def message_of(pages: Pages, payload: Mapping[str, Any]) -> Message:
    """The letter in the person's language, or in English where we do not offer it.

    The text template sets `subject`, which is the heading of both, and perhaps `unsubscribe` or
    `reply_to`.
    """
    language, name = payload["language"], payload["template"]
    code = language if language in pages.codes else pages.codes[0]
    text = pages.template(code, f"mail/{name}.txt").make_module(payload["values"])
    subject = " ".join(str(text.subject).split())  # type: ignore[attr-defined]  # set on top of the template
    plain = tidied(str(text))
    html = pages.render(code, f"mail/{name}.html", {**payload["values"], "subject": subject})
    return Message(
        to=payload["to"],
        subject=shortened(subject),
        text=mirrored(plain) if direction_of(code) == "rtl" else plain,
        html=html,
        language=code,
        unsubscribe=str(getattr(text, "unsubscribe", "")),
        reply_to=str(getattr(text, "reply_to", "")),
    )
