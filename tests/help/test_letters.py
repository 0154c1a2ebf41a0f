"""Letters: they reach the operator's mailbox once, safely, and never too often."""

import pytest

from app.help.letters import LETTERS_OF_ADDRESS, LETTERS_OF_NETWORK
from tests.browser import text_of
from tests.makers.mails import delivered, text_of_letter

WRITTEN = {"topic": "course", "said": "The quiz\nsays no.", "sender": "eve@health.example"}


@pytest.fixture
def settings(settings):
    return settings.model_copy(
        update={
            "operator_mail": "desk@capacita.test",
            "operator_name": "Learning desk",
            "operator_address": "1 Main Street | Dakar",
            "answer_days": 3,
        }
    )


def test_a_strangers_letter_reaches_the_mailbox_and_can_be_answered(app, eve):
    form = eve.get("/en/contact")
    assert "Learning desk 1 Main Street Dakar" in text_of(form)
    assert 'value="eve' not in form.text
    sent = eve.follow(eve.post("/en/contact", WRITTEN))
    assert "within 3 working days" in text_of(sent)
    (letter,) = delivered(app)
    assert letter["To"] == "desk@capacita.test"
    assert letter["Reply-To"] == "eve@health.example"
    assert letter["Subject"] == "Contact form: A course or a quiz"
    assert "The quiz\r\nsays no." in text_of_letter(letter)


def test_whoever_is_signed_in_finds_the_address_written(browser, awa):
    assert f'value="{awa.email}"' in browser.as_(awa).get("/en/contact").text


def test_a_fault_is_written_about_with_its_number(app, eve):
    form = eve.get("/en/contact?topic=fault&incident=0123456789abcdef")
    assert 'value="0123456789abcdef"' in form.text
    assert '<option value="fault" selected>' in form.text
    eve.post("/en/contact", WRITTEN | {"incident": "0123456789abcdef"})
    (letter,) = delivered(app)
    assert "0123456789abcdef" in text_of_letter(letter)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("sender", "", "Write the whole address"),
        ("sender", "eve@health.example\r\nBcc: all@health.example", "Write the whole address"),
        ("sender", "eve@a.example, bob@b.example", "Write the whole address"),
        ("topic", "Free money\r\nBcc: all@health.example", "Choose what it is about"),
        ("topic", "", "Choose what it is about"),
        ("said", "  ", "Write what you wanted to do"),
        ("said", "a" * 4001, "Shorten this to 4000 characters"),
        ("incident", "<b>", "This will not do here"),
    ],
)
def test_a_wrong_letter_comes_back_with_what_was_typed(app, eve, field, value, says):
    answer = eve.post("/en/contact", WRITTEN | {field: value})
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert "The quiz" in answer.text or field == "said"
    assert delivered(app) == []


def test_words_that_look_like_headers_stay_words(app, eve):
    said = "Dear desk,\r\nBcc: all@health.example\r\n\r\n<script>alert(1)</script>"
    eve.post("/en/contact", WRITTEN | {"said": said})
    (letter,) = delivered(app)
    assert letter["Bcc"] is None
    html = letter.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "Bcc: all@health.example" in html


def test_letters_of_one_address_and_of_one_network_are_limited(app, eve):
    for number in range(LETTERS_OF_ADDRESS.most):
        assert eve.post("/en/contact", WRITTEN).status_code == 303, number
    assert eve.post("/en/contact", WRITTEN).status_code == 429
    for number in range(LETTERS_OF_NETWORK.most - LETTERS_OF_ADDRESS.most):
        other = WRITTEN | {"sender": f"eve{number}@health.example"}
        assert eve.post("/en/contact", other).status_code == 303, number
    assert eve.post("/en/contact", WRITTEN | {"sender": "z@health.example"}).status_code == 429
    assert len(delivered(app)) == LETTERS_OF_NETWORK.most


def test_without_a_mailbox_of_its_own_the_sender_of_mail_gets_it(app, eve):
    app.state.settings = app.state.settings.model_copy(update={"operator_mail": ""})
    eve.post("/en/contact", WRITTEN)
    assert [letter["To"] for letter in delivered(app)] == [app.state.settings.mail_from]
