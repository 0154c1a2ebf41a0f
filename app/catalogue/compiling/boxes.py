"""Boxes: notes, worked examples, things to try, figures, recordings and downloads."""

import re
from collections.abc import Callable, Mapping

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling import phrases
from app.catalogue.compiling.blocks import BLOCKS
from app.catalogue.compiling.faults import meant
from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.catalogue.compiling.grammars import Box, box_of
from app.catalogue.compiling.lines import Where, plain
from app.catalogue.compiling.media import MediaFile
from app.catalogue.compiling.pages import Page, Write
from app.catalogue.compiling.readings import Said
from app.catalogue.compiling.recalls import write_recall
from app.catalogue.compiling.recordings import write_recording
from app.catalogue.compiling.renditions import picture_html
from app.i18n.sayings import Saying, quoted, saying

# Word processors and phones write curly quotation marks where straight ones are typed.
_WITH_TEXT = re.compile(r'(\S+)\s+["“”„«](.*)["“”»]')
_DECORATIVE = re.compile(r"(\S+)\s+decorative")
# Which boxes may stand in which; "" is the lesson itself.
_INSIDE = {
    "": ("note", "example", "try", "figure", "video", "audio", "download"),
    "example": ("figure", "download"),
    "try": ("answer", "figure", "download"),
    "answer": ("figure",),
    "note": ("download",),
}


def write_box(page: Page, node: SyntaxTreeNode) -> str:
    """A box as its own piece of HTML; an unknown or unclosed one is a fault."""
    box, write = box_of(node), _WRITERS.get(box_of(node).name)
    if not box.is_closed:
        page.fault(
            node,
            saying("the box `%(name)s` is not closed", name=box.name),
            saying("end it with a line `:::`"),
        )
    if write is None:
        known = [name for name in _WRITERS if name != "answer"]
        mend = meant(box.name, known, saying("the boxes are %(names)s", names=quoted(known)))
        page.fault(node, saying("there is no box `%(name)s`", name=box.name), mend)
        return ""
    around = _around(node)
    if box.name not in _INSIDE.get(around, ()):
        page.fault(node, _misplaced(box.name, around), saying("move it out of there"))
        return ""
    for child in node.children:
        if child.type in ("heading", "fence"):
            page.fault(child, _STRANGE[child.type], saying("move it out of the box"))
    return write(page, node, box)


def _misplaced(name: str, around: str) -> Saying:
    if around in _WRITERS:
        return saying("`%(name)s` cannot stand inside `%(around)s`", name=name, around=around)
    if around:
        return saying("`%(name)s` cannot stand in a list or quotation", name=name)
    return saying("`%(name)s` cannot stand on its own", name=name)


def _around(node: SyntaxTreeNode) -> str:
    """What the box stands in: a box's name, nothing for the lesson itself, or another block."""
    parent = node.parent
    if parent is None or parent.is_root:
        return ""
    return box_of(parent).name if parent.type == "box" else "list"


def _title(page: Page, node: SyntaxTreeNode, box: Box) -> tuple[str, str]:
    """The box's title as a heading, and its id; both empty without one."""
    if not box.rest:
        return "", ""
    title, tag = page.line(box.rest, page.where(node)), page.title_tag
    return f'<{tag} id="{title.id}"{title.marks}>{title.html}</{tag}>', title.id


