"""Grading: what an answer is worth; one point an item, all or nothing, matching by its share."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Definition = Mapping[str, Any]

_DIGITS = str.maketrans({
    **{chr(zero + digit): str(digit)
       for zero in (0x0660, 0x06F0, 0x0966, 0xFF10) for digit in range(10)},
    "٫": ".", "．": ".", "，": ",", "−": "-", "\u00a0": "", "\u202f": "", " ": "", "'": "", "’": "", "٬": "",
})  # fmt: skip
_PLAIN_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)


def score_of(
    kind: str, definition: Definition, answer: Any, also_accepted: Sequence[str] = ()
) -> float:
    """Points between 0 and 1 for a stored answer; None is worth 0.

    `also_accepted` are a short answer's accepted texts in other languages of the course.
    """
    if answer is None:
        return 0.0
    if kind == "short":
        return _short(definition, answer, also_accepted)
    return _BY_KIND[kind](definition, answer)


def _single(definition: Definition, answer: Any) -> float:
    return float(any(o["right"] and o["id"] == answer for o in definition["options"]))


def _multiple(definition: Definition, answer: Any) -> float:
    return float(set(answer) == {o["id"] for o in definition["options"] if o["right"]})


def _true_false(definition: Definition, answer: Any) -> float:
    return float(answer == ("true" if definition["answer"] else "false"))


def _numeric(definition: Definition, answer: Any) -> float:
    wanted, tolerance = Decimal(str(definition["answer"])), Decimal(str(definition["tolerance"]))
    return float(any(abs(number - wanted) <= tolerance for number in numbers_of(answer)))


def _matching(definition: Definition, answer: Any) -> float:
    pairs = definition["pairs"]
    right = sum(answer.get(pair["id"]) == pair["id"] for pair in pairs)
    return float(right / len(pairs))


def _ordering(definition: Definition, answer: Any) -> float:
    wanted = {step["id"]: place for place, step in enumerate(definition["sequence"], 1)}
    return float(answer == wanted)


def _short(definition: Definition, answer: Any, also_accepted: Sequence[str]) -> float:
    accepted = {folded(text) for text in (*definition["accept"], *also_accepted)}
    return float(folded(answer) in accepted)


_BY_KIND: Mapping[str, Callable[[Definition, Any], float]] = {
    "single": _single,
    "multiple": _multiple,
    "true-false": _true_false,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
}


def numbers_of(typed: str) -> frozenset[Decimal]:
    """The numbers a person may have meant, in Western, Arabic, Devanagari or full-width digits.

    With comma and point the last one is the decimal sign; one sign repeated groups thousands; a
    lone sign is the decimal sign, and before exactly three digits it may group thousands as well.
    Empty when it is no number; an exponent is none.
    """
    text = typed.strip().rstrip("%٪％").translate(_DIGITS)
    signs = [sign for sign in ",." if sign in text]
    bare = text.replace(",", "").replace(".", "")
    if len(signs) > 1:
        last = max(text.rfind(","), text.rfind("."))
        readings = {f"{text[:last].replace(',', '').replace('.', '')}.{text[last + 1 :]}"}
    elif signs and text.count(signs[0]) > 1:
        readings = {bare}
    else:
        readings = {text.replace(",", ".")}
        if re.fullmatch(r"[+-]?\d{1,3}[,.]\d{3}", text, re.ASCII):
            readings.add(bare)
    return frozenset(Decimal(each) for each in readings if _PLAIN_NUMBER.fullmatch(each))


def folded(text: str) -> str:
    """A short answer as it is compared: NFKC, case folded, one space, no punctuation at the ends."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    while plain and unicodedata.category(plain[0]).startswith("P"):
        plain = plain[1:].lstrip()
    while plain and unicodedata.category(plain[-1]).startswith("P"):
        plain = plain[:-1].rstrip()
    return plain
