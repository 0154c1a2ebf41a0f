"""The handbook of a course: a tagged PDF in which everything of the course can be read."""

import io
import json
import re

import pikepdf
import pytest

from app.catalogue.compendia import answers_taken_from
from app.foundation.fragments import tree_of
from app.studio.packages.formulae import said_of
from app.studio.packages.handbooks import handbook_of
from app.studio.packages.pieces import Setting
from tests.makers.packages import make_book


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_handbook_is_tagged_and_the_same_each_time(language):
    made = handbook_of(make_book(language))
    assert made == handbook_of(make_book(language))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith(language)
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        tags = set(names_in(pdf.Root.StructTreeRoot.K))
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure", "/Formula", "/L", "/Link", "/TOC"} <= tags


def names_in(node):
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from names_in(each)
    elif isinstance(node, pikepdf.Dictionary):
        yield str(node.get("/S", ""))
        yield from names_in(node.get("/K", 0))


def test_html_becomes_pieces_with_links_that_lead_somewhere():
    setting = Setting(frozenset({"lesson-here", "source-R1"}), {})
    html = (
        '<p>See <a href="lesson:here">here</a>, <a href="lesson:gone">gone</a> &amp; '
        '<a class="cite" href="#R1">[R1]</a></p>loose<aside class="aside">x</aside>'
    )
    paragraph, loose = setting.blocks(html)
    assert [each if isinstance(each, str) else (each["k"], each["to"]) for each in paragraph["c"]] == [
        "See ", ("ref", "lesson-here"), ", ", ("ref", ""), " & ", ("cite", "source-R1"),
    ]  # fmt: skip
    assert loose == {"k": "p", "c": ["loose"]}


@pytest.mark.parametrize("practised", [False, True])
def test_answers_are_taken_out_without_a_sign_of_markup(practised):
    book = make_book("fr")
    wanted = "quiz-reading-quiz" if practised else "lesson-four-questions"
    (leaf,) = [each for each in book.leaves if each.name == wanted]
    root, setting = tree_of(leaf.html), Setting(frozenset(), book.media)
    answers = list(answers_taken_from(root, "Réponse juste"))
    assert all(each.html for each in answers)
    set_pieces = [*setting.children(root), *(setting.blocks(each.html) for each in answers)]
    said = json.dumps(set_pieces, ensure_ascii=False)
    assert "A group without the change" in said or practised
    assert not re.search("</?(span|p|strong)|&(amp|lt|#34);", said)


def test_a_formula_is_said_in_one_line():
    html = "<math><mfrac><mrow><mi>b</mi><mo>−</mo><mi>a</mi></mrow><mi>b</mi></mfrac></math>"
    (math,) = tree_of(html).elements
    assert said_of(math) == "b − a / b"
