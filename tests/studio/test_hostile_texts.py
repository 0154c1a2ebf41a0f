"""Hostile texts: what was written to hold a pattern up is read at once all the same.

While a pattern tries its ways, no other page of the process is answered.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from markdown_it.token import Token

from app.catalogue.compiling.canonical_lessons import canonical_body
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.figures import DrawingFaulty, drawing
from app.catalogue.compiling.grammars import lesson_tree, line_tokens
from app.catalogue.findings import check_course
from app.catalogue.pedagogy.citations import remark_on_citations
from app.loads.faults import FileFaulty
from app.loads.sheets import rows_of
from app.studio.drafts import DraftText
from app.studio.libraries import library_of
from app.studio.namings import source_rename
from app.studio.outlines import Outline
from app.studio.packages.rewritings import Rewriting
from app.studio.packages.wordfiles import written_out
from app.studio.translating.slips import slips_in
from app.studio.translating.terms import Glossary, Term
from tests.makers.drafts import make_draft
from tests.makers.loads import workbook
from tests.makers.sources import RECOMMENDATIONS, lesson_saying, make_source
from tests.makers.uploads import taken

SOON = 5  # seconds: each takes a part of one, and minutes where ways are tried by pairs of signs
MANY = 150_000
OFFICE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = '<styleSheet><numFmts><numFmt numFmtId="9" formatCode="{}"/></numFmts></styleSheet>'
SHEET = '<worksheet><sheetData><row><c r="{}1"/></row></sheetData></worksheet>'


def glossary(term: str = "baseline") -> Glossary:
    return Glossary([Term(term, ("valeur",))], "en", "fr")


def drawn(content: bytes) -> None:
    with pytest.raises(DrawingFaulty):
        drawing(content, "", "", str)


def loaded(**parts: bytes) -> None:
    with pytest.raises(FileFaulty):
        list(rows_of([workbook([["a"]], **parts)]))


def cited(text: str) -> None:
    lesson = SimpleNamespace(path="a.md", body_line=0, tree=lesson_tree(text))
    remark_on_citations(lesson, {}, Faults())


def word(text: str) -> None:
    run = f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    document = f'<w:document xmlns:w="{OFFICE}"><w:body><w:p>{run}</w:p></w:body></w:document>'
    written_out({"word/document.xml": document.encode()}, "a.docx", Faults())


def checked(body: str) -> list[str]:
    found = check_course(make_source(lesson=lesson_saying(body)), RECOMMENDATIONS)
    return [str(each.what) for each in found if each.is_grave]


def linked(address: str) -> None:
    line = Token("inline", "", 0)
    line.children = [Token("link_open", "a", 1, {"href": address}), Token("link_close", "a", -1)]
    Rewriting({}, Faults()).block([Token("paragraph_open", "p", 1), line])


def raw(html: str) -> None:
    Rewriting({}, Faults()).block([Token("html_block", "", 0, content=html)])


HOSTILE: Mapping[str, Callable[[], object]] = {
    "comments of a drawing": lambda: taken("a.svg", b"<!---->" * 5_000),
    "comments without an end": lambda: drawn(b"<svg>" + b"<!--" * 24_000),
    "addresses without an end": lambda: slips_in("a", "](" * MANY),
    "addresses among terms": lambda: glossary().uses_in("](" * MANY, "a"),
    "citations among terms": lambda: glossary().uses_in("[@" * MANY, "a"),
    "spaces in a term": lambda: glossary(f"a{' ' * 60_000}b"),
    "lists of sources": lambda: source_rename("R1", "R2")("sources: [\n" * MANY),
    "citations without an end": lambda: cited(f"`{'[@' * MANY}`"),
    "terms without an end": lambda: line_tokens("[" * MANY),
    "one list": lambda: checked("- a\n" * 2_900),
    "one quotation after the other": lambda: checked("> a\n\n" * 1_400),
    "one table": lambda: checked(f"|a|\n|-|\n{'|b|' * 900}"),
    "one stretch of pictures": lambda: checked("![" * 9_000),
    "spaces before a bullet": lambda: canonical_body(f"-{' ' * 49_000}-{' ' * 49_000}* a"),
    "tags without an end": lambda: raw("<" * MANY),
    "signs of an address": lambda: linked(f"mailto:{'@' * MANY}("),
    "spaces between words": lambda: word(f"a{' ' * MANY}b"),
    "formats of numbers": lambda: loaded(**{"xl/styles.xml": STYLES.format("[" * MANY).encode()}),
    "letters of a column": lambda: loaded(
        **{"xl/worksheets/sheet1.xml": SHEET.format("A" * 900_000).encode()}
    ),
}


@pytest.mark.parametrize("read", HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_made_to_hold_a_pattern_up_is_read_soon(read):
    begun = time.monotonic()
    read()
    assert time.monotonic() - begun < SOON


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("- a\n" * 20_000, "over 3000 lines"),
        (f"|a|\n|-|\n{'|b' * 40_000}", "over 3000 lines"),
        ("![" * 45_000, "over 20000 signs"),
    ],
)
def test_a_lesson_that_nobody_could_read_is_refused_in_words(body, what):
    begun = time.monotonic()
    (said,) = [each for each in checked(body) if "over" in each]
    assert what in said
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_lesson_of_colons_is_looked_through_for_its_figures_soon(db, bilal):
    colons = DraftText("a/b.md", b":" * MANY + b" figure", 1, datetime.now(UTC), None)
    empty = Outline("", "", "en", (), None)
    begun = time.monotonic()
    library_of(db, make_draft(db, bilal), {colons.path: colons}, empty)
    assert time.monotonic() - begun < SOON
