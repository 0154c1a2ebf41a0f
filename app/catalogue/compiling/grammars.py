"""Grammars: the Markdown of lessons, and the smaller one of titles, captions and items.

Besides CommonMark and tables there are boxes (`::: note Title` … `:::`), citations (`[@R13]`),
glossary terms (`[[term]]` or `[[term|shown]]`) and formulae (`$…$`, `$$…$$`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin

from app.i18n.sayings import Saying, saying

CODE_INDENT = 4
# What takes the parser over a second; the longest lessons are a tenth of it.
PLACES_LIMIT = 3000
STRETCH_LIMIT = 20_000

_OPENING = re.compile(r":{3,}[ \t\u00a0\u202f]*([A-Za-z][A-Za-z-]*)[ \t]*(.*)")
_CLOSING = re.compile(r":{3,}[ \t]*")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_CITATION = re.compile(r"\[(@[A-Za-z0-9-]+(?:[ \t]*[;,][ \t]*@[A-Za-z0-9-]+)*)\]")
_TERM = re.compile(r"\[\[([^\[\]|\n]+)(?:\|([^\[\]|\n]+))?\]\]")


@dataclass(frozen=True, slots=True)
class Box:
    """What the first line of a box says, and whether the box is closed."""

    name: str
    rest: str
    is_closed: bool


def lesson_tree(text: str) -> SyntaxTreeNode:
    """The lesson's blocks, none of a crowded one; raw HTML stands in it, so that it can be refused."""
    return SyntaxTreeNode([] if crowd_in(text) else _LESSONS.parse(text))


def crowd_in(text: str) -> tuple[Saying, Saying] | None:
    """What a text has too much of to be parsed soon, and the mend; none for any that is read."""
    if text.count("\n") + text.count("|") > PLACES_LIMIT:
        what = saying("there are over %(limit)s lines and cells of tables", limit=PLACES_LIMIT)
        return what, saying("split it into several")
    if max(map(len, text.split("\n\n"))) > STRETCH_LIMIT:
        what = saying("there are over %(limit)s signs without an empty line", limit=STRETCH_LIMIT)
        return what, saying("put an empty line between paragraphs")
    return None


def line_tokens(text: str) -> list[Token]:
    """The inline tokens of one block's text."""
    parsed = _LESSONS.parseInline(text)
    return list(parsed[0].children or ()) if parsed else []


def box_of(node: SyntaxTreeNode) -> Box:
    """The box that a node of type `box` opens."""
    box = node.meta["box"]
    assert isinstance(box, Box)
    return box


class _Grammar(MarkdownIt):
    """A parser that lets every address through: a refused one is a fault and not silent text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        return bool(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's own name
        return url


def _grammar() -> MarkdownIt:
    grammar = _Grammar("commonmark", {"html": True}).enable("table")
    grammar.disable(["code", "reference"])
    grammar.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    grammar.block.ruler.before(
        "fence", "box", _box, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    grammar.inline.ruler.before("link", "citation", _citation)
    grammar.inline.ruler.before("link", "term", _term)
    return grammar


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _box(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    opening = _OPENING.fullmatch(_line(state, start).rstrip())
    if not opening or state.sCount[start] - state.blkIndent >= CODE_INDENT:
        return False
    if silent:
        return True
    close = _closing_line(state, start, end)
    box = Box(opening[1], opening[2].strip(), is_closed=close < end)
    parent, last, state.parentType = state.parentType, state.lineMax, "box"
    state.lineMax = close
    token = state.push("box_open", "div", 1)
    token.map, token.block, token.meta = [start, min(close + 1, end)], True, {"box": box}
    state.md.block.tokenize(state, start + 1, close)
    state.push("box_close", "div", -1).block = True
    state.parentType, state.lineMax = parent, last
    state.line = min(close + 1, end)
    return True


def _closing_line(state: StateBlock, start: int, end: int) -> int:
    """The line that closes the box of this line, boxes and code inside it passed over."""
    depth, fence = 1, ""
    for number in range(start + 1, end):
        line = _line(state, number).rstrip()
        mark = _FENCE.match(line)
        if fence:
            fence = "" if line and set(line) == {fence[0]} and len(line) >= len(fence) else fence
        elif mark:
            fence = mark[1]
        elif _OPENING.fullmatch(line):
            depth += 1
        elif _CLOSING.fullmatch(line):
            depth -= 1
            if depth == 0:
                return number
    return end


def _citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    found = _CITATION.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {"ids": re.findall(r"@([A-Za-z0-9-]+)", found[1])}
    state.pos = found.end()
    return True


def _term(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    found = _TERM.match(state.src, state.pos, state.posMax)
    if not found:
        return _open_term(state, silent)
    if not silent:
        token = state.push("term", "", 0)
        term = found[1].strip()
        token.meta = {"term": term}
        token.content = (found[2] or term).strip()
    state.pos = found.end()
    return True


def _open_term(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as in _term
    """What begins as a term and does not end: words, of which a fault tells."""
    if not state.src.startswith("[[", state.pos):
        return False
    if _last_address(state.src, state.posMax) >= state.pos:
        return False
    if not silent:
        state.push("open_term", "", 0).content = "[["
    state.pos += 2
    return True


@lru_cache(maxsize=1)
def _last_address(text: str, end: int) -> int:
    """Where the last address begins, looked for once for all the brackets of a text; -1 for none."""
    return text.rfind("](", 0, end)


_LESSONS = _grammar()
