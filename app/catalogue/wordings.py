"""Wordings: the kinds of key, text and number that a course file may hold."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.i18n.sayings import Saying, saying

KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
KEY_LENGTH = 64
TEXT_LENGTH = 5000
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
REFERENCE = r"^[A-Z][A-Za-z0-9-]{0,31}$"
RECOMMENDATION = r"^[A-Z][A-Za-z0-9-]{0,31}$"
ADDRESS = r"^https?://[^\s<>\"'`\\]+$"
GOAL = r"^([1-9]|1[0-7])(\.([0-9]{1,2}|[a-z]))?$"
LICENCE = r"^[A-Za-z0-9][A-Za-z0-9.+-]*$"

PATTERNS = {
    KEY: saying("lower-case letters, digits and single hyphens, such as `first-steps`"),
    LANGUAGE: saying("a language code, such as `en`, `fr` or `pt-BR`"),
    REFERENCE: saying("a capital letter followed by letters, digits or hyphens, such as `R13`"),
    ADDRESS: saying("a whole web address, such as `https://publicadministration.un.org`"),
    GOAL: saying('a goal or target in quotation marks, such as `"16"` or `"16.6"`'),
    LICENCE: saying("the short name of a licence, such as `CC-BY-4.0`"),
}

_SPACE = re.compile(r"[ \t\n\r\f\v\x85\u2028\u2029]+")
_TAG = re.compile(r"<[A-Za-z/!?]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufeff\ufffe\uffff]"
)


def collapsed(text: str) -> str:
    """The text with every run of white space as one space; a no-break space stays."""
    return _SPACE.sub(" ", text).strip(" ")


def unseen_sign(text: str) -> str | None:
    """The first sign that no reader can see (control signs, overrides of direction, half signs), or none."""
    found = _UNSEEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def fault(what: Saying, mend: Saying) -> PydanticCustomError:
    """A fault of a field in the two halves that a fault always has."""
    return PydanticCustomError("plain", "{what}", {"what": what, "mend": mend})


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else "" if value is None else value


def _filled(text: str) -> str:
    if not text:
        raise fault(saying("is empty"), saying("write the text or take the field out"))
    if len(text) > TEXT_LENGTH:
        raise fault(
            saying("has over %(text_length)s signs", text_length=TEXT_LENGTH), saying("shorten it")
        )
    sign = unseen_sign(text)
    if sign:
        raise fault(
            saying("holds an unseen sign, %(sign)s", sign=sign),
            saying("type the text anew at that place"),
        )
    return text


def _one_paragraph(text: str) -> str:
    if "\n" in text.strip():
        raise fault(
            saying("has several paragraphs"),
            saying("write it as one paragraph, without an empty line"),
        )
    return _filled(collapsed(text))


def _paragraphs(text: str) -> str:
    return _filled("\n".join(part for part in map(collapsed, text.split("\n")) if part))


def _without_tags(text: str) -> str:
    if _TAG.search(text):
        raise fault(
            saying("holds HTML"), saying("write plain words; a lone `<` needs a space behind it")
        )
    return text


def _truth(value: Any) -> Any:
    if value in ("true", "false", True, False):
        return value in ("true", True)
    raise fault(
        saying("is neither `true` nor `false`"),
        saying("write `true` or `false`, without quotation marks"),
    )


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise fault(
            saying("is not a day"), saying("write year-month-day, such as `2026-11-25`")
        ) from None


def _attempts(value: Any) -> Any:
    return None if value == "unlimited" else value


Key = Annotated[str, StringConstraints(pattern=KEY, max_length=KEY_LENGTH)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE, max_length=35)]
ReferenceId = Annotated[str, StringConstraints(pattern=REFERENCE)]
RecommendationKey = Annotated[str, StringConstraints(pattern=RECOMMENDATION)]
Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=2000)]
Goal = Annotated[str, StringConstraints(pattern=GOAL)]
Licence = Annotated[str, StringConstraints(pattern=LICENCE, max_length=64)]
Plain = Annotated[
    str, BeforeValidator(_text), AfterValidator(_one_paragraph), AfterValidator(_without_tags)
]
Line = Annotated[str, BeforeValidator(_text), AfterValidator(_one_paragraph)]
Prose = Annotated[str, BeforeValidator(_text), AfterValidator(_paragraphs)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Attempts = Annotated[
    Annotated[int, Field(ge=1, le=1000)] | None,
    BeforeValidator(_attempts),
    WithJsonSchema({"anyOf": [{"const": "unlimited"}, {"type": "integer", "minimum": 1}]}),
]
