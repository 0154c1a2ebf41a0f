"""Refusals in words: what is wrong and the way on, as the reader's language says them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from app.foundation.errors import Refusal, Way
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.i18n.sayings import Saying, told

ANY_REFUSAL = N_("This cannot be done now.")


class Said(NamedTuple):
    """A refusal as a person reads it; `mend` is "" where there is no way on to name."""

    says: str
    mend: str

    @property
    def whole(self) -> str:
        """Both, for a place that holds one text, such as beside a field."""
        return f"{self.says} {self.mend}".strip()


def said(refusal: Refusal, code: str) -> Said:
    """The refusal in a language; moments and days in it as the language writes them."""
    gettext = translations_for(code).gettext
    values = {name: _in_words(value, code) for name, value in refusal.values.items()}
    says = gettext(refusal.says or ANY_REFUSAL) % values
    return Said(says, gettext(refusal.mend) % values if refusal.mend else "")


def way_in_words(way: Way, code: str) -> str:
    """What the link to a way on says; a name that somebody gave stays as it is."""
    return told(way.words, translations_for(code))


def _in_words(value: Any, code: str) -> Any:
    if isinstance(value, Saying):
        return told(value, translations_for(code))
    if isinstance(value, datetime):
        return phrases_of(code).moment(value)
    return phrases_of(code).day(value) if isinstance(value, date) else value
