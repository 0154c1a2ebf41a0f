"""What templates say: numbers in plural sentences, and days that stay as they are written."""

import pytest

from app.i18n.catalogues import translations_for
from app.i18n.phrases import phrases_of
from app.web.templates import open_templates


@pytest.mark.parametrize(
    ("code", "said"), [("en", "2,073 rows"), ("fr", "2\u202f073 rows"), ("ar", "2,073 rows")]
)
@pytest.mark.parametrize("form", ["%(num)d rows", "%(num)s rows"])
def test_a_plural_sentence_writes_its_number_as_the_language_does(code, said, form):
    environment = open_templates(translations_for(code), phrases_of(code).number)
    assert environment.globals["ngettext"]("one row of none", form, 2073) == said


def test_a_day_behind_arabic_letters_keeps_its_direction():
    hint = translations_for("ar").gettext("such as 2026-01")
    assert "\u20662026-01\u2069" in hint, "its parts would turn round: 01-2026"
    assert translations_for("fr").gettext("such as 2026-01").endswith(" 2026-01")


def test_what_is_put_into_an_arabic_sentence_stands_in_it_as_one_thing():
    """A day would turn round, and a name that is written from left to right would take its dot along."""
    say = translations_for("ar")
    day = "It would stand before what is above it; the first day that fits is %(day)s."
    assert "\u2068%(day)s\u2069" in say.gettext(day)
    assert "\u2068%(name)s\u2069" in say.gettext("“%(name)s” ends, or has ended, on %(day)s.")
    people = "%(num)s person works at %(name)s.", "%(num)s people work at %(name)s."
    assert all("\u2068%(name)s\u2069" in say.ngettext(*people, number) for number in range(4))
    assert "\u2068" not in translations_for("fr").gettext(day)


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        ("Lessons cite it so: R1 as [@R1].", "[@R1]"),
        ("The term %(sign)s is missing. Keep its key: [[key|your word]].", "[[key|كلمتك]]"),
        ("It begins with https://", "https://"),
        ("save it as .docx", ".docx"),
    ],
)
def test_what_is_to_be_typed_keeps_its_signs_on_their_side_in_arabic(message, typed):
    assert f"\u2066{typed}\u2069" in translations_for("ar").gettext(message)


def test_a_percent_sign_stands_behind_its_number_in_arabic_whoever_writes_it():
    mark = translations_for("ar").gettext("Final assessment, %(mark)d%% to pass")
    assert "\u2068%(mark)d%%\u2069" in mark


def test_what_is_typed_pressed_or_isolated_already_stays_as_it_is():
    say = translations_for("ar").gettext
    assert say("`%(name)s`") == "`%(name)s`"
    for message in (
        'Did this not help? <a href="%(contact)s">Write to us</a>.',
        "From now on you sign in with <bdi>%(email)s</bdi>, and our mail goes there.",
    ):
        assert say(message) != message
        assert "\u2068" not in say(message)


@pytest.mark.parametrize(
    ("day", "said"), [("2026-12-01", "1er décembre 2026"), ("2026-12-31", "31 décembre 2026")]
)
def test_the_first_of_a_month_is_an_ordinal_in_french(day, said):
    assert phrases_of("fr").day(day) == said
