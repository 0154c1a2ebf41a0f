"""Pages: a lesson's blocks as HTML in one language, with what they name, cite and weigh."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling import phrases
from app.catalogue.compiling.faults import Faults, meant
from app.catalogue.compiling.lines import LineWriter, Surroundings, Where, plain, term_id
from app.catalogue.compiling.manuscripts import LessonSource
from app.catalogue.compiling.media import MediaFile
from app.catalogue.compiling.readings import Reading, Said
from app.catalogue.wordings import collapsed, unseen_sign
from app.i18n.phrases import phrases_of
from app.i18n.sayings import Saying, saying

_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ID = re.compile(r' id="([^"]*)"')
SECTION, SUBSECTION = "h2", "h3"

_REFUSED = {
    "html_block": (saying("HTML is not used"), saying("write Markdown; write a lone `<` as `\\<`")),
    "hr": (
        saying("a rule across the page is not used"),
        saying("begin a section with `## ` instead"),
    ),
}
_KINDS = {
    "picture": saying("a picture or drawing"),
    "video": saying("a film"),
    "audio": saying("sound"),
    "captions": saying("captions"),
    "transcript": saying("a transcript"),
    "download": saying("a file to take along"),
}

Write = Callable[["Page", SyntaxTreeNode], str]


@dataclass(frozen=True, slots=True)
class Inline:
    """A block's inner HTML; `marks` name its language when it is not the page's."""

    html: str
    marks: str
    id: str

    @property
    def span(self) -> str:
        """The HTML, wrapped only when its language must be named."""
        return f"<span{self.marks}>{self.html}</span>" if self.marks else self.html


class Page:
    """One lesson in one language, while it is being written."""

    def __init__(
        self,
        lesson: LessonSource,
        around: Surroundings,
        media: Mapping[str, MediaFile],
        *,
        reading: Reading,
        faults: Faults,
        writers: Mapping[str, Write],
    ) -> None:
        self.lesson, self.media, self.reading, self.faults = lesson, media, reading, faults
        self.around = around
        self.owner = f"lesson/{lesson.key}"
        self.lines = LineWriter(around, faults, shows_sources=True, allows_terms=True)
        self.headings: list[dict[str, str]] = []
        self.passage: list[str] = []
        self.spoken: list[tuple[str, str]] = []
        self.counts: Counter[str] = Counter()
        self.used: set[str] = set()
        self.pictures: dict[str, MediaFile] = {}
        self._ids: Counter[str] = Counter()
        self._defined: dict[str, None] = {}
        self._writers = writers

    def html(self) -> str:
        """The prose column, from the opening to the sources, not yet sanitised."""
        blocks = self.lesson.tree.children
        if not blocks or blocks[0].type != "paragraph":
            self.fault(
                self.lesson.tree,
                saying("the lesson opens without a paragraph"),
                saying("write one first"),
            )
        written = []
        for number, node in enumerate(blocks):
            html = self._opening(node) if number == 0 else self.block(node)
            written += [self._asides(), html]
        return "".join([*written, self._sources()])

    @property
    def words(self) -> int:
        """How many words a reader meets."""
        return words_in(" ".join(self.passage))

    @property
    def title_tag(self) -> str:
        """The heading of a box: under a section one level deeper, before any section the same."""
        return SUBSECTION if self.headings else SECTION

    def say(self, phrase: str, **values: object) -> str:
        return escape(phrases.filled(self.reading.say(phrase), **values), quote=False)

    def where(self, node: SyntaxTreeNode) -> Where:
        """The lines of the node, or of the nearest node around it that knows its own."""
        while node.parent is not None and (node.is_root or node.map is None):
            node = node.parent
        first, last = (0, 1) if node.is_root or node.map is None else node.map
        line = self.lesson.body_line + first + 1
        return Where(self.lesson.path, line, self.lesson.body[first:last])

    def fault(self, node: SyntaxTreeNode, what: Saying, mend: Saying, needle: str = "") -> None:
        where = self.where(node)
        self.faults.add(where.path, where.of(needle), what, mend)

    def line(self, text: str, where: Where) -> Inline:
        """One block's text as HTML, under the id that its source text gives it."""
        said = self.reading.says(self.owner, text)
        self.passage.append(plain(said.text))
        name = self.block_id(text)
        if not said.is_source:
            self.spoken.append((name, self.passage[-1]))
        return Inline(self.lines.html(said, where), said.marks, name)

    def block_id(self, text: str) -> str:
        """`b-` and ten signs of the source text's hash; a repeat gets a number behind it."""
        name = "b-" + sha256(collapsed(text).encode()).hexdigest()[:10]
        self._ids[name] += 1
        return name if self._ids[name] == 1 else f"{name}-{self._ids[name]}"

    def inline(self, node: SyntaxTreeNode) -> Inline:
        """The text of a node that holds one line of text."""
        inner = node.children[0] if node.children else node
        if any(child.type == "hardbreak" for child in inner.children):
            mend = saying("begin a new paragraph")
            self.fault(inner, saying("a line break stands inside a paragraph"), mend)
        return self.line(inner.content if inner.type == "inline" else "", self.where(inner))

    def caption(self, node: SyntaxTreeNode) -> str:
        """The one paragraph that a figure or recording holds, as inline HTML."""
        if [child.type for child in node.children] == ["paragraph"]:
            return self.inline(node.children[0]).span
        self.fault(
            node,
            saying("the caption is not one paragraph"),
            saying("write one paragraph before the `:::`"),
        )
        return ""

    def drawn_text(self, text: str, where: Where) -> str:
        """A piece of text in a drawing, escaped; drawings hold no Markdown."""
        said = self.reading.says(self.owner, text)
        sign = unseen_sign(said.text)
        if sign:
            self.faults.add(
                where.path,
                where.line,
                saying("an unseen sign, %(sign)s", sign=sign),
                saying("type it anew"),
            )
        return escape(said.text, quote=False)

    def media_file(
        self, node: SyntaxTreeNode, path: str, uses: tuple[str, ...]
    ) -> MediaFile | None:
        """The media file at the path; one that is missing or of another use is a fault."""
        found = self.media.get(path)
        if found is not None and found.use in uses:
            self.used.add(path)
            return found
        what = (
            saying("there is no file `%(path)s`", path=path[:60])
            if found is None
            else saying(
                "this box shows %(what)s, not `%(path)s`", what=_KINDS[uses[-1]], path=path[:60]
            )
        )
        mend = meant(
            path, self.media, saying("put the file into media/ and write `media/` and its name")
        )
        self.fault(node, what, mend, path)
        return None

    def weight(self, media: MediaFile) -> str:
        """The file's size in words."""
        return escape(phrases_of(self.reading.language).kilobytes(len(media.content)))

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> str:
        return "".join(self.block(node) for node in nodes)

    def block(self, node: SyntaxTreeNode) -> str:
        """One block as HTML; a block that lessons do not have is a fault and nothing."""
        kind = "recall" if node.type == "fence" and node.info.strip() == "recall" else node.type
        write = self._writers.get(kind)
        if write:
            return write(self, node)
        unused = saying("a block `%(kind)s` is not used", kind=node.type), saying("take it out")
        what, mend = _REFUSED.get(node.type, unused)
        self.fault(node, what, mend)
        return ""

    def spoken_blocks(self, html: str) -> list[tuple[str, str]]:
        """The texts in this very language, each with its id or the last one before it in the HTML."""
        named, blocks, last = set(_ID.findall(html)), [], ""
        for name, text in self.spoken:
            last = name if name in named else last
            blocks.append((last, text))
        return blocks

    def explained_terms(self) -> Iterator[tuple[str, Said, Said]]:
        """The terms this lesson explains: the id of the definition, the term and its meaning."""
        for folded in self._defined:
            term = self.around.terms[folded]
            name = self.reading.says("glossary", term.term)
            yield term_id(folded), name, self.reading.says("glossary", term.definition)

    def _opening(self, node: SyntaxTreeNode) -> str:
        if node.type != "paragraph":
            return self.block(node)
        inline = self.inline(node)
        return f'<p class="opening" id="{inline.id}"{inline.marks}>{inline.html}</p>'

    def _asides(self) -> str:
        """The definitions of terms that were named since the last call, each once a lesson."""
        fresh = [term for term in self.lines.named if term not in self._defined]
        self._defined.update(dict.fromkeys(fresh))
        return "".join(self._aside(term) for term in fresh)

    def _aside(self, folded: str) -> str:
        term = self.around.terms[folded]
        writer = LineWriter(self.around, self.faults, shows_sources=True, allows_terms=False)
        where = Where("glossary.yaml", self.around.term_lines[folded])
        name, meaning = (
            self.reading.says("glossary", each) for each in (term.term, term.definition)
        )
        inline = Inline(writer.html(meaning, where), meaning.marks, "")
        cites = "".join(f" {writer.cite(source, where)}" for source in term.sources)
        self.lines.cited.update(writer.cited)
        return (
            f'<aside class="aside" id="{term_id(folded)}"><dfn{name.marks}>'
            f"{writer.html(name, where)}</dfn>: {inline.span}{cites}</aside>"
        )

    def _sources(self) -> str:
        if not self.lines.cited:
            return ""
        tag = self.title_tag
        listed = "".join(
            f'<dt id="{each}">[{each}]</dt><dd>{reference_html(self.around, each)}</dd>'
            for each in self.lines.cited
        )
        return (
            f'<section class="sources" aria-labelledby="sources"><{tag} id="sources">'
            f"{self.say(phrases.SOURCES)}</{tag}><dl>{listed}</dl></section>"
        )


def words_in(text: str) -> int:
    """How many words the text has; two ideographs count as one."""
    ideographs = len(_IDEOGRAPH.findall(text))
    return len(_IDEOGRAPH.sub(" ", text).split()) + ideographs // 2


def reference_html(around: Surroundings, reference: str) -> str:
    """A source as readers see it: who, what, where, when and its address."""
    found = around.references[reference]
    who = f"{escape(found.authors)}: " if found.authors else ""
    end = "" if found.title.endswith(("?", "!", ".")) else "."
    year = "" if str(found.year) in (found.publisher or "") else found.year
    publication = ", ".join(str(part) for part in (found.publisher, year) if part)
    place = f" {escape(publication)}." if publication else ""
    address = ""
    if found.url:
        host = escape(found.url.split("/")[2].removeprefix("www."))
        address = f' <a href="{escape(found.url)}">{host}</a>'
    return f"{who}<cite>{escape(found.title)}{end}</cite>{place}{address}"
