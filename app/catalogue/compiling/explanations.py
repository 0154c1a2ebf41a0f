"""Explanations: what a field has wrong, in plain words, with the line and a mend."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.shapes import Place
from app.catalogue.item_types import ITEM_TYPES
from app.catalogue.wordings import PATTERNS

SHOWN_LIMIT = 40

Declared = TypeVar("Declared", bound=BaseModel)


def declared(model: type[Declared], document: Document, faults: Faults) -> Declared | None:
    """The document as this declaration, or none after adding every fault of its fields."""
    try:
        return model.model_validate(document.root.value())
    except ValidationError as refusal:
        for error in refusal.errors(include_url=False):
            if _follows(error):
                continue
            steps = _steps(document, error["loc"])
            what, mend = _explained(error, steps, model)
            faults.add(document.path, document.line(*steps), what, mend)
        return None


def _follows(error: ErrorDetails) -> bool:
    """Whether a list is called too short only since its entries have faults of their own."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _steps(document: Document, place: Iterable[Step]) -> list[Step]:
    """The steps that lead through the document, without the names of types among them."""
    node, steps = document.root, []
    waiting = list(place)
    for number, step in enumerate(waiting):
        entry = node.under(step)
        if entry is not None:
            node = entry.node
            steps.append(step)
        elif number == len(waiting) - 1 and step not in ITEM_TYPES:
            steps.append(step)
    return steps


def _explained(error: ErrorDetails, steps: list[Step], model: type[BaseModel]) -> tuple[str, str]:
    field = _called(steps)
    context = error.get("ctx", {})
    if error["type"] == "plain":
        return f"{field} {context['what']}", str(context["mend"])
    explain = _EXPLANATIONS.get(error["type"])
    if explain:
        return explain(field, context, error["input"])
    if error["type"] == "extra_forbidden":
        known = _known_fields(model, error["loc"])
        return f"there is no field {field} here", meant(
            str(steps[-1]), known, f"the fields are {', '.join(known)}" if known else "take it out"
        )
    return f"{field} is not as it should be: {error['msg']}", "look at the example in the guide"


def _called(steps: list[Step]) -> str:
    """The field's name as a reader finds it: the last name, with a place when in a list."""
    if not steps:
        return "the file"
    last = steps[-1]
    if isinstance(last, str):
        return f"`{last}`"
    above = next((step for step in reversed(steps[:-1]) if isinstance(step, str)), None)
    return f"entry {last + 1} of `{above}`" if above else f"entry {last + 1}"


def _known_fields(model: type[BaseModel], steps: tuple[Step, ...]) -> list[str]:
    """The names of the fields that stand where the unknown one does."""
    place = Place.of(model)
    for step in steps[:-1]:
        place = place.under(step)
    return place.fields


def _between(field: str, limit: str, context: dict[str, Any], key: str) -> tuple[str, str]:
    return f"{field} is out of range", f"write a number {limit} {context[key]}"


_Explanation = Callable[[str, dict[str, Any], Any], tuple[str, str]]


def _kind(what: str, mend: str) -> _Explanation:
    return lambda field, _context, _given: (f"{field} {what}", mend)


def _shown(given: Any) -> str:
    text = str(given)
    return text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"


_EXPLANATIONS: dict[str, _Explanation] = {
    "missing": lambda field, _c, _g: (f"{field} is missing", f"add a line with {field}"),
    "literal_error": lambda field, c, given: (
        f"{field} cannot be `{_shown(given)}`",
        f"write one of {c['expected'].replace(chr(39), chr(96))}",
    ),
    "string_pattern_mismatch": lambda field, c, given: (
        f"{field} cannot be `{_shown(given)}`",
        f"write {PATTERNS.get(c['pattern'], 'it as the guide shows')}",
    ),
    "string_too_long": lambda field, c, _g: (
        f"{field} is too long",
        f"use at most {c['max_length']} signs",
    ),
    "string_type": _kind("is not a text", "write one text behind the colon"),
    "int_parsing": _kind("is not a whole number", "write digits only, such as `70`"),
    "int_from_float": _kind("is not a whole number", "write digits only, such as `70`"),
    "int_type": _kind("is not a whole number", "write digits only, such as `70`"),
    "float_parsing": _kind("is not a number", "write digits and a decimal point, such as `2.5`"),
    "float_type": _kind("is not a number", "write digits and a decimal point, such as `2.5`"),
    "finite_number": _kind("is not a number", "write digits and a decimal point, such as `2.5`"),
    "date_type": _kind("is not a day", "write year-month-day, such as `2026-11-25`"),
    "tuple_type": _kind("is not a list", "write one entry a line, each behind `- `"),
    "model_type": _kind("has no fields", "write its fields below it, one a line, indented"),
    "model_attributes_type": _kind(
        "has no fields", "write its fields below it, one a line, indented"
    ),
    "too_short": lambda field, c, _g: (
        f"{field} has too few entries",
        f"give at least {c['min_length']}",
    ),
    "too_long": lambda field, c, _g: (
        f"{field} has too many entries",
        f"give at most {c['max_length']}",
    ),
    "greater_than_equal": lambda field, c, _g: _between(field, "of at least", c, "ge"),
    "less_than_equal": lambda field, c, _g: _between(field, "of at most", c, "le"),
    "union_tag_invalid": lambda _field, c, _g: (
        f"there is no item type `{_shown(c['tag'])}`",
        f"write one of {', '.join(ITEM_TYPES)}",
    ),
    "union_tag_not_found": lambda field, _c, _g: (
        f"{field} has no `type`",
        f"add `type:` with one of {', '.join(ITEM_TYPES)}",
    ),
}
