"""Formulas: LaTeX as MathML, which browsers draw without any script."""

import re
from html import escape

from latex2mathml.converter import convert

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 20

# They would write addresses, styles and names into the page.
_REFUSED = re.compile(r"\\(?:href|url|style|class|cssId|data|unicode|require)(?![A-Za-z])")
_COMMAND_LEFT = re.compile(r"<mi>\\([A-Za-z]+)</mi>")


class FormulaFaulty(Exception):
    """The formula cannot be drawn; the message says why."""


def mathml(latex: str, *, is_block: bool) -> str:
    """The formula as MathML that carries its LaTeX as the text for those who cannot see it."""
    _check_braces(latex)
    if len(latex) > LENGTH_LIMIT:
        raise FormulaFaulty(f"it has over {LENGTH_LIMIT} signs")
    refused = _REFUSED.search(latex)
    if refused:
        raise FormulaFaulty(f"`{refused[0]}` is not used")
    try:
        drawn = convert(latex, display="block" if is_block else "inline")
    except Exception as stop:
        raise FormulaFaulty(f"it is not complete ({type(stop).__name__})") from stop
    unknown = _COMMAND_LEFT.search(drawn)
    if unknown:
        raise FormulaFaulty(f"`\\{unknown[1]}` is not known")
    return drawn.replace("<math ", f'<math alttext="{escape(latex)}" ', 1)


def _check_braces(latex: str) -> None:
    depth = 0
    for sign in re.sub(r"\\[{}]", "", latex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0 or depth > DEPTH_LIMIT:
            break
    if depth:
        raise FormulaFaulty("its braces do not close, or lie too deep in each other")
