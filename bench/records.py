"""Records: docs/performance.md, which `bin/bench` begins and whose last sections others write."""

from app.settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
GROWTH, LOADS = "## A thousand times the rows", "## Files of many rows"
LARGE, EMBEDDED = "## Statistics at large", "## Statistics at large, embedded"


def record_page(page: str) -> None:
    """Write the page anew; the sections of others, below it, stay."""
    kept = PAGE.read_text().partition(f"\n{GROWTH}\n")
    PAGE.write_text(page + "".join(kept[1:]))


def record_section(section: str) -> None:
    """Write one section anew, the heading its first line; what stands before and after it stays."""
    heading = section.partition("\n")[0]
    before, _heading, rest = PAGE.read_text().partition(f"\n{heading}\n")
    _old, *after = rest.partition("\n## ")
    PAGE.write_text(f"{before}\n{section}{''.join(after)}")
