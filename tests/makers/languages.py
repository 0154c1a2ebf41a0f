"""Languages of findings: a finding says the same in each, without a foreign word in its sentence."""

import re

from app.catalogue.compiling.faults import Fault
from app.i18n.catalogues import translations_for
from app.i18n.sayings import Saying, told

# What every language writes alike: names in marks, files, signs by their number.
_SNIPPET = re.compile(r"`+[^`]*`+|“[^”]*”|«[^»]*»|\"[^\"]*\"|\S*[./_]\S*|U\+[0-9A-F]+")
_LATIN = re.compile(r"[A-Za-z]{2,}")
ALIKE = {"HTML", "KB", "LaTeX", "MB", "Markdown", "PO", "SVG", "UTF", "WebP", "Word", "XML", "YAML"}
ALIKE |= {
    "https",
    "mailto",
    "lesson",
    "CDATA",
    "CC",
    "BY",
    "SA",
    "NC",
    "VTT",
    "XLIFF",
    "deflate",
    "viewBox",
    "zip",
}


def foreign_words(fault: Fault) -> set[str]:
    """The Latin words outside of snippets in the Arabic sentences, and halves that stay English."""
    arabic, french = translations_for("ar"), translations_for("fr")
    found: set[str] = set()
    for half in (fault.what, fault.mend):
        if not isinstance(half, Saying):
            found.add(half)
            continue
        assert half == told(half, translations_for("en")), half
        if _LATIN.search(_SNIPPET.sub(" ", half)) and told(half, french) == half:
            found.add(half)
        found |= set(_LATIN.findall(_SNIPPET.sub(" ", told(half, arabic)))) - ALIKE
    return found
