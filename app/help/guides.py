"""Guides: short pages of help, one task each, in every language that the interface speaks.

A guide is three files side by side in `pages/<kind of person>/`: `<key>.en.md` and its
translations. The first line is the title. `[words](page:show_account)` leads to a page by the
name of its route, `[words](help:second-step)` to another guide.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markupsafe import Markup

from app.foundation.errors import NotFound
from app.i18n.marking import N_

PAGES = Path(__file__).resolve().parent / "pages"
SOURCE = "en"
# What is asked most stands first.
ORDER = {
    "learner": (
        "first-course", "sign-in", "letter", "second-step", "new-address", "broken-line",
        "quiz-not-passed", "required-course", "certificate-missing", "old-name", "prove-certificate",
        "ask-about-lesson", "slow-line", "language-and-display", "my-data",
    ),
    "author": (
        "begin", "add-lesson", "add-quiz", "add-picture", "mend-faults", "publish", "translate",
        "answer-readers", "own-together", "adapt-course",
    ),
    "administrator": (
        "get-a-role", "confirm-people", "bring-files", "new-slip", "see-at-a-look",
        "count-completions", "keep-question", "small-counts", "release-figures", "download-names",
        "invite", "require-course", "overdue-people", "figure-looks-wrong", "moved-person", "merge-accounts",
        "who-may-what",
        "answer-data-request", "programs",
    ),
}  # fmt: skip
_KINDS = {key: kind for kind, keys in ORDER.items() for key in keys}
_markdown = MarkdownIt("commonmark", {"html": False})
_LINK = re.compile(r'href="(page|help):([a-z_-]+)"')
Finder = Callable[[str], str]


class GuideUnknown(NotFound):
    """No guide has this key."""

    says = N_("There is no such help page.")
    mend = N_("Look through the list of all help pages.")


class Guide(NamedTuple):
    """A guide in one language; the links of its `text` still go by name."""

    key: str
    kind: str
    language: str
    title: str
    text: str

    def html(self, page_at: Finder, guide_at: Finder) -> Markup:
        """The text, its links led to where the two functions say."""
        finders = {"page": page_at, "help": guide_at}
        shown = _LINK.sub(lambda found: f'href="{finders[found[1]](found[2])}"', self.text)
        return Markup(shown)  # noqa: S704 - our own files, without HTML of their own


def guide_called(key: str, language: str) -> Guide:
    """A guide in this language, else in English; raises GuideUnknown."""
    if key not in _KINDS:
        raise GuideUnknown
    path = path_of_guide(key, language)
    return _read(key, language if path.exists() else SOURCE)


def guides_for(kind: str, language: str) -> list[Guide]:
    """All guides for a kind of person, what is asked most first."""
    return [guide_called(key, language) for key in ORDER[kind]]


def path_of_guide(key: str, language: str) -> Path:
    return PAGES / _KINDS[key] / f"{key}.{language}.md"


@cache
def _read(key: str, language: str) -> Guide:
    title, _, text = path_of_guide(key, language).read_text(encoding="utf-8").partition("\n")
    title = title.removeprefix("# ").strip()
    return Guide(key, _KINDS[key], language, title, _markdown.render(text))
