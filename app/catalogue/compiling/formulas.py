"""Formulas: LaTeX as MathML, which browsers draw without any script."""

import re
from html import escape

from latex2mathml.converter import convert

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 20

_COMMAND_LEFT = re.compile(r"<mi>\\([A-Za-z]+)</mi>")


class FormulaFaulty(Exception):
    """The formula cannot be drawn; the message says why."""


def mathml(latex: str, *, is_block: bool) -> str:
    """The formula as MathML that carries its LaTeX as the text for those who cannot see it."""
    if len(latex) > LENGTH_LIMIT or _depth(latex) > DEPTH_LIMIT:
        raise FormulaFaulty("it is too long or too deep")
    try:
        drawn = convert(latex, display="block" if is_block else "inline")
    except Exception as stop:
        raise FormulaFaulty(f"it is not complete ({type(stop).__name__})") from stop
    unknown = _COMMAND_LEFT.search(drawn)
    if unknown:
        raise FormulaFaulty(f"`\\{unknown[1]}` is not known")
    return drawn.replace("<math ", f'<math alttext="{escape(latex)}" ', 1)


def _depth(latex: str) -> int:
    deepest = depth = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
