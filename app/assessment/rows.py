"""Rows: the lines of questions and of reviews as HTML, each written once and kept.

A page of ten questions has forty of them, and the same ones stand on every learner's page; a loop
in a template would write them anew each time, which costs more than the rest of the page.
"""

from functools import lru_cache

from markupsafe import Markup

MOST_ROWS = 16_384
NOTHING = Markup()

Options = tuple[tuple[str, str, Markup], ...]  # value, words, and the marks of their language

_TICK = Markup(
    '<label class="choice"><input type="{0}" name="{1}" value="{2}" id="{1}-{2}"{3}{4}>{5}</label>\n'
)
_MATCH = Markup(
    '<div class="match"><label for="{0}">{1}</label>'
    '<select class="input" id="{0}" name="{0}"{2}>{3}</select></div>\n'
)
_OPTION = Markup('<option value="{}"{}{}>{}</option>')
_CHECKED, _SELECTED = Markup(" checked"), Markup(" selected")
_ANSWER = Markup(
    '<li class="answer{0}"><svg class="sign" viewBox="0 0 24 24" aria-hidden="true">'
    '<use href="#sign-{1}"/></svg><p>{2}<br>{3}</p>{4}</li>\n'
)
_CHOSEN = Markup(" answer--chosen")
_STANDING = Markup("<strong>{}</strong>")
_GIVEN = Markup('<span class="quiet">{}</span> {} · {}')
_RIGHT = Markup('<br><span class="quiet">{}</span> {}')
_REASON = Markup('<p class="quiet">{}</p>')


@lru_cache(maxsize=MOST_ROWS)
def tick_row(
    kind: str,
    name: str,
    value: str,
    html: Markup,
    is_chosen: bool,  # noqa: FBT001 - positional, since that is how a cache is asked fastest
    marks: Markup,
) -> Markup:
    """An option to tick; `kind` is radio or checkbox, `marks` what says that its field is faulty."""
    return _TICK.format(kind, name, value, _CHECKED if is_chosen else NOTHING, marks, html)


@lru_cache(maxsize=MOST_ROWS)
def match_row(name: str, html: Markup, options: Options, chosen: str, marks: Markup) -> Markup:
    """A left side or a step, with the list of what it may be given; the first offers nothing."""
    listed = Markup().join(
        _OPTION.format(value, language, _SELECTED if value and value == chosen else NOTHING, text)
        for value, text, language in options
    )
    return _MATCH.format(name, html, marks, listed)


@lru_cache(maxsize=MOST_ROWS)
def answer_row(
    html: Markup,
    sign: str,
    standing: str,
    is_given: bool,  # noqa: FBT001 - as in tick_row
    reason: Markup,
    given: tuple[str, Markup] | None = None,
    right: tuple[str, Markup] | None = None,
) -> Markup:
    """An option, pair, step or typed answer of a graded question, how it stands, and why.

    `given` and `right` are what was matched or placed and what belongs there, each after its name.
    """
    said = _STANDING.format(standing)
    if given is not None:
        said = _GIVEN.format(*given, said)
    if right is not None:
        said += _RIGHT.format(*right)
    chosen, why = _CHOSEN if is_given else NOTHING, _REASON.format(reason) if reason else NOTHING
    return _ANSWER.format(chosen, sign, html, said, why)
