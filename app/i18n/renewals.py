"""Renewals: the interface's PO files brought up to the template, each in its one canonical form.

Run by bin/messages; with `--check` it only says which files are not up to date.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from app.i18n.catalogues import LOCALES, TEMPLATE, read_catalogue

WIDTH = 100

_HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: Capacita\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def language_files() -> list[Path]:
    """The PO file of every language that has one."""
    return sorted(LOCALES.glob("*/messages.po"))


def renewed(path: Path, template: Catalog) -> str:
    """A language's file with the template's messages: kept, proposed as fuzzy, or empty."""
    catalogue = read_catalogue(path, path.parent.name)
    catalogue.update(template, update_header_comment=False)
    catalogue.obsolete.clear()
    return written(catalogue, path.parent.name)


def written(catalogue: Catalog, code: str) -> str:
    """A catalogue's one canonical form: no dates, no names, in the order of the template."""
    body = BytesIO()
    write_po(
        body, catalogue, width=WIDTH, omit_header=True, sort_by_file=True, include_lineno=False
    )
    head = _HEAD.format(code=code, plurals=catalogue.plural_forms)
    remarks: str = catalogue.header_comment
    return remarks.rstrip() + "\n" + head + body.getvalue().decode()


def main() -> None:
    """Renew every file; with `--check`, refuse those that renewing would change."""
    template, only_check = read_catalogue(TEMPLATE), "--check" in sys.argv
    for path in language_files():
        text = renewed(path, template)
        if text == path.read_text(encoding="utf-8"):
            continue
        if only_check:
            raise SystemExit(f"The messages of {path.parent.name} are stale; run bin/messages")
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
