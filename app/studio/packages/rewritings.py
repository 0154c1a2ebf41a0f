"""Rewritings: blocks of any Markdown as the Markdown of lessons; what has no form there is said."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Protocol

from markdown_it.token import Token

from app.catalogue.compiling.faults import Faults
from app.catalogue.wordings import ADDRESS, collapsed
from app.i18n.sayings import Saying, saying

SECTION, SUBSECTION = 2, 3
_SPECIAL = re.compile(r"([\\`*_\[\]<>$&|])")
_START = re.compile(r"^(?=[#+\-=:~])|^(?=\d{1,9}[.)]\s)")
_NUMBER = re.compile(r"^(\d{1,9})([.)])")
_TAGS = re.compile(r"<[^<>]*>")
_MAIL = re.compile(r"mailto:[^\s<>()@]+@[^\s<>()@]+")
_MEDIA = re.compile(r"[^a-z0-9.]+")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
LOOK = saying("look at it there")


class Placed(Protocol):
    """A section as an outline has it."""

    @property
    def level(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def blocks(self) -> list[list[Token]]: ...


def blocks_of(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block, from the one that opens it to the one that closes it."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def escaped(text: str) -> str:
    """The text so that Markdown takes every sign of it for itself."""
    return _SPECIAL.sub(r"\\\1", text)


class Rewriting:
    """Writes lessons; `media` are the pictures that they show, by their paths in the course."""

    def __init__(self, files: Mapping[str, bytes], faults: Faults) -> None:
        self.files, self.faults = files, faults
        self.media: dict[str, bytes] = {}
        self.path, self.line = "", 1

    def lesson(self, title: str, sections: Sequence[Placed]) -> str:
        """The body of a lesson; its first section has the lesson's own heading."""
        written: list[str] = []
        deepest = min((each.level for each in sections[1:]), default=0)
        for number, section in enumerate(sections):
            self.path, self.line = section.path, section.line
            if number:
                level = SECTION if section.level <= deepest else SUBSECTION
                level = level if any(t.startswith("## ") for t in written) else SECTION
                written.append(f"{'#' * level} {escaped(section.title)}")
            for block in section.blocks:
                written += self.block(block)
        if not written or not _is_paragraph(written[0]):
            what = saying(
                "the lesson “%(title)s” opens without a paragraph, so its title stands there",
                title=title,
            )
            self.faults.remark(self.path or "course.yaml", self.line, what, saying("write one"))
            written.insert(0, safe_start(escaped(title or "?")))
        return "\n\n".join(written) + "\n"

    def block(self, block: list[Token]) -> list[str]:
        """One block as blocks of a lesson; none when it has no form there."""
        opening = block[0]
        if opening.map:
            self.line = opening.map[0] + 1
        write = {
            "paragraph_open": self._paragraph, "heading_open": self._strong,
            "bullet_list_open": self._list, "ordered_list_open": self._list,
            "blockquote_open": self._quotation, "table_open": self._table, "fence": self._code,
            "code_block": self._code,
        }.get(opening.type)  # fmt: skip
        if write is not None:
            return write(block)
        if opening.type == "html_block":
            self._note(saying("HTML is not used here, so its tags were left out"))
            text = collapsed(unescape(_TAGS.sub(" ", opening.content)))
            return [safe_start(escaped(text))] if text else []
        if opening.type != "hr":
            self._note(
                saying("a block `%(type)s` was not understood and left out", type=opening.type)
            )
        return []

    def _note(self, what: Saying, mend: Saying = LOOK) -> None:
        self.faults.remark(self.path, self.line, what, mend)

    def _paragraph(self, block: list[Token]) -> list[str]:
        return self._lines(block[1])

    def _strong(self, block: list[Token]) -> list[str]:
        self._note(saying("a heading inside a list or quotation became a strong line"))
        return [f"**{text}**" for text in self._lines(block[1])]

    def _code(self, block: list[Token]) -> list[str]:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block[0].content)), default=0))
        return [f"{fence}\n{block[0].content.rstrip()}\n{fence}"]

    def _quotation(self, block: list[Token]) -> list[str]:
        inner = [text for each in blocks_of(block[1:-1]) for text in self._inside(each)]
        return ["\n>\n".join(_prefixed(text, "> ", "> ") for text in inner)] if inner else []

    def _inside(self, block: list[Token]) -> list[str]:
        """A block in a list or quotation, where no box can stand."""
        written = self.block(block)
        for text in written:
            if text.startswith(":::"):
                self._note(
                    saying("a picture stood in a list or quotation and was left out"),
                    saying("place it anew"),
                )
        return [text for text in written if not text.startswith(":::")]

    def _list(self, block: list[Token]) -> list[str]:
        is_ordered = block[0].type == "ordered_list_open"
        number = int(block[0].attrGet("start") or 1) if is_ordered else 0
        items = []
        for item in blocks_of(block[1:-1]):
            inner = [text for each in blocks_of(item[1:-1]) for text in self._inside(each)]
            mark = f"{number}. " if is_ordered else "- "
            number += 1
            if inner:
                is_tight = all(not _is_paragraph(text) for text in inner[1:])
                text = ("\n" if is_tight else "\n\n").join(inner)
                items.append(_prefixed(text, mark, " " * len(mark)))
        is_loose = any("\n\n" in item for item in items)
        return [("\n\n" if is_loose else "\n").join(items)] if items else []

    def _table(self, block: list[Token]) -> list[str]:
        rows: list[list[str]] = []
        for token in block:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(" ".join(self._lines(token, is_cell=True)))
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + "---|" * len(rows[0]))
        return ["\n".join(lines)]

    def _lines(self, inline: Token, *, is_cell: bool = False) -> list[str]:
        """The paragraphs of one inline token, with boxes for the pictures that stood in it."""
        parts, boxes, text = [], [], ""
        for token in inline.children or ():
            if token.type == "image":
                boxes += [] if is_cell else self._figure(token)
            elif token.type == "hardbreak" and not is_cell:
                parts.append(text)
                text = ""
            else:
                text += self._inline(token)
        parts.append(text)
        shown = [" ".join(each.split()) for each in parts]
        return [*(each if is_cell else safe_start(each) for each in shown if each), *boxes]

    def _inline(self, token: Token) -> str:
        if token.type in ("text", "text_special"):
            return escaped(token.content)
        if token.type == "code_inline":
            marks = "`" * (1 + max(map(len, re.findall("`+", token.content)), default=0))
            space = " " if "`" in token.content else ""
            return f"{marks}{space}{token.content}{space}{marks}"
        if token.type == "html_inline":
            self._note(saying("HTML is not used here, so a tag was left out"))
            return ""
        if token.type in ("softbreak", "hardbreak"):
            return " "
        if token.type in ("link_open", "link_close"):
            return self._linked(token)
        return token.markup if token.type.startswith(("strong", "em")) else ""

    _address = ""

    def _linked(self, token: Token) -> str:
        if token.type == "link_close":
            return f"]({self._address})" if self._address else ""
        self._address = self._checked(str(token.attrGet("href") or ""))
        return "[" if self._address else ""

    def _checked(self, address: str) -> str:
        if re.fullmatch(ADDRESS, address) or _MAIL.fullmatch(address):
            return address.replace("(", "%28").replace(")", "%29")
        self._note(
            saying("a link to `%(address)s` was left out", address=address[:60]),
            saying("lessons link as lesson:key"),
        )
        return ""

    def _figure(self, token: Token) -> list[str]:
        source = str(token.attrGet("src") or "")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), unescape(source)))
        content = self.files.get(place) or self.files.get(source)
        name = "media/" + _MEDIA.sub("-", posixpath.basename(place).lower()).strip("-")
        if content is None or not name.endswith(_PICTURES):
            self._note(
                saying("the picture `%(source)s` is not there", source=source[:60]),
                saying("bring it along in the folder"),
            )
            return []
        while self.media.get(name, content) != content:
            stem, _, ending = name.rpartition(".")
            name = f"{stem}-2.{ending}"
        self.media[name] = content
        alt = collapsed(token.content).replace('"', "”")
        if not alt:
            self._note(
                saying("the picture `%(name)s` is not described", name=name),
                saying("say what it shows"),
            )
            alt = posixpath.basename(name)
        caption = collapsed(str(token.attrGet("title") or "")) or alt
        return [f'::: figure {name} "{alt}"\n{safe_start(escaped(caption))}\n:::']


def _is_paragraph(text: str) -> bool:
    return not re.match(r"#|:::|- |> |\d+\. |\||`{3}", text)


def safe_start(text: str) -> str:
    """A paragraph whose first sign begins no list, heading or box."""
    text = _NUMBER.sub(r"\1\\\2", text)
    return _START.sub(r"\\", text)


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(f"{rest}{line}".rstrip() for line in lines[1:])])
