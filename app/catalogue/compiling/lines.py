"""Lines: one block's Markdown as safe HTML, with its citations, terms, links and formulae."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it.token import Token

from app.catalogue.compiling.declarations import Reference, Term
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.formulas import FormulaFaulty, mathml
from app.catalogue.compiling.grammars import line_tokens
from app.catalogue.compiling.readings import Said
from app.catalogue.wordings import ADDRESS, TEXT_LENGTH, unseen_sign
from app.i18n.sayings import Saying, saying

_MAIL = re.compile(r"mailto:[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_PAIRS = {"em": "em", "strong": "strong"}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a block stands in its file; `lines` are its raw lines, to find a fault among them."""

    path: str
    line: int
    lines: tuple[str, ...] = ()

    def of(self, needle: str) -> int:
        """The line of the first place where the needle stands, or the block's first."""
        for number, text in enumerate(self.lines):
            if needle and needle in text:
                return self.line + number
        return self.line


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a line may refer to: the bibliography, the glossary (folded) and the lessons.

    `term_lines` are the places of the terms in their file.
    `unread` names what could not be read, so that a name without a thing there is no fault.
    """

    references: Mapping[str, Reference]
    terms: Mapping[str, Term]
    term_lines: Mapping[str, int]
    lessons: Collection[str]
    unread: Collection[str] = ()


class LineWriter:
    """Writes blocks as HTML, remembers what they cite and name, and adds their faults."""

    def __init__(
        self, around: Surroundings, faults: Faults, *, shows_sources: bool, allows_terms: bool
    ) -> None:
        self.cited: dict[str, None] = {}
        self.named: dict[str, None] = {}
        self._around, self._faults = around, faults
        self._shows_sources, self._allows_terms = shows_sources, allows_terms

    def html(self, said: Said, where: Where) -> str:
        """The block as inline HTML, not yet sanitised."""
        place = where if not said.line else Where(_catalogue(said), said.line)
        tokens = line_tokens(said.text) if len(said.text) <= TEXT_LENGTH else []
        # An entity such as &#x202e; is seen in the text and unseen once it is drawn.
        sign = unseen_sign(said.text + "".join(token.content for token in tokens))
        if sign:
            self._add(
                place,
                "",
                saying("an unseen sign, %(sign)s, stands here", sign=sign),
                saying("type the text anew"),
            )
        if len(said.text) > TEXT_LENGTH:
            what, mend = (
                saying("this block has over %(text_length)s signs", text_length=TEXT_LENGTH),
                saying("split it into several"),
            )
            self._add(place, "", what, mend)
            return ""
        if said.line and _cited(tokens) != _cited(line_tokens(said.source)):
            mend = saying("cite what the source text cites, each as often")
            self._add(place, "", saying("the translation cites other sources"), mend)
        return "".join(self._token(token, place) for token in tokens)

    def cite(self, reference: str, where: Where, needle: str = "") -> str:
        """A citation, which must stand in the bibliography."""
        if reference not in self._around.references:
            if "bibliography" in self._around.unread:
                return ""
            self._add(
                where,
                needle or reference,
                saying("there is no source `%(reference)s`", reference=reference),
                meant(
                    reference,
                    self._around.references,
                    saying("add it to the sources (bibliography.yaml)"),
                ),
            )
            return ""
        self.cited.setdefault(reference)
        if not self._shows_sources:
            return f'<span class="cite">[{reference}]</span>'
        return f'<a class="cite" href="#{reference}">[{reference}]</a>'

    def _token(self, token: Token, where: Where) -> str:
        kind, _, end = token.type.rpartition("_")
        if kind in _PAIRS:
            return f"<{_PAIRS[kind]}>" if end == "open" else f"</{_PAIRS[kind]}>"
        write = self._WRITERS.get(token.type)
        if write:
            return write(self, token, where)
        shown = token.content.strip()[:40]
        what, mend = _refused(token.type, shown)
        self._add(where, token.content.strip(), what, mend)
        return ""

    def _text(self, token: Token, _where: Where) -> str:
        return escape(token.content, quote=False)

    def _open_term(self, token: Token, where: Where) -> str:
        mend = saying("close it with `]]`; in a table, write its bar as `\\|`")
        self._add(where, "[[", saying("a term begins with `[[` and does not end"), mend)
        return token.content

    def _break(self, _token: Token, _where: Where) -> str:
        return " "

    def _code(self, token: Token, _where: Where) -> str:
        return f"<code>{escape(token.content, quote=False)}</code>"

    def _formula(self, token: Token, where: Where) -> str:
        return self.formula(token.content, where, is_block=False)

    def formula(self, latex: str, where: Where, *, is_block: bool) -> str:
        """A formula as MathML."""
        try:
            return mathml(latex.strip(), is_block=is_block)
        except FormulaFaulty as stop:
            self._add(
                where,
                latex.strip().partition("\n")[0],
                saying("the formula cannot be drawn: %(reason)s", reason=stop.what),
                saying("write it in LaTeX, and a dollar sign for money as `\\$`"),
            )
            return ""

    def _citation(self, token: Token, where: Where) -> str:
        cites = [self.cite(each, where, f"@{each}") for each in token.meta["ids"]]
        return " ".join(cite for cite in cites if cite)

    def _term(self, token: Token, where: Where) -> str:
        term, shown = token.meta["term"], escape(token.content, quote=False)
        folded = term.casefold()
        if folded not in self._around.terms:
            if "glossary" in self._around.unread:
                return ""
            self._add(
                where,
                f"[[{term}",
                saying("there is no term `%(term)s`", term=term),
                meant(folded, self._around.terms, saying("add it to the glossary (glossary.yaml)")),
            )
            return ""
        if not self._allows_terms:
            return shown
        self.named.setdefault(folded)
        return f'<a class="term" href="#{term_id(folded)}">{shown}</a>'

    def _link(self, token: Token, where: Where) -> str:
        address = str(token.attrGet("href") or "")
        if address.startswith("lesson:"):
            self._check_lesson(address.removeprefix("lesson:"), where)
        elif not re.fullmatch(ADDRESS, address) and not _MAIL.fullmatch(address):
            self._add(
                where,
                address,
                saying("the address `%(address)s` is not allowed", address=address[:60]),
                saying("begin it with https://, mailto: or lesson:"),
            )
            return "<a>"
        return f'<a href="{escape(address)}">'

    def _check_lesson(self, key: str, where: Where) -> None:
        if key not in self._around.lessons:
            mend = meant(
                key, self._around.lessons, saying("write the key of a lesson of this course")
            )
            self._add(where, f"lesson:{key}", saying("there is no lesson `%(key)s`", key=key), mend)

    def _link_end(self, _token: Token, _where: Where) -> str:
        return "</a>"

    def _add(self, where: Where, needle: str, what: Saying, mend: Saying) -> None:
        self._faults.add(where.path, where.of(needle), what, mend)

    _WRITERS: Mapping[str, Callable[["LineWriter", Token, Where], str]] = {
        "text": _text,
        "text_special": _text,
        "softbreak": _break,
        "code_inline": _code,
        "math_inline": _formula,
        "math_inline_double": _formula,
        "citation": _citation,
        "term": _term,
        "open_term": _open_term,
        "link_open": _link,
        "link_close": _link_end,
    }


def _refused(kind: str, shown: str) -> tuple[Saying, Saying]:
    """What is wrong with an inline mark that lessons do not have, and the mend."""
    if kind == "html_inline":
        mend = saying("write Markdown; write a lone `<` as `\\<`")
        return saying("HTML (`%(shown)s`) is not used", shown=shown), mend
    if kind == "image":
        mend = saying('use `::: figure media/name "What it shows"`')
        return saying("a picture stands inside a line"), mend
    return saying("`%(shown)s` is not used", shown=shown), saying("take it out")


@lru_cache(maxsize=2048)  # a block is asked for by several checks, and again at each preview
def plain(text: str) -> str:
    """The block's words without Markdown, citations and addresses, for search and headings."""
    shown = (t.content for t in line_tokens(text) if t.type not in ("html_inline", "citation"))
    return re.sub(r" +(?=[.,])", "", " ".join("".join(shown).split()))


def _cited(tokens: list[Token]) -> list[str]:
    return sorted(each for t in tokens if t.type == "citation" for each in t.meta["ids"])


def term_id(folded: str) -> str:
    """The id of a term's definition on a page."""
    return "term-" + re.sub(r"[^\w]+", "-", folded)


def _catalogue(said: Said) -> str:
    return f"translations/{said.language}.po"
