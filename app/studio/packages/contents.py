"""Contents: no file of a course may act: no script, no page, no drawing that does or fetches more."""

import re
from collections.abc import Mapping

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.i18n.sayings import saying

HEAD = 4096
_PLAIN = (".txt", ".csv", ".md", ".vtt")
_PAGE = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|iframe|svg|object|embed)\b", re.IGNORECASE
)
_PROGRAM = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def refuse_active(files: Mapping[str, bytes], faults: Faults) -> None:
    """Add a fault for every file of the media that a browser or a machine could run."""
    for path, content in sorted(files.items()):
        if not path.startswith("media/"):
            continue
        if path.endswith(".svg"):
            _refuse_drawing(path, content, faults)
        elif path.endswith(_PLAIN) and _PAGE.search(content):
            faults.add(
                path, 1, saying("holds HTML, and plain text is due"), saying("take the tags out")
            )
        elif content.startswith(_PROGRAM):
            faults.add(path, 1, saying("is a program"), saying("take it out"))
        elif not path.endswith(_PLAIN) and _PAGE.match(
            content[:HEAD].lstrip(b"\xef\xbb\xbf \r\n\t")
        ):
            faults.add(path, 1, saying("is a web page under another name"), saying("take it out"))


def _refuse_drawing(path: str, content: bytes, faults: Faults) -> None:
    """A drawing may act even where no lesson shows it, so that it is tried here."""
    try:
        drawing(content, "", "", str)
    except DrawingFaulty as stop:
        faults.add(
            path, 1, saying("the drawing cannot be used: %(reason)s", reason=stop.what), stop.mend
        )
