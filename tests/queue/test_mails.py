"""Mails: written in the person's language when they leave, and forgotten afterwards."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.main import worker_of
from app.queue.jobs import Job
from app.queue.mails import mail_later, message_of
from app.queue.plain_texts import LONGEST_SUBJECT
from tests.makers.mails import delivered, text_of_letter

TEMPLATES = Path(__file__).parents[2] / "app" / "templates" / "mail"
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt"))
VALUES = {"name": "Awa & Co", "inviter": "Chloé", "institution": "Institute <1>", "token": "t0ken"}
VALUES |= {"course": "Counting & <1>", "days": 3, "question": "Is it <1>?", "answer": "No & yes"}
VALUES |= {"what": "on", "left": 9, "passkey": "My <1> & phone", "alone": True}
VALUES |= {"topic": "A question", "sender": "awa@example.org", "said": "Is it <1>?", "incident": ""}
VALUES |= {
    "step": "submitted",
    "slug": "first-course",
    "title": "First course",
    "actor": "Rosa & Co",
    "words": "Is it <1>?",
}
VALUES |= {"duties": [{"course": "A & <1>", "slug": "a", "by": "B", "due": "1 June", "late": 0}]}
VALUES |= {
    "rows": [{"course": "A & <1>", "by": "B", "required": 3, "done": 1, "soon": 1, "overdue": 0}]
}
VALUES |= {"answer_token": "s3cret", "stays": "a…@b.example", "gone": "c…@<1>.example"}
VALUES |= {"late": 0, "waiting": 1, "granted": True, "until": "1 June 2026", "requirement": "k"}
VALUES |= {"due": "2026-12-01", "until": "2026-12-01", "reason": "It is <1>", "granted": False}
VALUES |= {"address": "https://hooks.example.org/<1>"}
SAID = {"by": "Rosa & Co", "quote": "It is <1>", "words": "Is it?"}
VALUES |= {"count": 3, "drafts": [{"slug": "a", "title": "A & <1>", "said": [SAID], "more": 2}]}
VALUES |= {
    "view": "Mine & <1>",
    "first": "Jan",
    "last": "Dec",
    "held": 5,
    "page": "show_statistics",
}
VALUES |= {
    "query": "view=now",
    "figures": [{"label": "Enrolled", "figure": 30, "kind": "unclear", "before": 28}],
}
VALUES |= {"late": 1, "key": "0b8f2c6e"}
CASES = [(name, {"what": "erasure"} if "data_request" in name else {}) for name in NAMES]
CASES = [(name, case) for name, case in CASES if name not in {"passkey", "identity"}]
CASES = [(name, {"step": "to-own"} if name == "ownership" else case) for name, case in CASES]
CASES += [("data_request_entered", {"institution": ""}), ("erased", {"until": ""})]
CASES += [("passkey", {"what": what}) for what in ("added", "removed", "doubted")]
CASES += [("identity", {"what": what, "provider": "A & <1>"}) for what in ("linked", "unlinked")]
# Nobody is left to go anywhere; and the operator answers the person, not a page.
LEADING_NOWHERE = {"erased", "idle_erased", "letter"}
AWA = {"to": "awa.diop@example.org", "language": "en"}


@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_every_letter_says_the_same_as_text_and_as_html(app, name, case, language):
    payload = {"template": name, "to": AWA["to"], "language": language, "values": VALUES | case}
    message = message_of(app.state.pages, payload)
    assert message.text.count(message.subject.rstrip("…")) == 1, "the heading is said twice"
    direction = "rtl" if language == "ar-XB" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in message.html
    assert "&amp;" not in message.text
    assert "<1>" not in message.html
    links = {word for word in message.text.split() if word.startswith("http://capacita.test/")}
    assert links or name in LEADING_NOWHERE
    assert all(f'href="{link}"' in message.html for link in links)
    assert links <= set(message.text.splitlines()), "a link shares its line"
    assert not re.search(r"\n\n\n|\n\n$|(?<!--) \n", message.text)


LONG = {
    "institution": "Ministry of Decentralisation, Land and the Modernisation of Public Services",
    "course": "Participation and knowledge in public services, for those who begin",
    "inviter": "Chloé Anne-Sophie Marchand de la Tour-Villeneuve",
    "title": "Leadership and learning in the public services of a country that grows",
    "view": "Completions in public services, month by month, with all that stands under it",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_long_name_leaves_the_subject_readable_and_stands_whole_in_the_letter(
    app, name, case, language
):
    payload = {"template": name, "to": AWA["to"], "language": language, "values": VALUES | LONG}
    payload["values"] |= case
    message = message_of(app.state.pages, payload)
    assert len(message.subject) <= LONGEST_SUBJECT
    for whole in LONG.values():
        assert whole in message.text or whole[:9] not in message.subject


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refusal_and_its_reason_are_paragraphs_of_their_own(app):
    values = VALUES | {"granted": False, "answer": "Kept by law.\n\n\nUntil 2030."}
    for name in ("data_request_closed", "petition_decided"):
        payload = {"template": name, "to": AWA["to"], "language": "en", "values": values}
        message = message_of(app.state.pages, payload)
        assert "\n\nKept by law.\n\nUntil 2030.\n\n" in message.text
        assert '<blockquote dir="auto">Kept by law.' in message.html


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_arabic_letter_runs_from_the_right_also_where_a_latin_name_begins_the_line(app):
    duties = [{"course": "E-government", "slug": "a", "by": "Agency", "due": "", "late": 2}]
    values = VALUES | {"name": "Awa", "duties": duties, "late": 1}
    payload = {"template": "duties", "to": AWA["to"], "language": "ar", "values": values}
    message = message_of(app.state.pages, payload)
    for begun in ("Capacita", "\u2068Awa\u2069، ", "- E-government: "):
        assert f"\N{RIGHT-TO-LEFT MARK}{begun}" in message.text
    assert "\nhttp://capacita.test/ar/my-learning\n" in message.text
    assert '<div lang="ar" dir="rtl">' in message.html


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", ["access", "rectification", "erasure", "restriction", "objection"])
def test_what_somebody_asks_of_their_data_makes_a_sentence(app, what):
    for name in ("data_request", "data_request_came", "data_request_due"):
        values = VALUES | {"what": what}
        payload = {"template": name, "to": AWA["to"], "language": "en", "values": values}
        text = message_of(app.state.pages, payload).text
        assert re.search(r"ask(s|ed)? for (a|an|the) ", text), text


def test_a_language_we_do_not_offer_is_answered_in_english(app, db):
    mail_later(db, "reset", to=AWA["to"], language="tlh", name="Awa", token="t0ken")
    db.commit()
    (letter,) = delivered(app)
    assert letter["Content-Language"] == "en"
    assert "Somebody, most likely you, asked for a new password" in text_of_letter(letter)


def test_a_subject_is_one_line_whatever_a_name_holds(app, db):
    values = VALUES | {"inviter": "Chloé\r\nBcc: eve@example.org"}
    mail_later(db, "invitation", **AWA, **values)
    db.commit()
    (letter,) = delivered(app)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Chloé Bcc: eve@example.org invites you to Capacita"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "Capacita <capacita@localhost>"),
        ({"operator_name": "École, nationale"}, '"École, nationale" <capacita@localhost>'),
        ({"operator_name": "X", "mail_from": "Y <y@example.org>"}, "Y <y@example.org>"),
    ],
)
def test_a_letter_says_whose_it_is_where_letters_are_listed(app, db, settings, changes, shown):
    app.state.settings = settings.model_copy(update=changes)
    mail_later(db, "reset", **AWA, name="Awa", token="t0ken")
    db.commit()
    (letter,) = delivered(app)
    assert str(letter["From"]) == shown


def test_once_it_has_left_neither_address_nor_text_is_kept(app, db):
    mail_later(db, "reset", **AWA, name="Awa", token="t0ken")
    db.commit()
    assert db.scalars(select(Job.payload)).one()["to"] == AWA["to"]
    db.commit()
    worker_of(app).run_until_idle()
    job = db.scalars(select(Job)).one()
    db.refresh(job)
    assert job.payload == {}
    assert job.done_at is not None


def test_a_mailbox_that_does_not_exist_is_given_up_without_its_address(app, db, settings, refusing):
    app.state.settings = settings.model_copy(update={"mail": refusing})
    mail_later(db, "reset", **AWA, name="Awa", token="t0ken")
    db.commit()
    worker_of(app).run_until_idle()
    job = db.scalars(select(Job)).one()
    db.refresh(job)
    assert job.last_error == "the server refused the recipient with code 550"
    assert job.attempts == 8
