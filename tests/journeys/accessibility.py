"""Accessibility: what axe-core finds on a page, in every display that a reader may choose."""

from functools import cache

from app.settings import ROOT
from tests.journeys.windows import DESKTOP, NARROW, PHONE, Window

ALL = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PHONES = {
    "type": "rule",
    "values": [*COLOURS["values"], "target-size", "scrollable-region-focusable"],
}
RUN = """only => axe.run({runOnly: only, resultTypes: ["violations"], preload: false}).then(result =>
    result.violations.flatMap(each => each.nodes.map(node =>
        `${each.id}: ${node.html.slice(0, 120)} ${node.failureSummary.split("\\n").slice(1, 3)}`)))"""


def faults_of(window: Window) -> list[str]:
    """Every violation on the page in front: at a desk in light, on a phone in dark, in contrast.

    All rules are asked at the desk; elsewhere those whose answer a display may change.
    """
    page = window.page
    page.evaluate(axe())
    faults = [f"desk: {each}" for each in page.evaluate(RUN, ALL)]
    page.emulate_media(contrast="more")
    faults += [f"contrast: {each}" for each in page.evaluate(RUN, COLOURS)]
    page.emulate_media(color_scheme="dark", contrast="no-preference")
    for size in (NARROW, PHONE):
        page.set_viewport_size(size)
        window.check_width()
    faults += [f"phone, dark: {each}" for each in page.evaluate(RUN, PHONES)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    return faults


@cache
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
