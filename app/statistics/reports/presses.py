"""Presses: the press that sets reports, one sheet at a time."""

import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path

import typst

from app.credentials.fonts import GlyphsMissing, press_in, refused_in
from app.i18n.marking import N_

LOOKS = Path(__file__).parent / "looks"
# The press refuses to be shared; reports never wait for certificates or handbooks.
_ONE_AT_A_TIME = threading.Lock()


class ReportUnprintable(GlyphsMissing):
    """No font of this place has some letters of the report."""

    says = N_("The report cannot show these characters: %(characters)s")
    mend = N_("Ask who runs the server to install a font that has them.")


def report_pages(sheet: Mapping[str, object]) -> bytes:
    """A PDF/UA-1 of the sheet; the same sheet gives the same bytes. Raises ReportUnprintable."""
    with _ONE_AT_A_TIME:
        press, han = _press()
        try:
            made = press.compile(
                input=LOOKS / "report.typ",
                format="pdf",
                sys_inputs={"sheet": json.dumps({**sheet, "han": han}, ensure_ascii=False)},
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            if refused := refused_in(error.diagnostic):
                raise ReportUnprintable(refused) from error
            raise
    assert isinstance(made, bytes)
    return made


@functools.cache
def _press() -> tuple[typst.Compiler, str | None]:
    return press_in(LOOKS)
