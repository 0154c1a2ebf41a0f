"""Mail: into a file, or through a real mail server on this machine."""

import ssl
import subprocess
from dataclasses import replace
from email import message_from_bytes, message_from_string
from email.policy import default

import pytest
from aiosmtpd.smtp import AuthResult

from app.foundation.mail import MailNotSent, Message, letter_of, send
from tests.queue.conftest import Postbox

LETTER = Message(
    to="awa.diop@institute.example",
    subject="Заверьте адрес · أكِّد عنوانك",
    text="Bonjour Awa\n",
    html="<p>Bonjour Awa</p>",
    language="fr",
)

LONGEST_LINE = 78  # of a letter (RFC 5322)


def post(server: str, folder, message: Message = LETTER) -> None:
    send(message, server=server, sender="Capacita <mail@capacita.example>", folder=folder)


def test_without_a_server_it_becomes_a_file_and_the_log_names_it(tmp_path, caplog):
    caplog.set_level("INFO")
    post("", tmp_path / "mail")
    (path,) = (tmp_path / "mail").glob("*.eml")
    letter = message_from_bytes(path.read_bytes(), policy=default)
    assert letter["To"] == LETTER.to
    assert letter["Subject"] == LETTER.subject
    assert letter.get_body(("plain",)).get_content() == "Bonjour Awa\r\n"
    assert letter.get_body(("html",)).get_content().strip() == "<p>Bonjour Awa</p>"
    assert path.name in caplog.text
    assert LETTER.to not in caplog.text


def test_it_is_marked_as_written_by_a_machine_in_a_language():
    letter = letter_of(LETTER, "Capacita <mail@capacita.example>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "fr"
    assert letter["Message-ID"].endswith("@capacita.example>")


def test_the_address_that_unsubscribes_at_one_click_is_never_encoded():
    """A mail program reads it as it stands (RFC 2369), also where it is longer than a line."""
    address = f"https://learn.ministry.example/fr/reminders/{'t' * 43}/digests"
    letter = letter_of(replace(LETTER, unsubscribe=address), "mail@capacita.example")
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in letter.as_bytes()


@pytest.mark.parametrize(
    "subject",
    [
        "On demande à L’administration numérique à l’épreuve d’être aussi…",
        "Approuvé à la relecture : القيادة والتعلم في الخدمة العامة",
        "Your list is ready as a file",
    ],
)
def test_a_subject_keeps_the_spaces_between_its_words(subject):
    letter = letter_of(replace(LETTER, subject=subject), "mail@capacita.example")
    lines = letter.as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= LONGEST_LINE
    assert message_from_bytes(letter.as_bytes(), policy=default)["Subject"] == subject


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("awa@école.example", "xn--cole-9oa.example"),
        ("awa@faß.example", "xn--fa-hia.example"),
    ],
)
def test_an_address_in_another_script_keeps_its_domain_deliverable(typed, domain):
    letter = letter_of(replace(LETTER, to=typed, reply_to=typed), "mail@capacita.example")
    assert letter["To"] == letter["Reply-To"] == f"awa@{domain}"


def test_a_line_break_cannot_smuggle_a_header_in():
    message = Message("awa@example.org", "Hello\r\nBcc: eve@example.org", "t", "<p>h</p>", "en")
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        letter_of(message, "mail@capacita.example")


def test_a_server_takes_it(served, tmp_path):
    postbox = Postbox()
    post(f"smtp://127.0.0.1:{served(postbox)}", tmp_path)
    (envelope,) = postbox.letters
    letter = message_from_bytes(envelope.content, policy=default)
    assert envelope.rcpt_tos == [LETTER.to]
    assert envelope.mail_from == "mail@capacita.example"
    assert letter["Subject"] == LETTER.subject
    assert not list(tmp_path.iterdir())


def test_a_server_that_takes_no_more_than_ascii_is_sent_nothing_else(served, tmp_path):
    """8 bits may only go where the server offers them (RFC 5321, 2.4); some gateways do not."""
    postbox = Postbox()
    port = served(postbox, decode_data=True, enable_SMTPUTF8=False)
    written = replace(LETTER, text="Formation achevée\n", html="<p>Formation achevée</p>")
    post(f"smtp://127.0.0.1:{port}", tmp_path, written)
    (envelope,) = postbox.letters
    letter = message_from_string(envelope.content, policy=default)
    assert letter.get_body(("plain",)).get_content().rstrip() == "Formation achevée"
    post("", tmp_path, written)
    (path,) = tmp_path.glob("*.eml")
    assert "Formation achevée\r\n" in path.read_bytes().decode()  # for who reads the file


def test_a_mailbox_that_does_not_exist_is_refused_for_good(served, tmp_path):
    port = served(Postbox(refuse="550 5.1.1 no mailbox awa.diop"))
    with pytest.raises(MailNotSent) as refusal:
        post(f"smtp://127.0.0.1:{port}", tmp_path)
    assert refusal.value.is_permanent
    assert "550" in str(refusal.value)
    assert "awa" not in str(refusal.value)


def test_a_full_mailbox_may_be_tried_again(served, tmp_path):
    port = served(Postbox(refuse="452 4.2.2 mailbox full"))
    with pytest.raises(MailNotSent) as refusal:
        post(f"smtp://127.0.0.1:{port}", tmp_path)
    assert not refusal.value.is_permanent


def test_a_server_that_is_not_there_may_be_tried_again(tmp_path, served):
    port = served(Postbox())
    with pytest.raises(MailNotSent, match="no way to the server") as refusal:
        post(f"smtp://127.0.0.1:{port + 1}", tmp_path)
    assert not refusal.value.is_permanent


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that this machine's mail server shows, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate} "
        "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(),
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def tls(certificate, monkeypatch) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate that this process trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    return context


def test_starttls_is_used_when_offered_and_the_password_goes_through_it(served, tls, tmp_path):
    asked = []

    def authenticator(server, session, envelope, mechanism, login):
        asked.append((login.login, login.password, session.ssl is not None))
        return AuthResult(success=True)

    postbox = Postbox()
    port = served(postbox, tls_context=tls, authenticator=authenticator, auth_required=True)
    post(f"smtp://capacita:se%40cret@127.0.0.1:{port}", tmp_path)
    assert postbox.encrypted == [True]
    assert asked == [(b"capacita", b"se@cret", True)]


def test_smtps_speaks_tls_from_the_start(served, tls, tmp_path):
    postbox = Postbox()
    port = served(postbox, ssl_context=tls)
    post(f"smtps://127.0.0.1:{port}", tmp_path)
    assert len(postbox.letters) == 1


def test_a_certificate_nobody_vouches_for_is_not_spoken_to(served, certificate, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    postbox = Postbox()
    port = served(postbox, tls_context=context)
    with pytest.raises(MailNotSent, match="SSLCertVerificationError"):
        post(f"smtp://127.0.0.1:{port}", tmp_path)
    assert postbox.letters == []
