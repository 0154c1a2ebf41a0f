"""Posters: a course as a picture of 1200 by 630 pixels, which others show beside its address."""

import functools
import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalogue.editions import Edition
from app.credentials.fonts import TEMPLATES, Press
from app.credentials.printing import spoken, tongue
from app.foundation.keeping import Kept
from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of, direction_of
from app.i18n.phrases import phrases_of

WIDTH, HEIGHT = 1200, 630
PIXELS_AN_INCH = 72
ADDRESS_LETTERS = 20
MOST_POSTERS, MOST_PICTURES = 256, 64
TEMPLATE = TEMPLATES / "poster.typ"
_SPOKEN = "en", "fr", "es", "ru", "ar"  # what every installation has letters for
_PRESS = Press(TEMPLATES)


class Poster(NamedTuple):
    """What a picture shows, as the press reads it; `digest` is of all that."""

    digest: str
    sheet: str
    words: str

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return HEIGHT


_posters: Kept[tuple[int, str, int, tuple[str, ...]], Poster] = Kept(MOST_POSTERS)
_pictures: Kept[str, bytes] = Kept(MOST_PICTURES)


def poster_of(db: Session, edition: Edition, compiler: int, owners: Sequence[str]) -> Poster:
    """The poster of an edition and those whose course it is, put together once."""
    key = (edition.version_id, edition.language, compiler, tuple(owners))
    return _posters.get(db, key, lambda: _course_poster(edition, owners))


def _course_poster(edition: Edition, owners: Sequence[str]) -> Poster:
    language = _language(edition.language)
    words, phrases = translations_for(language), phrases_of(language)
    modules = len(edition.modules)
    facts = words.ngettext("%(num)d module", "%(num)d modules", modules) % {"num": modules}
    told = f"{facts} · {phrases.minutes(edition.minutes)}"
    by = comma_of(language).join(owners)
    return _poster(
        language, edition.title.text, edition.shown_in, by, told, tuple(edition.stations)
    )


@functools.lru_cache(maxsize=64)
def catalogue_poster(page_language: str, minutes: tuple[int, ...]) -> Poster:
    """The poster of the catalogue, whose stations are its courses, each `minutes` long."""
    language = _language(page_language)
    gettext = translations_for(language).gettext
    title = gettext("Courses for people who serve the public")
    told = gettext("Each course says its licence. Reading needs no account and is not tracked.")
    return _poster(language, title, language, "", told, minutes)


def _poster(
    language: str, title: str, title_language: str, by: str, facts: str, stations: tuple[int, ...]
) -> Poster:
    sheet = {
        "direction": direction_of(language),
        "tongue": tongue(language),
        "title": spoken(title, title_language),
        "by": spoken(by, language),
        "facts": facts,
        "stations": stations,
    }
    written = json.dumps(sheet, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(_template() + written.encode()).hexdigest()[:ADDRESS_LETTERS]
    words = " · ".join(each for each in (title, by, facts) if each)
    return Poster(digest, written, words)


def picture_of(db: Session, poster: Poster) -> bytes:
    """The poster as a PNG, set when it is first asked for and kept."""
    return _pictures.get(db, poster.digest, lambda: _set(poster.sheet))


def _set(sheet: str) -> bytes:
    return _PRESS.png(TEMPLATE.name, json.loads(sheet), PIXELS_AN_INCH)


@functools.cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _language(page: str) -> str:
    """The language of a picture's own words: the page's, or English where no font has its letters."""
    return page if page in _SPOKEN or (page == "zh" and _PRESS.han) else "en"
