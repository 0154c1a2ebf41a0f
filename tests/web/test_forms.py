"""Forms: a pattern says what a whole field is, from its first sign to its last."""

from collections.abc import Iterator
from typing import Any

from app.interop.api.operations import Asking, Sent
from app.slices import ROUTERS
from app.web.forms import Form


def patterns_in(told: Any) -> Iterator[str]:
    """The patterns of a schema, wherever they stand in it."""
    if isinstance(told, dict):
        yield from (value for name, value in told.items() if name == "pattern")
        yield from (each for value in told.values() for each in patterns_in(value))
    elif isinstance(told, list):
        yield from (each for value in told for each in patterns_in(value))


def below(model: type[Any]) -> Iterator[type[Any]]:
    for each in model.__subclasses__():
        yield each
        yield from below(each)


def test_a_pattern_holds_for_all_of_what_was_typed():
    assert ROUTERS  # by which all forms are known
    forms = [each for base in (Form, Sent, Asking) for each in below(base)]
    patterns = {
        (form.__name__, each)
        for form in forms
        if "[" not in form.__name__
        for each in patterns_in(form.model_json_schema())
        if isinstance(each, str)
    }
    assert len(patterns) > 20
    partial = {each for each in patterns if not (each[1][0] == "^" and each[1][-1] == "$")}
    assert partial == set()