def _note(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    heading, _ = _title(page, node, box)
    return f'<div class="box box--note" role="note">{heading}{page.blocks(node.children)}</div>'


def _example(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    heading, name = _needed_title(page, node, box)
    body = "".join(
        page.block(child).replace("<ol>", '<ol class="steps" role="list">', 1)
        if child.type == "ordered_list"
        else page.block(child)
        for child in node.children
    )
    return (
        f'<section class="box" aria-labelledby="{name}"><p class="box__kind">'
        f"{page.say(phrases.WORKED_EXAMPLE)}</p>{heading}{body}</section>"
    )


def _try(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    heading, name = _needed_title(page, node, box)
    page.counts["try"] += 1
    answers = [n for n in node.children if n.type == "box" and box_of(n).name == "answer"]
    if len(answers) != 1 or node.children[-1] is not answers[0]:
        page.fault(
            node,
            saying("`try` does not end with one model answer"),
            saying("put `::: answer` at its end"),
        )
    return (
        f'<section class="box box--try" aria-labelledby="{name}"><p class="box__kind">'
        f"{page.say(phrases.TRY_IT)}</p>{heading}{page.blocks(node.children)}</section>"
    )


def _answer(page: Page, node: SyntaxTreeNode, _box: Box) -> str:
    summary = page.say(phrases.COMPARE)
    return f"<details><summary>{summary}</summary>{page.blocks(node.children)}</details>"


def _needed_title(page: Page, node: SyntaxTreeNode, box: Box) -> tuple[str, str]:
    heading, name = _title(page, node, box)
    if not name:
        page.fault(
            node,
            saying("`%(name)s` has no title", name=box.name),
            saying("write `::: %(name)s Its title`", name=box.name),
        )
    return heading, name


def _figure(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    decorative = _DECORATIVE.fullmatch(box.rest)
    found = (decorative[1], "") if decorative else _described(page, node, box)
    if found is None:
        return ""
    path, alternative = found
    media = page.media_file(node, path, ("drawing", "picture"))
    page.counts["figure"] += 1
    said = page.reading.says(page.owner, alternative) if alternative else Said("", "")
    name = page.block_id(alternative or path)
    shown = _shown(page, media, plain(said.text)) if media else ""
    label = page.say(phrases.FIGURE, number=page.counts["figure"])
    return (
        f'<figure class="figure" id="{name}"><div class="box"{said.marks}>{shown}</div>'
        f"<figcaption><strong>{label}</strong> {page.caption(node)}</figcaption></figure>"
    )


def _described(page: Page, node: SyntaxTreeNode, box: Box) -> tuple[str, str] | None:
    return _with_text(page, node, box, _FIGURE_SAYS)


def _shown(page: Page, media: MediaFile, alternative: str) -> str:
    if media.use == "picture":
        page.pictures[media.path] = media
        return picture_html(media, alternative)
    where = Where(media.path, 1)
    prefix = f"figure-{page.counts['figure']}-"
    try:
        return drawing(
            media.content, alternative, prefix, lambda text: page.drawn_text(text, where)
        )
    except DrawingFaulty as stop:
        page.faults.add(
            media.path,
            1,
            saying("the drawing cannot be used: %(reason)s", reason=stop.what),
            stop.mend,
        )
        return ""


def _download(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    found = _with_text(page, node, box, saying("what the file is"))
    if found is None:
        return ""
    path, text = found
    media = page.media_file(node, path, ("download",))
    if media is None:
        return ""
    label = page.line(text, page.where(node))
    kind = media.name.rpartition(".")[2].upper()
    return (
        f'<p class="download" id="{label.id}"><a href="media:{media.name}" download'
        f'{label.marks}>{label.html}</a> <span class="quiet">{kind}, '
        f"{page.weight(media)}</span></p>{page.blocks(node.children)}"
    )


def _with_text(
    page: Page, node: SyntaxTreeNode, box: Box, meaning: Saying
) -> tuple[str, str] | None:
    found = _WITH_TEXT.fullmatch(box.rest)
    if found and found[2].strip():
        return found[1], found[2]
    page.fault(
        node,
        saying("`%(name)s` needs a file and a text in quotation marks", name=box.name),
        saying('write `::: %(name)s media/name "%(meaning)s"`', name=box.name, meaning=meaning),
    )
    return None


_FIGURE_SAYS = saying("what the figure shows, for those who cannot see it")
_STRANGE = {
    "heading": saying("a heading stands in a box"),
    "fence": saying("code or a recall set stands in a box"),
}
_WRITERS: Mapping[str, Callable[[Page, SyntaxTreeNode, Box], str]] = {
    "note": _note,
    "example": _example,
    "try": _try,
    "answer": _answer,
    "figure": _figure,
    "video": write_recording,
    "audio": write_recording,
    "download": _download,
}
WRITERS: Mapping[str, Write] = {**BLOCKS, "box": write_box, "recall": write_recall}
