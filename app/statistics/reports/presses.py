"""Presses: the press that sets reports."""

from collections.abc import Mapping
from pathlib import Path

from app.credentials.fonts import GlyphsMissing, Press
from app.i18n.marking import N_

LOOKS = Path(__file__).parent / "looks"


class ReportUnprintable(GlyphsMissing):
    """No font of this place has some letters of the report."""

    says = N_("The report cannot show these characters: %(characters)s")
    mend = N_("Ask who runs the server to install a font that has them.")


_PRESS = Press(LOOKS, "ua-1", refusal=ReportUnprintable)


def report_pages(sheet: Mapping[str, object]) -> bytes:
    """A PDF/UA-1 of the sheet; the same sheet gives the same bytes. Raises ReportUnprintable."""
    return _PRESS.pdf("report.typ", sheet)
