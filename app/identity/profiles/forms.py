"""Forms of profiles: how a person is named, and where they work and as what."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.i18n.catalogues import offered_codes
from app.i18n.marking import N_
from app.identity.forms import Name
from app.identity.profiles.countries import is_country
from app.web.forms import Form

PLACE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def known_language(value: str) -> str:
    """A language that pages are written in, for a form's validator; testers' languages too."""
    if value not in offered_codes(with_pseudo=True):
        raise PydanticCustomError("language", "unknown language")
    return value


def known_country(value: str) -> str:
    """An ISO 3166-1 code or nothing, for a form's validator."""
    if value and not is_country(value):
        raise PydanticCustomError("country", "unknown country")
    return value


class ProfileForm(Form):
    """How a person wants to be named, and in which language we write to them."""

    name: Name
    other_name: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, AfterValidator(known_language)]

    words: ClassVar[Mapping[str, str]] = {
        "name.string_too_short": N_("Write your name as it should stand on a certificate."),
        "language": N_("Choose a language from the list."),
    }


class PlacementForm(Form):
    """Where a person says they work, and as what; nothing of it has to be told."""

    institution: Annotated[str, Field(max_length=64)] = ""
    grade: Annotated[str, Field(max_length=64)] = ""
    job_family: Annotated[str, Field(max_length=64)] = ""
    gender: Literal["", "woman", "man", "other"] = ""
    country: Annotated[str, AfterValidator(known_country)] = ""
    place: str = ""

    words: ClassVar[Mapping[str, str]] = {
        "gender": N_("Choose one of the answers, or “Rather not say”."),
        "country": N_("Choose a country from the list."),
        "place": N_("Write a code such as SN-DK: the country, a hyphen, up to three signs."),
        "place.place_elsewhere": N_("Begin the code of the place with that of the country."),
    }

    @field_validator("place")
    @classmethod
    def _place_code(cls, value: str, info: ValidationInfo) -> str:
        """An ISO 3166-2 code in capitals, of the country where one is told, or nothing."""
        code, country = value.upper(), info.data.get("country", "")
        if code and not PLACE.fullmatch(code):
            raise PydanticCustomError("place", "no place code")
        if code and country and not code.startswith(f"{country}-"):
            raise PydanticCustomError("place_elsewhere", "place in another country")
        return code
