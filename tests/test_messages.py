"""Each interface language says every message, whole: no proposals, no lost placeholder or form."""

import re
from collections.abc import Iterator
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message

from app.i18n.catalogues import TEMPLATE, offered_codes, read_catalogue, translations_for
from app.i18n.renewals import language_files, renewed
from tests.makers.languages import loose_signs

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}|</?[a-z][^>]*>")
COUNTS = {"%(num)d", "%(num)s", "%(count)d"}  # what a form for one or two may leave unsaid
RULED_OUT = {  # words that a file's own list, at its head, has another one for
    "fr": re.compile(
        r"\bcertificats?\b|\btests?\b(?! préalables?\b)|\bcourriels?\b", re.IGNORECASE
    ),
    "ar": re.compile("مقرر|الختامي|إشعار ويب|الادعاءات"),
}
ACCUSATIVE = re.compile(r"%\(\w+\)[ds] \w+(\u064b\u0627|\u0627\u064b)")  # a number, a noun in -an
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(params=language_files(), ids=lambda path: path.parent.name)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def catalogue(path: Path) -> Catalog:
    return read_catalogue(path, path.parent.name)


def messages_of(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def forms_of(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ())


def parts_of(words: str) -> set[str]:
    return set(PLACEHOLDER.findall(words))


def test_each_language_with_a_file_is_offered() -> None:
    assert set(offered_codes()) == {"en", *(path.parent.name for path in language_files())}


def test_every_message_is_translated(path: Path, catalogue: Catalog) -> None:
    said = {
        (message.context, message.id)
        for message in messages_of(catalogue)
        if all(forms_of(message.string)) and not message.fuzzy
    }
    missing = [
        message.id
        for message in messages_of(read_catalogue(TEMPLATE))
        if (message.context, message.id) not in said
    ]
    assert missing == [], f"{len(missing)} messages of {path.parent.name} wait for a translator"


def test_placeholders_and_markup_are_kept(catalogue: Catalog) -> None:
    torn = []
    for message in messages_of(catalogue):
        asked = [parts_of(form) for form in forms_of(message.id)]
        may_say, must_say = set().union(*asked), asked[-1]
        *fewer, most = [parts_of(form) for form in forms_of(message.string)]
        if most != must_say or any(not must_say - COUNTS <= form <= may_say for form in fewer):
            torn.append((message.id, message.string))
    assert torn == []


def test_all_plural_forms_are_there(path: Path, catalogue: Catalog) -> None:
    code = path.parent.name
    short = [
        message.id
        for message in messages_of(catalogue)
        if isinstance(message.id, tuple) and len(forms_of(message.string)) != catalogue.num_plurals
    ]
    assert short == []
    choose, categories = c2py(catalogue.plural_expr), Locale.parse(code).plural_form
    pairs = {(categories(number), choose(number)) for number in range(201)}
    assert len(pairs) == catalogue.num_plurals
    assert len(dict(pairs)) == len({form for _, form in pairs}) == len(pairs)
    lessons = translations_for(code).ngettext("%(num)d lesson", "%(num)d lessons", 5)
    assert lessons != "%(num)d lessons"


def test_arabic_says_hundreds_and_what_lies_between_them_in_their_own_case() -> None:
    """Of the last two forms only that of 11 to 99 may have a noun that ends in -an."""
    words = next(path for path in language_files() if path.parent.name == "ar")
    swapped = [
        message.id
        for message in messages_of(read_catalogue(words, "ar"))
        if isinstance(message.id, tuple) and ACCUSATIVE.search(forms_of(message.string)[4])
    ]
    assert swapped == []


def test_one_thing_has_one_word(path: Path, catalogue: Catalog) -> None:
    ruled_out = RULED_OUT.get(path.parent.name, re.compile("(?!)"))
    refused = [
        message.id
        for message in messages_of(catalogue)
        if any(ruled_out.search(form) for form in forms_of(message.string))
    ]
    assert refused == []


def test_no_line_of_french_begins_with_a_sign() -> None:
    words = next(path for path in language_files() if path.parent.name == "fr")
    spoken = (message.string for message in messages_of(read_catalogue(words, "fr")))
    assert [
        loose for said in spoken for form in forms_of(said) for loose in loose_signs(form)
    ] == []


def test_a_message_holds_no_signs_that_turn_its_direction(catalogue: Catalog) -> None:
    turning = [
        message.id
        for message in messages_of(catalogue)
        if any(BIDI_CONTROLS.search(form) for form in forms_of(message.string))
    ]
    assert turning == []


def test_a_file_is_in_its_canonical_form(path: Path) -> None:
    assert renewed(path, read_catalogue(TEMPLATE)) == path.read_text(encoding="utf-8"), (
        "run bin/messages"
    )


def test_renewing_keeps_proposes_and_forgets(tmp_path: Path) -> None:
    path = tmp_path / "es" / "messages.po"
    path.parent.mkdir()
    path.write_text(
        '# Remarks stay.\nmsgid ""\nmsgstr ""\n"PO-Revision-Date: 2026-06-12 10:00+0000\\n"\n\n'
        'msgid "Lesson"\nmsgstr "Lección"\n\n'
        'msgid "Open the course page first."\nmsgstr "Abra primero la página del curso."\n\n'
        'msgid "Gone"\nmsgstr "Ido"\n',
        encoding="utf-8",
    )
    template = Catalog()
    for text in ("Lesson", "Open the course page again.", "Something else entirely"):
        template.add(text, locations=[("app/pages.py", 1)])

    text = renewed(path, template)

    assert text.startswith('# Remarks stay.\nmsgid ""\n')
    assert 'msgid "Lesson"\nmsgstr "Lección"\n' in text
    assert '#, fuzzy\nmsgid "Open the course page again."\nmsgstr "Abra' in text
    assert 'msgid "Something else entirely"\nmsgstr ""\n' in text
    assert "Gone" not in text
    assert "2026" not in text
    path.write_text(text, encoding="utf-8")
    assert renewed(path, template) == text
