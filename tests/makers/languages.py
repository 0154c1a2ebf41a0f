"""Languages of findings: a finding says the same in each, without a foreign word in its sentence."""

import re

from app.catalogue.compiling.faults import Fault
from app.i18n.catalogues import translations_for
from app.i18n.sayings import Saying, told

# What every language writes alike: names in marks, files, signs by their number.
_SNIPPET = re.compile(r"`+[^`]*`+|“[^”]*”|«[^»]*»|\"[^\"]*\"|\S*[./_]\S*|U\+[0-9A-F]+")
_LATIN = re.compile(r"[A-Za-z]{2,}")
# Beside these signs French has a space that no line ends at; code and headers of HTTP have none.
_FRENCH_CODE = re.compile(
    r"`[^`]*`|<[^>]*>|\]\([^)]*\)|https?://|mailto:|lesson:\w*|Authorization:|Content-Type:"
)
_LOOSE_SIGN = re.compile(
    r"(?<!\u202f)[;?!](?=[\s.,)*\]…]|$)|(?<!\u00a0):(?=[\s.,)*\]…]|$)|«(?!\u00a0)|(?<!\u00a0)»"
    r"|[^\u00a0, ]%%"
)
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


def loose_signs(french: str) -> list[str]:
    """The signs of a French text that could begin or end a line away from their words."""
    bare = _FRENCH_CODE.sub("", french)
    return [bare[max(at.start() - 20, 0) : at.end()] for at in _LOOSE_SIGN.finditer(bare)]


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
