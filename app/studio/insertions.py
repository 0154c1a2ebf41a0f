"""Insertions: what the buttons above a lesson's text put into it, and the signs one can write."""

from typing import NamedTuple

from app.i18n.catalogues import translations_for
from app.i18n.marking import N_


class Tool(NamedTuple):
    """A button: `words` on it, `kind` of insertion (around, line-start, insert, block), its `text`."""

    words: str
    kind: str
    text: str


SIGNS = (
    ("## …", N_("a heading; ### for one below it")),
    ("**…**", N_("bold")),
    ("- …", N_("a list with bullets; 1. for one with numbers")),
    ("[…](https://…)", N_("a link")),
    ("[@S1]", N_("a citation of a source")),
    ("[[…]]", N_("a term of the glossary")),
    ("$…$", N_("a formula")),
    ("::: note … :::", N_("a box: note, example or try")),
)


def tools_for(key: str, language: str) -> list[Tool]:
    """The tools of a lesson; what they insert is said in the language of the course."""
    say = translations_for(language).gettext
    head, cell = say(N_("Head")), say(N_("Cell"))
    title = say(N_("Its title"))
    note = f"::: note {title}\n{say(N_('Text of the note.'))}\n:::"
    answer = f"::: answer\n{say(N_('A model answer.'))}\n:::"
    attempt = f":::: try {title}\n{say(N_('The task in words.'))}\n\n{answer}\n::::"
    recall = "\n".join(
        (
            "```recall",
            f"- key: recall-{key}"[:70],
            "  type: single",
            f"  stem: {say(N_('A full question?'))}",
            "  options:",
            f"    - text: {say(N_('The right answer'))}",
            "      right: true",
            f"    - text: {say(N_('Another answer'))}",
            "```",
        )
    )
    table = f"| {head} | {head} |\n|---|---|\n| {cell} | {cell} |"
    seen, caption = say(N_("What is to be seen in it")), say(N_("Its caption with its source"))
    figure = f'::: figure media/picture.svg "{seen}"\n{caption}\n:::'
    link = f"[{say(N_('link text'))}](https://)"
    return [
        Tool(N_("Bold"), "around", "**"),
        Tool(N_("Heading"), "line-start", "## "),
        Tool(N_("List"), "line-start", "- "),
        Tool(N_("Link"), "insert", link),
        Tool(N_("Citation"), "insert", "[@S1]"),
        Tool(N_("Note box"), "block", note),
        Tool(N_("Try-it"), "block", attempt),
        Tool(N_("Recall"), "block", recall),
        Tool(N_("Table"), "block", table),
        Tool(N_("Figure"), "block", figure),
    ]
