"""Printing: the certificate's PDF, made from what its row says and from nothing else."""

import re
import unicodedata
from datetime import date
from io import BytesIO
from typing import Annotated, Literal

import segno
from pydantic import BaseModel, ConfigDict, Field

from app.credentials.fonts import CERTIFICATES
from app.i18n.languages import direction_of

INK = "#13211f"
MEASURED = 5  # words; each costs the press 50 µs
SIDES = {"L": "ltr", "R": "rtl", "AL": "rtl"}
TAG = re.compile(r"(?P<language>[a-z]{2,3})(-[A-Z][a-z]{3})?(-(?P<region>[A-Z]{2}))?")
UNBROKEN = re.compile(r"[^\s/\-\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Sentence = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    """A value of the stored form: it never changes, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Module(Frozen):
    """A station on the certificate's line: a module and what its learner can now do."""

    title: Sentence
    outcome: str


class Words(Frozen):
    """The certificate's own words, translated when it was issued, whole sentences each."""

    kind: Sentence = Field(description="Certificate of completion")
    issued_with: Sentence = Field(description="Issued with Capacita")
    completed: str = Field(
        pattern=r"^[^%]*%\(course\)s[^%]*$",
        description="has completed %(course)s; the title keeps its own language and direction",
    )
    facts: Sentence = Field(
        description="7 h 30 min of study: six modules, six module quizzes and a final assessment, "
        "passed on 12 June 2026. Course version 3."
    )
    recommendations: str = Field(
        description="Answers recommendations LL1, LL2, LL3 and AC2c of the Committee of Experts on "
        "Public Administration, 2009. Empty when the course answers none."
    )
    disclaimer: Sentence = Field(
        description="It certifies completion. It is not an endorsement by the United Nations."
    )
    code: Sentence = Field(description="Code")
    way: Sentence = Field(description="The completed line: six modules, then the seal.")
    qr: Sentence = Field(description="QR code of the verification address")


class Printed(Frozen):
    """All that stands on the paper, form 1; the language of the titles is the course's."""

    form: Literal[1] = 1
    kind: Literal["completion"] = "completion"
    language: Language
    holder_name: Sentence
    holder_language: Language
    issuer: Sentence
    course_title: Sentence
    course_language: Language
    version: int = Field(ge=1)
    minutes: int = Field(ge=0, description="minutes of study")
    modules: tuple[Module, ...] = Field(min_length=1, max_length=8)
    final: bool
    recommendations: tuple[str, ...] = ()
    completed_on: date
    code: str = Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{16}$")
    address: str = Field(pattern=r"^https?://\S+$")
    words: Words


def print_certificate(printed: Printed) -> bytes:
    """One A4 sheet as PDF/A-2a and PDF/UA-1; the same row gives the same bytes.

    Raises GlyphsMissing when a character on it has no glyph in any font here.
    """
    return CERTIFICATES.pdf("certificate.typ", _sheet(printed))


def grouped(code: str) -> str:
    """A code as people read it aloud, in groups of four: K7QM-4TXD-9WRB-H3VN."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _sheet(printed: Printed) -> dict[str, object]:
    """What the template sets, ready: every text with its language and its direction."""
    words, day = printed.words, printed.completed_on
    course = printed.course_language
    return {
        "title": f"{words.kind} · {printed.holder_name} · {printed.course_title}",
        "day": {"year": day.year, "month": day.month, "day": day.day},
        "direction": direction_of(printed.language),
        "tongue": tongue(printed.language),
        "issuer": spoken(printed.issuer, printed.language),
        "holder": spoken(printed.holder_name, printed.holder_language),
        "completed": words.completed.split("%(course)s"),
        "course": spoken(printed.course_title, course),
        "modules": [
            {"title": spoken(module.title, course), "outcome": spoken(module.outcome, course)}
            for module in printed.modules
        ],
        "long_words": {
            "holder": _long_words(printed.holder_name),
            "modules": _long_words(
                *(f"{module.title} {module.outcome}" for module in printed.modules)
            ),
        },
        "final": printed.final,
        "code": grouped(printed.code),
        "address": printed.address,
        "shown_address": printed.address.partition("://")[2],
        "qr": _qr(printed.address),
        "words": words.model_dump(),
    }


def spoken(text: str, language: str) -> dict[str, object]:
    """A text with its language, and the direction of its first letter that has one."""
    text = " ".join(text.split())
    sides = (SIDES.get(unicodedata.bidirectional(letter)) for letter in text)
    direction = next(filter(None, sides), direction_of(language))
    return {"text": text, "tongue": tongue(language), "direction": direction}


def tongue(language: str) -> dict[str, str | None]:
    """A language tag as Typst takes it: the language, and the region if the tag has one."""
    tag = TAG.match(language)
    assert tag
    return {"lang": tag["language"], "region": tag["region"]}


def _long_words(*texts: str) -> list[str]:
    """The words of most letters: measuring them tells whether a column holds every word whole."""
    words = {word for text in texts for word in UNBROKEN.findall(text)}
    return sorted(words, key=lambda word: (len(word), word))[-MEASURED:]


def _qr(address: str) -> str:
    """The QR code of an address as SVG, without its quiet zone, which the paper gives."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, dark=INK, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()
