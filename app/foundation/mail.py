"""Mail: a message and the two ways it leaves: through a mail server, or into a file."""

import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import make_msgid, parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import uuid4

from email_validator import validate_email

log = logging.getLogger("capacita.mail")

SECONDS_TO_ANSWER = 30
PLAIN_PORT, SUBMISSION_PORT, TLS_PORT = 25, 587, 465
PERMANENT = range(500, 600)


@dataclass(frozen=True)
class Message:
    """A letter to one person, as text and as HTML, in their language.

    `unsubscribe` is the address that ends such letters at one click, if there is one; `reply_to` is
    who is answered, if not the sender.
    """

    to: str
    subject: str
    text: str
    html: str
    language: str
    unsubscribe: str = ""
    reply_to: str = ""


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject that is encoded as one: word by word, Python drops the space between two words."""

    def fold(self, *, policy: Policy) -> str:
        words = Header(self, header_name=self.name)
        return f"{self.name}: {words.encode(linesep=policy.linesep)}{policy.linesep}"


class _Address(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets (RFC 2369), which are never encoded, however long they are."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)
_HEADERS.map_to_type("list-unsubscribe", _Address)
READABLE = SMTP.clone(header_factory=_HEADERS)
# Not every server takes more than ASCII, and none has to (RFC 5321, 2.4).
TRAVELLING = READABLE.clone(cte_type="7bit")


class MailNotSent(Exception):
    """The mail server did not take a message; says its code, never the address."""

    def __init__(self, why: str, *, is_permanent: bool = False) -> None:
        super().__init__(why)
        self.is_permanent = is_permanent


def send(message: Message, *, server: str, sender: str, folder: Path) -> None:
    """Hand the message to the server (smtp:// or smtps://), or write it into the folder.

    Raises MailNotSent; `is_permanent` when the server will never take this address.
    """
    if not server:
        _write(letter_of(message, sender), folder)
        return
    try:
        _deliver(letter_of(message, sender, TRAVELLING), urlsplit(server))
    except smtplib.SMTPRecipientsRefused as refusal:
        code = next(iter(refusal.recipients.values()))[0]
        why = f"the server refused the recipient with code {code}"
        raise MailNotSent(why, is_permanent=code in PERMANENT) from None
    except smtplib.SMTPResponseException as refusal:
        name = type(refusal).__name__
        raise MailNotSent(f"the server answered {refusal.smtp_code} ({name})") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise MailNotSent(f"no way to the server ({type(fault).__name__})") from None


def letter_of(message: Message, sender: str, policy: Policy = READABLE) -> EmailMessage:
    """The message as it travels (RFC 5322), marked as written by a machine (RFC 3834).

    One-click unsubscribing is that of RFC 8058.
    """
    letter = EmailMessage(policy=policy)
    letter["From"] = sender
    letter["To"] = _deliverable(message.to)
    if message.reply_to:
        letter["Reply-To"] = _deliverable(message.reply_to)
    letter["Subject"] = message.subject
    letter["Date"] = datetime.now(UTC)
    letter["Message-ID"] = make_msgid(domain=_domain_of(sender))
    letter["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.text)
    letter.add_alternative(message.html, subtype="html")
    # Headers named Content-… move into the first part, so this one comes last.
    letter["Content-Language"] = message.language
    return letter


def _deliverable(address: str) -> str:
    """The address with its domain in ASCII, so that only a local part may need SMTPUTF8.

    As the register of domains has it today (RFC 5891): Python's own way would turn faß.example into
    fass.example, which is somebody else's.
    """
    if address.rpartition("@")[2].isascii():
        return address
    checked = validate_email(address, check_deliverability=False, globally_deliverable=False)
    return f"{checked.local_part}@{checked.ascii_domain}"


def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _write(letter: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:8]}.eml"
    path.write_bytes(letter.as_bytes())
    log.info("mail written to %s", path)


def _deliver(letter: EmailMessage, server: SplitResult) -> None:
    host, trust = server.hostname or "localhost", ssl.create_default_context()
    own_name = _domain_of(str(letter["From"]))
    with _connect(host, server, own_name, trust) as line:
        line.ehlo()
        is_private = server.scheme == "smtps" or _is_this_machine(host)
        if server.scheme == "smtp" and line.has_extn("starttls"):
            line.starttls(context=trust)
            line.ehlo()
            is_private = True
        if server.username:
            if not is_private:
                raise MailNotSent("the server offers no TLS, so it was not given the password")
            line.login(unquote(server.username), unquote(server.password or ""))
        line.send_message(letter)


def _connect(host: str, server: SplitResult, own_name: str, trust: ssl.SSLContext) -> smtplib.SMTP:
    if server.scheme == "smtps":
        port = server.port or TLS_PORT
        return smtplib.SMTP_SSL(host, port, own_name, timeout=SECONDS_TO_ANSWER, context=trust)
    port = server.port or (SUBMISSION_PORT if server.username else PLAIN_PORT)
    return smtplib.SMTP(host, port, own_name, timeout=SECONDS_TO_ANSWER)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
