"""The style sheets keep the rules of the house: tokens, logical directions, classes."""

import re
from pathlib import Path

import pytest

from app.settings import ROOT

SHEETS = sorted((ROOT / "static/css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
COMPONENTS = ROOT / "app/templates/components"
LONGEST_SCRIPT = 200
# Sheets of the page's own frame, which the layouts draw without a macro, and of compiled lessons.
WITHOUT_MACRO = {"colophon", "keys", "lead", "link", "mast", "menu", "outcomes", "prose", "skip"}

COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)\(", re.IGNORECASE)
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b"
    r"|(?:^|[{;\s])(?:left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
ID = re.compile(r"(?:^|[\s,>+~}])[a-z]*#[a-z][\w-]*[^;{}]*\{", re.IGNORECASE)


def rules_of(sheet: Path) -> str:
    """The sheet without comments and without the conditions of its media queries."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    return re.sub(r"@(?:media|supports)[^{]*", "", text)


@pytest.fixture(params=SHEETS, ids=lambda sheet: sheet.name)
def sheet(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_a_sheet_begins_with_what_it_is_for(sheet):
    assert re.match(r"/\* \S", sheet.read_text())


def test_only_tokens_name_a_colour(sheet):
    if sheet.name not in {"tokens.css", "print.css"}:
        assert COLOUR.findall(rules_of(sheet)) == []


def test_directions_are_logical(sheet):
    assert PHYSICAL.findall(rules_of(sheet)) == []


def test_nothing_is_important_but_on_paper(sheet):
    assert sheet.name == "print.css" or "!important" not in rules_of(sheet)


def test_rules_hang_on_classes_never_on_ids(sheet):
    assert ID.findall(rules_of(sheet)) == []


def classes_in(sheets: list[Path]) -> set[str]:
    return {name for sheet in sheets for name in re.findall(r"\.([a-z][\w-]*)", rules_of(sheet))}


def test_what_only_the_studios_sheet_styles_stands_on_its_pages_alone():
    studio = [sheet for sheet in SHEETS if sheet.parent.name == "studio"]
    only = classes_in(studio) - classes_in([sheet for sheet in SHEETS if sheet not in studio])
    templates = ROOT / "app/templates"
    for each in sorted(templates.rglob("*.html")):
        if each.relative_to(templates).parts[0] == "studio" or each.parent.name == "teaching":
            continue
        used = " ".join(re.findall(r'class="([^"]*)"', each.read_text()))
        assert only.isdisjoint(re.findall(r"[\w-]+", used)), each


def test_every_token_that_is_used_exists():
    tokens = set(re.findall(r"(--[\w-]+)\s*:", (ROOT / "static/css/tokens.css").read_text()))
    used = {name for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)", rules_of(sheet))}
    assert used <= tokens
    assert tokens <= used, "a token nobody uses"


def test_a_components_sheet_is_named_as_its_macro():
    sheets = {path.stem for path in SHEETS if path.parent.name == "components"}
    macros = {path.stem for path in COMPONENTS.glob("*.html")}
    assert sheets - macros == WITHOUT_MACRO


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_short(script):
    assert script.read_text().count("\n") < LONGEST_SCRIPT


@pytest.mark.parametrize(
    ("rule", "check"),
    [
        (".a { color: #FFF }", COLOUR),
        (".a { color: rgb(0 0 0) }", COLOUR),
        (".a { margin-left: 0 }", PHYSICAL),
        (".a { text-align: right }", PHYSICAL),
        (".a { width: 0 }", PHYSICAL),
        (".a, #main { gap: 0 }", ID),
    ],
)
def test_the_checks_find_what_they_look_for(rule, check):
    assert check.search(rule)
    assert not check.search(".a { border-block-end-width: 0; inline-size: 0; color: var(--ink) }")
