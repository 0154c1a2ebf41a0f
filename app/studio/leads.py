"""Leads: the place that a finding is about, counted as the form counts it that shows the file."""

from typing import NamedTuple

from app.catalogue.compiling.faults import Fault
from app.studio.asking.spots import spot_at
from app.studio.lessons import fields_of
from app.studio.outlines import Part
from app.studio.questions import quiz_sheet
from app.studio.sheets import SheetUnreadable


class Lead(NamedTuple):
    """A line of the text or a question by its number; with neither it is one of the other fields."""

    line: int = 0
    question: int = 0


def lead_of(finding: Fault, part: Part | None, text: str) -> Lead:
    """Where the finding leads in the file with this text; a file without a form has its own lines."""
    if part is None or part.kind == "scenario":
        return Lead(finding.line)
    if part.kind == "lesson":
        return Lead(max(finding.line - fields_of(part.path, text).first_line + 1, 0))
    try:
        root = quiz_sheet(part.path, text).root
    except SheetUnreadable:
        return Lead(finding.line)
    return Lead(question=spot_at(root, finding.line).number)
