"""Recalls: questions inside a lesson, played without scripts, forms or an account."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling import phrases
from app.catalogue.compiling.item_texts import ItemWriter
from app.catalogue.compiling.lines import LineWriter
from app.catalogue.compiling.pages import Page
from app.catalogue.item_types import (
    AnyItem,
    Item,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    ShortAnswer,
    SingleChoice,
    TrueOrFalse,
)

Parts = dict[str, Any]


def write_recall(page: Page, node: SyntaxTreeNode) -> str:
    """A recall set as a box; each answer opens with its verdict and its reason."""
    recall = page.lesson.recalls.get(node.map[0] if node.map else -1)
    if recall is None:
        return ""
    page.counts["recall"] += 1
    lines = LineWriter(page.around, page.faults, shows_sources=True, allows_terms=False)
    writer = ItemWriter(page.reading, lines)
    written = []
    for number, item in enumerate(recall.items.root):
        page.counts["recall item"] += 1
        written.append(_item(page, item, writer.parts(item, recall.document, number)))
    page.lines.cited.update(lines.cited)
    name, tag = f"recall-{page.counts['recall']}", page.title_tag
    return (
        f'<div class="box recall" role="group" aria-labelledby="{name}"><p class="box__kind">'
        f'{page.say(phrases.RECALL)}</p><{tag} id="{name}">{page.say(phrases.RECALL_HEAD)}</{tag}>'
        f"{''.join(written)}</div>"
    )


def _item(page: Page, item: AnyItem, parts: Parts) -> str:
    name = page.block_id(item.stem)
    body = _BODIES[type(item)](page, item, parts)
    return (
        f'<div class="recall__item" id="{name}">{parts["lead"]}<p>{parts["stem"]}</p>{body}</div>'
    )


def _choice(page: Page, item: Any, parts: Parts) -> str:
    options = [
        (part["text"], option.right, part["feedback"])
        for option, part in zip(item.options, parts["options"], strict=True)
    ]
    hint = f'<p class="quiet">{page.say(phrases.SEVERAL)}</p>' if item.type == "multiple" else ""
    return hint + _options(page, options)


def _truth(page: Page, item: Any, parts: Parts) -> str:
    words = {"true": page.say(phrases.TRUE), "false": page.say(phrases.FALSE)}
    right = "true" if item.answer else "false"
    return _options(
        page,
        [(words[o["id"]], o["id"] == right, o["feedback"]) for o in parts["options"]],
    )


def _options(page: Page, options: list[tuple[str, bool, str | None]]) -> str:
    listed = "".join(
        f"<li><details><summary>{text}</summary>{_verdict(page, is_right, said)}</details></li>"
        for text, is_right, said in options
    )
    return f'<ul class="recall__options" role="list">{listed}</ul>'


def _verdict(page: Page, is_right: bool, said: str | None) -> str:  # noqa: FBT001 - a column of a row
    verdict = page.say(phrases.RIGHT if is_right else phrases.NOT_RIGHT)
    return f"<p><strong>{verdict}</strong></p>" + (f"<p>{said}</p>" if said else "")


def _numeric(page: Page, item: Any, parts: Parts) -> str:
    number = f"{item.answer:.15g}"
    unit = f" {parts['unit']}" if parts["unit"] else ""
    return _shown(page, f"<p><strong>{number}{unit}</strong></p>{_reason(parts)}")


def _short(page: Page, _item: Any, parts: Parts) -> str:
    first = escape(parts["accept"][0], quote=False)
    return _shown(page, f"<p><strong>{first}</strong></p>{_reason(parts)}")


def _matching(page: Page, _item: Any, parts: Parts) -> str:
    pairs = parts["pairs"]
    lefts = "".join(f"<li>{pair['left']}</li>" for pair in pairs)
    rights = "".join(f"<li>{right}</li>" for right in _mixed([p["right"] for p in pairs]))
    answers = "".join(
        f"<dt>{pair['left']}</dt><dd>{pair['right']}"
        + (f"<p>{pair['feedback']}</p>" if pair["feedback"] else "")
        + "</dd>"
        for pair in pairs
    )
    between = f'<p class="quiet">{page.say(phrases.MATCHES)}</p>'
    return f"<ol>{lefts}</ol>{between}<ul>{rights}</ul>" + _shown(page, f"<dl>{answers}</dl>")


def _ordering(page: Page, _item: Any, parts: Parts) -> str:
    steps = [step["text"] for step in parts["sequence"]]
    mixed = "".join(f"<li>{step}</li>" for step in _mixed(steps))
    answer = "".join(f"<li>{step}</li>" for step in steps)
    return f"<ul>{mixed}</ul>" + _shown(page, f"<ol>{answer}</ol>{_reason(parts)}")


def _mixed(parts: list[str]) -> list[str]:
    """The parts in an order that gives nothing away: by alphabet, or that turned round."""
    mixed = sorted(parts)
    return mixed if mixed != parts else mixed[::-1]


def _reason(parts: Parts) -> str:
    return f"<p>{parts['feedback']['right']}</p>" if parts["feedback"] else ""


def _shown(page: Page, answer: str) -> str:
    return f"<details><summary>{page.say(phrases.SHOW_ANSWER)}</summary>{answer}</details>"


_BODIES: Mapping[type[Item], Callable[[Page, Any, Parts], str]] = {
    SingleChoice: _choice,
    MultipleChoice: _choice,
    TrueOrFalse: _truth,
    Numeric: _numeric,
    ShortAnswer: _short,
    Matching: _matching,
    Ordering: _ordering,
}
