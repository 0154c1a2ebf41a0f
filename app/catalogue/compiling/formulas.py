"""Formulas: LaTeX as MathML, which browsers draw without any script."""

import re
from html import escape

from latex2mathml.converter import convert

from app.i18n.sayings import Saying, saying

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 20

# They would write addresses, styles and names into the page.
_REFUSED = re.compile(r"\\(?:href|url|style|class|cssId|data|unicode|require)(?![A-Za-z])")
_COMMAND_LEFT = re.compile(r"<mi>\\([A-Za-z]+)</mi>")


class FormulaFaulty(Exception):
    """The formula cannot be drawn; the message says why."""

    def __init__(self, what: Saying) -> None:
        super().__init__(what)
        self.what = what


def mathml(latex: str, *, is_block: bool) -> str:
    """The formula as MathML that carries its LaTeX as the text for those who cannot see it."""
    _check_braces(latex)
    if len(latex) > LENGTH_LIMIT:
        raise FormulaFaulty(saying("it has over %(length_limit)s signs", length_limit=LENGTH_LIMIT))
    refused = _REFUSED.search(latex)
    if refused:
        raise FormulaFaulty(saying("`%(refused)s` is not used", refused=refused[0]))
    try:
        drawn = convert(latex, display="block" if is_block else "inline")
    except Exception as stop:
        raise FormulaFaulty(saying("it is not complete")) from stop
    unknown = _COMMAND_LEFT.search(drawn)
    if unknown:
        raise FormulaFaulty(saying("`\\%(unknown)s` is not known", unknown=unknown[1]))
    return drawn.replace("<math ", f'<math alttext="{escape(latex)}" ', 1)


def _check_braces(latex: str) -> None:
    depth = 0
    for sign in re.sub(r"\\[{}]", "", latex):
        depth += (sign == "{") - (sign == "}")
        if depth < 0 or depth > DEPTH_LIMIT:
            break
    if depth:
        raise FormulaFaulty(saying("its braces do not close, or lie too deep in each other"))
