"""Guides: whole in every language, and each link leads to a page that is there."""

import re

import pytest

from app.help.guides import ORDER, PAGES, guide_called, path_of_guide
from app.i18n.catalogues import LOCALES, offered_codes, read_catalogue
from tests.browser import text_of
from tests.makers.languages import loose_signs

KEYS = [key for keys in ORDER.values() for key in keys]
LINKS = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`]+`")
BOLD = re.compile(r"\*\*(?!Ctrl)(.+?)\*\*")  # but for keys of the keyboard
MOST_WORDS = 190  # of a page that is read while something does not work


def text_in(key: str, language: str) -> str:
    return path_of_guide(key, language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", offered_codes())
@pytest.mark.parametrize("key", KEYS)
def test_a_guide_is_whole_in_every_language_and_leads_to_the_same_places(key, language):
    text = text_in(key, language)
    assert re.match(r"# \S.*\n\n", text)
    assert sorted(LINKS.findall(text)) == sorted(LINKS.findall(text_in(key, "en")))
    assert sorted(CODE.findall(text)) == sorted(CODE.findall(text_in(key, "en")))
    assert text.count("\n1. ") == 1
    assert len(text.split()) <= MOST_WORDS * 1.4


@pytest.mark.parametrize("key", KEYS)
def test_a_guide_is_short_and_says_its_steps_in_order(key):
    text = text_in(key, "en")
    assert len(text.split()) <= MOST_WORDS
    steps = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) >= 2


def said_in(language: str) -> set[str]:
    """Every message of the interface in the language, with plain spaces."""
    read = read_catalogue(LOCALES / ("fr" if language == "en" else language) / "messages.po")
    held = [message.id if language == "en" else message.string for message in read if message.id]
    forms = [form for each in held for form in ((each,) if isinstance(each, str) else each)]
    return {" ".join(form.split()) for form in forms}


def begins(message: str, words: str) -> bool:
    return re.match(rf"{re.escape(words)}(?!\w)", message, re.IGNORECASE) is not None


@pytest.mark.parametrize("language", offered_codes())
def test_authors_read_in_a_guide_the_words_that_stand_on_the_pages(language):
    said = said_in(language)
    strange = {
        f"{key}: {words}"
        for key in ORDER["author"]
        for words in BOLD.findall(text_in(key, language))
        if not any(begins(each, " ".join(words.split())) for each in said)
    }
    assert strange == set()


@pytest.mark.parametrize("key", KEYS)
def test_no_line_of_a_french_guide_begins_with_a_sign(key):
    assert loose_signs(text_in(key, "fr")) == []


def test_no_file_of_a_guide_is_left_over():
    known = {path_of_guide(key, language) for key in KEYS for language in offered_codes()}
    assert set(PAGES.rglob("*.md")) == known


def test_every_link_of_every_guide_leads_to_a_page(app, browser, chloe):
    own, broken = browser.as_(chloe), {}
    targets = {link for key in KEYS for link in LINKS.findall(text_in(key, "en"))}
    for link in targets:
        scheme, _, name = link.partition(":")
        assert scheme in ("page", "help"), link
        addresses = app.state.pages.addresses
        path = addresses.path(name) if scheme == "page" else f"/help/{name}"
        answer = own.follow(own.get(f"/en{path}"))
        if answer.status_code != 200:
            broken[link] = answer.status_code
    assert len(targets) > 25
    assert broken == {}


def test_help_is_two_steps_from_every_page(eve):
    home = eve.get("/fr/")
    assert 'href="/fr/help"' in home.text
    listed = eve.get("/fr/help")
    for key in KEYS:
        title = guide_called(key, "fr").title
        assert f'href="/fr/help/{key}"' in listed.text
        assert " ".join(title.split()) in text_of(listed)
    page = eve.get("/fr/help/sign-in")
    assert 'href="/fr/reset"' in page.text
    assert 'href="/fr/help/second-step"' in page.text
    assert 'href="/fr/contact"' in page.text


def test_a_tester_of_other_directions_reads_english_that_says_so(eve):
    assert (
        '<div class="prose help__steps" lang="en" dir="ltr">' in eve.get("/ar-XB/help/letter").text
    )


def test_an_unknown_guide_is_a_404_with_the_way_on(eve):
    answer = eve.get("/en/help/alchemy")
    assert answer.status_code == 404
    assert "no such help page" in text_of(answer)


@pytest.mark.parametrize(
    ("path", "guide"), [("/sign-in", "sign-in"), ("/reset", "letter"), ("/contact", "")]
)
def test_a_form_that_went_wrong_leads_to_help(eve, path, guide):
    answer = eve.post(f"/en{path}", {})
    assert answer.status_code == 422
    assert f'href="/en/help{"/" + guide if guide else ""}">Help with this' in answer.text
