"""Recordings: video with captions and sound with a transcript, each with its size before it."""

import re
from html import escape

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling import phrases
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.grammars import Box, crowd_in, lesson_tree
from app.catalogue.compiling.lines import Where
from app.catalogue.compiling.media import MediaFile
from app.catalogue.compiling.pages import Page
from app.i18n.languages import BY_CODE
from app.i18n.sayings import saying

_NEEDED = {"video": "captions", "audio": "transcript"}
_CAPTIONS = re.compile(r"(.+)\.([a-z]{2,3}(?:-[a-z0-9]{2,8})*)\.vtt")


def write_recording(page: Page, node: SyntaxTreeNode, box: Box) -> str:
    """A recording that loads nothing until it is played, with its captions and transcript."""
    path, _, rest = box.rest.partition(" ")
    named = dict(part.split("=", 1) for part in rest.split() if "=" in part)
    needed = _NEEDED[box.name]
    if needed not in named or set(named) - {"captions", "transcript"}:
        page.fault(
            node,
            saying("`%(name)s` needs `%(needed)s`", name=box.name, needed=needed)
            if needed not in named
            else saying("an unknown word here"),
            saying(
                "write `::: %(name)s media/name %(needed)s=media/name`",
                name=box.name,
                needed=needed,
            ),
        )
        return ""
    kind = "video" if box.name == "video" else "audio"
    media = page.media_file(node, path, (kind,))
    transcript = named.get("transcript", "")
    text = page.media_file(node, transcript, ("transcript",)) if transcript else None
    tracks = _tracks(page, node, named["captions"]) if "captions" in named else ""
    if media is None:
        return ""
    page.counts[kind] += 1
    phrase = phrases.VIDEO if kind == "video" else phrases.RECORDING
    return (
        f'<figure class="figure" id="{page.block_id(path)}"><figcaption><strong>'
        f"{page.say(phrase, number=page.counts[kind])}</strong> {page.caption(node)} "
        f'<span class="quiet">{page.weight(media)}</span></figcaption><{kind} controls="" '
        f'preload="none" src="media:{media.name}">{tracks}</{kind}>'
        f"{_transcript(page, text) if text else ''}</figure>"
    )


def _tracks(page: Page, node: SyntaxTreeNode, path: str) -> str:
    """The captions named, and those beside them in other languages."""
    first = page.media_file(node, path, ("captions",))
    found = _CAPTIONS.fullmatch(path)
    if first is None or not found:
        if first is not None:
            page.fault(
                node,
                saying("`%(path)s` names no language", path=path),
                saying("call it such as `talk.en.vtt`"),
                path,
            )
        return ""
    beside = {
        match[2]: other
        for other_path, other in page.media.items()
        if (match := _CAPTIONS.fullmatch(other_path)) and match[1] == found[1]
    }
    chosen = page.reading.language if page.reading.language in beside else found[2]
    return "".join(_track(language, beside[language], chosen) for language in sorted(beside))


def _track(language: str, media: MediaFile, chosen: str) -> str:
    known = BY_CODE.get(language)
    label = escape(known.name if known else language)
    default = ' default=""' if language == chosen else ""
    return (
        f'<track kind="captions" src="media:{media.name}" srclang="{language}" '
        f'label="{label}"{default}>'
    )


def _transcript(page: Page, media: MediaFile) -> str:
    text = decoded(media.path, media.content, page.faults)
    if text is None:
        return ""
    crowd, written = crowd_in(text), []
    if crowd:
        page.faults.add(media.path, 1, *crowd)
    for block in lesson_tree(text).children:
        first, last = block.map or (0, 1)
        where = Where(media.path, first + 1, tuple(text.split("\n")[first:last]))
        if block.type != "paragraph":
            page.faults.add(
                where.path,
                where.line,
                saying("a transcript holds paragraphs only"),
                saying("write it as text"),
            )
            continue
        line = page.line(block.children[0].content, where)
        written.append(f'<p id="{line.id}"{line.marks}>{line.html}</p>')
    summary = page.say(phrases.TRANSCRIPT)
    return f"<details><summary>{summary}</summary>{''.join(written)}</details>"
