"""Printing: what a certificate's PDF promises to people, to readers of PDF, and to tomorrow."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path

import fontpkg_noto_serif
import pikepdf
import pytest
import segno
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.credentials.fonts import (
    GlyphsMissing,
    alone,
    fonts_by_script,
    missing_scripts,
    system_han_files,
)
from app.credentials.printing import Module, Printed, grouped, print_certificate
from app.settings import ROOT
from tests.credentials.papers import POINTS, Paper
from tests.makers.papers import ARABIC, ENGLISH, MODULES, make_printed

NAMES = {
    "fr": "Chloé Lefèvre-Nuñez",
    "ru": "Екатерина Преображенская",
    "el": "Παναγιώτα Κωνσταντινοπούλου",
    "ar": "عائشة بنت عبد الرحمن الهاشمي",
    "hi": "लक्ष्मी नारायण त्रिपाठी",
}
LONG_NAME = (
    "Maria-Fernanda Constantinopoulou de Albuquerque Rodrigues van der Heijden-Oyelaran Ndiayes"
)
LONG_TITLE = (
    "Leading organisational learning and ethical transformation in ministries, regional "
    "administrations and municipal services: foundations, practice and evaluation 2"
)
LONG_MODULE = Module(
    title="The human resource manager as an adviser and learning partner of line managers",
    outcome="Advise a minister, a director general or a permanent secretary on three realistic "
    "options, each with its costs, its risks and its consequences for the stafflast",
)
LONG_WORDS = Module(title="Законодательствоведение", outcome="Самостоятельность взаимодействия")
SAME_AGAIN = """
import hashlib, sys
from app.credentials.printing import Printed, print_certificate
printed = Printed.model_validate_json(sys.stdin.read())
print(hashlib.sha256(print_certificate(printed)).hexdigest())
"""


def test_the_paper_is_one_a4_sheet_in_pdf_a_2a_and_pdf_ua_1():
    paper = Paper(print_certificate(make_printed()))
    assert [round(float(side)) for side in paper.pdf.pages[0].MediaBox] == [0, 0, *POINTS]
    with paper.pdf.open_metadata() as about:
        assert about["pdfaid:part"] == "2"
        assert about["pdfaid:conformance"] == "A"
        assert about["pdfuaid:part"] == "1"
    assert paper.pdf.Root.MarkInfo.Marked
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors(paper.pdf))


def descriptors(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    fonts = pdf.pages[0].Resources.Font.values()
    return [font.DescendantFonts[0].FontDescriptor for font in fonts]


def test_the_paper_says_its_title_language_issuer_and_day():
    pdf = Paper(print_certificate(make_printed())).pdf
    course = "Leadership and learning in the public service"
    assert pdf.docinfo.Title == f"Certificate of completion · Awa Diop · {course}"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.Root.Lang == "en"
    assert pdf.docinfo.Author == "Institute of Public Administration"
    assert pdf.docinfo.CreationDate == "D:20260612000000Z"


def test_headings_paragraphs_and_drawings_are_tagged_in_reading_order():
    paper = Paper(print_certificate(make_printed()))
    tags = paper.tags
    kinds = [str(tag.S) for tag in tags]
    assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2", *["/H3"] * 3]
    assert [str(tag.Alt) for tag in tags if tag.S == "/Figure"] == [ENGLISH.way, ENGLISH.qr]
    assert kinds.index("/H2") < kinds.index("/Figure") < kinds.index("/H3") < kinds.index("/Link")


def test_everything_the_row_says_stands_on_the_paper():
    printed = make_printed()
    paper = Paper(print_certificate(printed))
    said = printed.words.model_dump(exclude={"completed", "way", "qr"}).values()
    modules = [text for module in printed.modules for text in (module.title, module.outcome)]
    titled = "has completed Leadership and learning in the public service"
    for text in (*said, *modules, titled, "Awa Diop", "K7QM-4TXD-9WRB-H3VN", printed.issuer):
        assert paper.holds(text), text
    assert paper.holds("capacita.example/verify/K7QM4TXD9WRBH3VN")
    assert not paper.holds("https")


@pytest.mark.parametrize(("language", "name"), NAMES.items(), ids=NAMES)
def test_a_name_is_printed_in_its_own_script(language: str, name: str):
    paper = Paper(print_certificate(make_printed(holder_name=name, holder_language=language)))
    if language == "ar":
        assert set(name.split()) <= paper.words
    else:
        assert paper.holds(name)


def test_a_chinese_name_is_printed_whole_or_refused_whole():
    printed = make_printed(holder_name="欧阳若兰", holder_language="zh")
    if fonts_by_script()["Chinese"]:
        assert Paper(print_certificate(printed)).holds("欧阳若兰")
    else:
        with pytest.raises(GlyphsMissing) as refused:
            print_certificate(printed)
        assert refused.value.characters == ("欧", "阳", "若", "兰")


def test_an_arabic_paper_runs_from_right_to_left():
    changes = {"language": "ar", "words": ARABIC, "issuer": "معهد الإدارة العامة"}
    arabic = Paper(print_certificate(make_printed(**changes)))
    english = Paper(print_certificate(make_printed()))
    assert arabic.pdf.Root.Lang == "ar"
    assert arabic.pdf.Root.ViewerPreferences.Direction == "/R2L"
    assert arabic.qr_left < 100
    assert english.qr_left > 700
    assert set(f"{ARABIC.kind} {changes['issuer']}".split()) <= arabic.words
    assert arabic.collisions() == []
    assert arabic.holds("K7QM-4TXD-9WRB-H3VN")


def test_an_arabic_name_turns_nothing_but_itself():
    changes = {"holder_name": NAMES["ar"], "holder_language": "ar"}
    paper = Paper(print_certificate(make_printed(**changes)))
    assert paper.pdf.Root.ViewerPreferences.Direction == "/L2R"
    assert paper.qr_left > 700
    name = [piece.x for piece in paper.pieces if piece.text.split() == ["عائشة"]]
    family = [piece.x for piece in paper.pieces if piece.text.split() == ["الهاشمي"]]
    assert name > family
    assert min(family) == pytest.approx(paper.pieces[2].x, abs=1)  # where the heading starts
    # The dots of its last letter hang far below the line, and touch nothing there.
    (below,) = [piece.y for piece in paper.pieces if piece.text.startswith("has completed")]
    assert paper.heights_of("الهاشمي").pop() - below > 62


@pytest.mark.parametrize("address", ["https://capacita.example/verify/K7QM4TXD9WRBH3VN",
                                     "http://localhost:8000/verify/K7QM4TXD9WRBH3VN"])  # fmt: skip
def test_the_qr_code_holds_the_whole_address(address: str):
    paper = Paper(print_certificate(make_printed(address=address)))
    expected = segno.make(address, error="m", micro=False).matrix
    dark = {(x, y) for y, row in enumerate(expected) for x, cell in enumerate(row) if cell}
    assert paper.qr == dark


@pytest.mark.parametrize(
    "changes",
    [
        {"modules": MODULES[:1], "final": False},
        {"holder_name": LONG_NAME},
        {"holder_name": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2},
        {"course_title": LONG_TITLE},
        {"modules": [LONG_MODULE] * 8},
        {"modules": [LONG_WORDS] * 8, "course_language": "ru"},
        {"holder_name": f"{LONG_NAME} {LONG_NAME}", "course_title": " ".join([LONG_TITLE] * 8)},
        {"holder_name": LONG_NAME, "course_title": LONG_TITLE, "modules": [LONG_MODULE] * 8,
         "issuer": LONG_TITLE, "address": f"https://{'learning.' * 8}example/en/verify/K7QM4TXD"},
    ],
    ids=["one", "long name", "long word", "long title", "eight modules", "long words", "beyond", "all of it"],
)  # fmt: skip
def test_nothing_collides_or_leaves_the_sheet(changes: dict[str, object]):
    printed = make_printed(**changes)
    paper = Paper(print_certificate(printed))
    assert all(piece.x > 42 and piece.end < 800 for piece in paper.pieces)
    assert all(20 < piece.y < 575 for piece in paper.pieces)
    assert paper.collisions() == []
    line = POINTS[1] - 124.5 / 25.4 * 72
    (facts,) = [piece.y for piece in paper.pieces if piece.text.startswith("7 h 30")]
    (foot,) = [piece.y for piece in paper.pieces if piece.text.startswith("Answers")]
    outcome_end = printed.modules[0].outcome.split()[-1]
    assert facts > line + 20
    assert line - 20 > min(paper.heights_of(outcome_end)) > foot + 10
    assert paper.holds(printed.holder_name)
    assert paper.holds(printed.course_title)
    assert paper.holds(printed.issuer)


def test_eight_long_modules_stay_readable():
    paper = Paper(print_certificate(make_printed(modules=[LONG_MODULE] * 8)))
    ends = paper.heights_of("stafflast")
    assert len(ends) == 8
    lines = sorted({round(piece.y, 1) for piece in paper.pieces if min(ends) <= piece.y < 210})
    assert min(b - a for a, b in pairwise(lines)) >= 6 * 1.3


def test_an_outcome_may_be_missing():
    modules = [Module(title="Mentoring that lasts", outcome="")]
    assert Paper(print_certificate(make_printed(modules=modules))).holds("Mentoring that")


def test_a_character_without_glyph_refuses_the_whole_paper():
    with pytest.raises(GlyphsMissing) as refused:
        print_certificate(make_printed(holder_name="Dara ស៊ុខ Sok"))
    assert "ខ" in refused.value.characters
    assert refused.value.status == 409
    assert "ខ" in refused.value.says % refused.value.values


def test_missing_characters_are_told_before_printing_once_and_in_order():
    assert missing_scripts("Awa Diop, Αθηνά, Ольга, नमस्ते, عائشة") == []
    assert missing_scripts("ok ก ข ก 😀") == ["ก", "ข", "😀"]
    assert missing_scripts("שלום") == list("שלום")
    assert missing_scripts('a\x00b "\\" c') == ["\x00"]


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_every_text_is_either_told_missing_or_printed(text: str):
    name = f"A{text}"
    if not missing_scripts(name):
        assert print_certificate(make_printed(holder_name=name)).startswith(b"%PDF-1.7")


def test_the_doctor_learns_which_scripts_can_be_printed():
    known = fonts_by_script()
    assert [script for script in known if script != "Chinese"] == [
        "Latin", "Cyrillic", "Greek", "Arabic", "Devanagari",
    ]  # fmt: skip
    assert all(there for script, there in known.items() if script != "Chinese")
    assert known["Chinese"] == (missing_scripts("证") == [])


def test_fonts_of_the_system_are_found_by_their_published_names_and_seen_alone(tmp_path: Path):
    folder = tmp_path / "opentype" / "noto"
    folder.mkdir(parents=True)
    (serif,) = Path(str(fontpkg_noto_serif.ROOT)).rglob("NotoSerif[[]*.ttf")
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Thin.ttc",
                 "NotoSans-Regular.ttf"):  # fmt: skip
        (folder / name).write_bytes(serif.read_bytes())
    found = list(system_han_files([str(tmp_path), str(tmp_path / "nowhere")]))
    assert [file.name for file in found] == ["NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"]
    shown = alone(found)
    assert sorted(link.resolve() for link in shown.iterdir()) == sorted(found)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[shown]
    )
    assert fonts.families() == ["Noto Serif"]


def test_the_same_row_gives_the_same_bytes_in_any_process_and_folder(tmp_path: Path):
    printed = make_printed(
        holder_name=NAMES["ar"],
        holder_language="ar",
        modules=[Module(title=letter * 13, outcome=letter) for letter in "OHDGAKVC"],
    )
    here = print_certificate(printed)
    assert print_certificate(Printed.model_validate_json(printed.model_dump_json())) == here
    there = subprocess.run(
        [sys.executable, "-c", SAME_AGAIN],
        input=printed.model_dump_json(),
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "9"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_another_day_or_name_gives_other_bytes():
    usual = print_certificate(make_printed())
    assert print_certificate(make_printed(holder_name="Awa Diop-Sow")) != usual
    assert print_certificate(make_printed(completed_on=date(2026, 6, 13))) != usual
    assert print_certificate(make_printed(final=False)) != usual


def test_many_threads_print_at_once():
    names = [f"Awa Diop {number}" for number in range(12)]
    one_by_one = [print_certificate(make_printed(holder_name=name)) for name in names]
    with ThreadPoolExecutor(6) as threads:
        together = threads.map(
            lambda name: print_certificate(make_printed(holder_name=name)), names
        )
    assert list(together) == one_by_one


@pytest.mark.parametrize(
    "changes",
    [
        {"modules": []},
        {"modules": MODULES * 3},
        {"code": "K7QM-4TXD-9WRB-H3VN"},
        {"code": "K7QM4TXD9WRBH3VU"},
        {"address": "capacita.example/verify"},
        {"holder_name": ""},
        {"language": "English"},
        {"form": 2},
        {"grade": "A"},
        {"words": ENGLISH.model_dump() | {"completed": "has completed the course"}},
    ],
)
def test_what_cannot_be_printed_is_refused_when_the_row_is_written(changes: dict[str, object]):
    with pytest.raises(ValidationError):
        make_printed(**changes)


def test_a_code_is_read_in_groups_of_four():
    assert grouped("K7QM4TXD9WRBH3VN") == "K7QM-4TXD-9WRB-H3VN"
