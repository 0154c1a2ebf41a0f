"""Forms: what was typed, checked, and handed back with words when it will not do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, TypeVar, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation.errors import Refusal
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.web.marks import InTurn

F = TypeVar("F", bound="Form")

MOST_BYTES = 256_000
MOST_FIELDS = 2_000


class FormTooLarge(Refusal):
    """More was sent than any form of ours holds."""

    status = 413
    says = N_("This is more than the page can take.")
    mend = N_("Shorten what you wrote, then send it again.")


class FormUnreadable(Refusal):
    """The body is no form: another content type, broken encoding, or control characters."""

    status = 400
    says = N_("We could not read what was sent.")
    mend = N_("Go back to the page, fill in the form there and send it again.")


class Form(BaseModel):
    """The base of all forms: text stripped, unknown fields ignored, words for each fault.

    Fields stand in the order of their page, since its faults are told in theirs. `words` maps
    "field" or "field.error_type" to a message id saying what is wrong and how to mend.
    """

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")
    words: ClassVar[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Filled(Generic[F]):
    """A form as it came: its value when sound, what was typed, and a sentence for each fault.

    `typed` holds the first value of a name, `chosen` every value of a list field, such as ticks.
    """

    value: F | None
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def with_fault(self, name: str, sentence: str) -> "Filled[F]":
        """The same form with one more fault, found by the domain."""
        return replace(self, value=None, faults={**self.faults, name: sentence})


def read_fields(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a URL-encoded form in order; raises FormTooLarge or FormUnreadable."""
    if not body:
        return []
    if len(body) > MOST_BYTES:
        raise FormTooLarge
    if (
        content_type.split(";", maxsplit=1)[0].strip().lower()
        != "application/x-www-form-urlencoded"
    ):
        raise FormUnreadable
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except (UnicodeDecodeError, ValueError):
        raise FormUnreadable from None
    if any("\x00" in name or "\x00" in value for name, value in fields):
        raise FormUnreadable
    return fields


def filled(form: type[F], fields: list[tuple[str, str]], language: str) -> Filled[F]:
    """Check fields against a form; a list field takes every value of its name."""
    typed = dict(reversed(fields))
    chosen = {
        name: [value for key, value in fields if key == name]
        for name, known in form.model_fields.items()
        if get_origin(known.annotation) is list
    }
    values: dict[str, Any] = {**typed, **chosen}
    try:
        return Filled(form.model_validate(values), typed, chosen=chosen)
    except ValidationError as fault:
        return Filled(None, typed, _in_words(form, fault, language), chosen)


def _in_words(form: type[Form], fault: ValidationError, language: str) -> dict[str, str]:
    gettext = translations_for(language).gettext
    sentences: dict[str, str] = {}
    for error in fault.errors():
        name = str(error["loc"][0]) if error["loc"] else ""
        kind = error["type"]
        known = form.words.get(f"{name}.{kind}") or form.words.get(name) or PLAIN.get(kind)
        sentences.setdefault(name, gettext(known or ANY) % error.get("ctx", {}))
    return sentences


ANY = N_("This will not do here; look at the hint beside the field.")
PLAIN = {
    "missing": N_("Fill in this field."),
    "string_too_short": N_("Fill in this field."),
    "string_too_long": N_("Shorten this to %(max_length)s characters or fewer."),
    "int_parsing": N_("Write a whole number, such as 12."),
    "float_parsing": N_("Write a number, such as 12.5."),
    "date_from_datetime_parsing": N_("Write the date as year, month and day: 2026-06-12."),
    "date_parsing": N_("Write the date as year, month and day: 2026-06-12."),
}


def form_of(form: type[F]) -> InTurn:
    """The mark of a route's parameter that receives this form, checked."""

    def find(request: Request, _db: Session) -> Filled[F]:
        return filled(form, request.state.fields, request.scope["language"])

    return InTurn(find)
