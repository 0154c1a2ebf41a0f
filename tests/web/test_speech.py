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


@pytest.mark.parametrize(
    ("day", "said"), [("2026-12-01", "1er décembre 2026"), ("2026-12-31", "31 décembre 2026")]
)
def test_the_first_of_a_month_is_an_ordinal_in_french(day, said):
    assert phrases_of("fr").day(day) == said
