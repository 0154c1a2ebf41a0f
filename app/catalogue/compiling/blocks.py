"""Blocks: paragraphs, headings, lists, tables and formulae of a lesson as HTML."""

import re
from collections.abc import Mapping
from html import escape

from markdown_it.rules_block.table import escapedSplit
from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling import phrases
from app.catalogue.compiling.pages import SECTION, SUBSECTION, Page, Write
from app.i18n.sayings import saying

# Lines that an author means as something else than words, and that Markdown takes as words.
_MEANT_OTHERWISE = (
    (
        re.compile(r"\s*:{3,}\s*"),
        saying("`:::` closes a box that is not open"),
        saying("take the line out"),
    ),
    (
        re.compile(r"\s*(?:#{2,6}[^#\s]|[-*+#]{1,6}[\u00a0\u202f]).*"),
        saying("no plain space stands behind the sign that begins the line"),
        saying("type the space anew: `## ` begins a heading, `- ` an entry of a list"),
    ),
    (
        re.compile(r"\s*\|.*\|.*\|\s*"),
        saying("a row of a table stands here without its table"),
        saying("below the head, write a line such as `|---|---|` with as many cells as the head"),
    ),
    (
        re.compile(r"\s*\[[^@\]][^\]]*\]:\s.*"),
        saying("a footnote or an address stands apart from its words"),
        saying("write `[words](https://…)` in the text, and a source as `[@R1]`"),
    ),
)


def _paragraph(page: Page, node: SyntaxTreeNode) -> str:
    inline = page.inline(node)
    for line in page.where(node).lines:
        for pattern, what, mend in _MEANT_OTHERWISE:
            if pattern.fullmatch(line):
                page.fault(node, what, mend, line)
    return f'<p id="{inline.id}"{inline.marks}>{inline.html}</p>'


def _heading(page: Page, node: SyntaxTreeNode) -> str:
    if node.tag not in (SECTION, SUBSECTION):
        page.fault(
            node,
            saying("headings have two levels here"),
            saying("begin the line with `## ` or `### `"),
        )
    elif node.tag == SUBSECTION and not page.headings:
        page.fault(node, saying("the first heading is `###`"), saying("begin it with `## `"))
    inline = page.inline(node)
    page.headings.append({"id": inline.id, "level": node.tag[1:], "text": page.passage[-1]})
    return f'<{node.tag} id="{inline.id}"{inline.marks}>{inline.html}</{node.tag}>'


def _list(page: Page, node: SyntaxTreeNode) -> str:
    items = "".join(_list_item(page, item) for item in node.children)
    if node.type == "bullet_list":
        return f"<ul>{items}</ul>"
    start = node.attrGet("start")
    return f'<ol start="{int(start)}">{items}</ol>' if start else f"<ol>{items}</ol>"


def _list_item(page: Page, node: SyntaxTreeNode) -> str:
    name, written = "", []
    for child in node.children:
        if child.type == "paragraph" and child.hidden:
            inline = page.inline(child)
            name = name or f' id="{inline.id}"'
            written.append(inline.span)
        else:
            written.append(page.block(child))
    return f"<li{name}>{''.join(written)}</li>"


def _quotation(page: Page, node: SyntaxTreeNode) -> str:
    return f"<blockquote>{page.blocks(node.children)}</blockquote>"


def _table(page: Page, node: SyntaxTreeNode) -> str:
    page.counts["table"] += 1
    heads = [cell for row in node.children[0].children for cell in row.children]
    columns = [page.inline(cell) for cell in heads]
    names = ", ".join(page.passage[-len(columns) :])
    name = escape(
        phrases.filled(page.reading.say(phrases.TABLE), number=page.counts["table"], columns=names)
    )
    head = "".join(f'<th scope="col"{cell.marks}>{cell.html}</th>' for cell in columns)
    rows = [row for part in node.children[1:] for row in part.children]
    for row in rows:
        _refuse_lost_cells(page, row, len(columns))
    body = "".join(
        f"<tr>{''.join(_cell(page, cell) for cell in row.children)}</tr>" for row in rows
    )
    return (
        f'<div class="table-box" role="region" tabindex="0" aria-label="{name}"><table><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _refuse_lost_cells(page: Page, row: SyntaxTreeNode, columns: int) -> None:
    """The parser drops cells beyond the head's last column, with all their words."""
    line = "".join(page.where(row).lines).strip().lstrip("> ")
    cells = escapedSplit(line.removeprefix("|").removesuffix("|"))
    if any(cell.strip() for cell in cells[columns:]):
        what = saying(
            "the row has %(count)s cells under a head of %(columns)s",
            count=len(cells),
            columns=columns,
        )
        mend = saying("give the head as many cells, or write a bar within a cell as `\\|`")
        page.fault(row, what, mend)


def _cell(page: Page, node: SyntaxTreeNode) -> str:
    if not node.children or not node.children[0].content.strip():
        return "<td></td>"
    inline = page.inline(node)
    return f"<td{inline.marks}>{inline.html}</td>"


def _formula(page: Page, node: SyntaxTreeNode) -> str:
    drawn = page.lines.formula(node.content, page.where(node), is_block=True)
    return f"<div>{drawn}</div>"


def _code(_page: Page, node: SyntaxTreeNode) -> str:
    return f"<pre><code>{escape(node.content, quote=False)}</code></pre>"


BLOCKS: Mapping[str, Write] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quotation,
    "table": _table,
    "math_block": _formula,
    "fence": _code,
}
