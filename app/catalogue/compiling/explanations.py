"""Explanations: what a field has wrong, in plain words, with the line and a mend."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.catalogue.compiling.documents import Document, Step
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.shapes import Place
from app.catalogue.item_types import ITEM_TYPES
from app.catalogue.wordings import PATTERNS
from app.i18n.sayings import Saying, quoted, saying

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


def _explained(
    error: ErrorDetails, steps: list[Step], model: type[BaseModel]
) -> tuple[Saying, Saying]:
    field = _called(steps)
    context = error.get("ctx", {})
    if error["type"] == "plain":
        return saying("%(field)s %(what)s", field=field, what=context["what"]), context["mend"]
    explain = _EXPLANATIONS.get(error["type"])
    if explain:
        return explain(field, context, error["input"])
    if error["type"] == "extra_forbidden":
        known = _known_fields(model, error["loc"])
        fields = saying("the fields are %(names)s", names=quoted(known)) if known else None
        mend = meant(str(steps[-1]), known, fields or saying("take it out"))
        return saying("there is no field %(field)s here", field=field), mend
    what = saying("%(field)s is not as it should be", field=field)
    return what, saying("look at the example in the guide")


def _called(steps: list[Step]) -> Saying:
    """The field's name as a reader finds it: the last name, with a place when in a list."""
    if not steps:
        return saying("the file")
    last = steps[-1]
    if isinstance(last, str):
        return saying("`%(name)s`", name=last)
    above = next((step for step in reversed(steps[:-1]) if isinstance(step, str)), None)
    if above:
        return saying("entry %(place)s of `%(above)s`", place=last + 1, above=above)
    return saying("entry %(place)s", place=last + 1)


def _known_fields(model: type[BaseModel], steps: tuple[Step, ...]) -> list[str]:
    """The names of the fields that stand where the unknown one does."""
    place = Place.of(model)
    for step in steps[:-1]:
        place = place.under(step)
    return place.fields


_Explanation = Callable[[Saying, dict[str, Any], Any], tuple[Saying, Saying]]


def _kind(what: Saying, mend: Saying) -> _Explanation:
    return lambda field, _context, _given: (
        saying("%(field)s %(what)s", field=field, what=what),
        mend,
    )


def _range(field: Saying, mend: Saying) -> tuple[Saying, Saying]:
    return saying("%(field)s is out of range", field=field), mend


def _shown(given: Any) -> str:
    text = str(given)
    return text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"


def _choices(expected: str) -> Saying:
    return quoted(re.findall(r"'([^']*)'", expected) or [expected])


def _refused(field: Saying, given: Any, mend: Saying) -> tuple[Saying, Saying]:
    return saying("%(field)s cannot be `%(given)s`", field=field, given=_shown(given)), mend


_WHOLE = _kind(saying("is not a whole number"), saying("write digits only, such as `70`"))
_NUMBER = _kind(
    saying("is not a number"), saying("write digits and a decimal point, such as `2.5`")
)
_FIELDS = _kind(saying("has no fields"), saying("write its fields below it, one a line, indented"))
_EXPLANATIONS: dict[str, _Explanation] = {
    "missing": lambda field, _c, _g: (
        saying("%(field)s is missing", field=field),
        saying("add a line with %(field)s", field=field),
    ),
    "literal_error": lambda field, c, given: _refused(
        field, given, saying("write one of %(names)s", names=_choices(c["expected"]))
    ),
    "string_pattern_mismatch": lambda field, c, given: _refused(
        field,
        given,
        saying(
            "write %(pattern)s",
            pattern=PATTERNS.get(c["pattern"], saying("it as the guide shows")),
        ),
    ),
    "string_too_long": lambda field, c, _g: (
        saying("%(field)s is too long", field=field),
        saying("use at most %(limit)s signs", limit=c["max_length"]),
    ),
    "string_type": _kind(saying("is not a text"), saying("write one text behind the colon")),
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "date_type": _kind(
        saying("is not a day"), saying("write year-month-day, such as `2026-11-25`")
    ),
    "tuple_type": _kind(
        saying("is not a list"), saying("write one entry a line, each behind `- `")
    ),
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
    "too_short": lambda field, c, _g: (
        saying("%(field)s has too few entries", field=field),
        saying("give at least %(limit)s", limit=c["min_length"]),
    ),
    "too_long": lambda field, c, _g: (
        saying("%(field)s has too many entries", field=field),
        saying("give at most %(limit)s", limit=c["max_length"]),
    ),
    "greater_than_equal": lambda field, c, _g: _range(
        field, saying("write a number of at least %(limit)s", limit=c["ge"])
    ),
    "less_than_equal": lambda field, c, _g: _range(
        field, saying("write a number of at most %(limit)s", limit=c["le"])
    ),
    "union_tag_invalid": lambda _field, c, _g: (
        saying("there is no item type `%(given)s`", given=_shown(c["tag"])),
        saying("write one of %(names)s", names=quoted(ITEM_TYPES)),
    ),
    "union_tag_not_found": lambda field, _c, _g: (
        saying("%(field)s has no `type`", field=field),
        saying("add `type:` with one of %(names)s", names=quoted(ITEM_TYPES)),
    ),
}
