"""XLIFF and PO files: a catalogue goes out and comes back the same, and nothing strange comes in."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.catalogue.compiling.translations import HEAD, Kept, written
from app.catalogue.wordings import collapsed
from app.studio.exchanging.codes import coded, plain
from app.studio.exchanging.contents import FileUnreadable, contents_of_po
from app.studio.exchanging.parcels import ForAnotherLanguage, read_contents
from app.studio.exchanging.xliff_readings import contents_of_xliff
from app.studio.exchanging.xliffs import xliff_of
from app.studio.translating.shares import Languages
from tests.studio.translating.test_segments import REAL

FRENCH = Languages("en", "fr")
SCHEMAS = Path(__file__).parent / "schemas"
MARKS = st.sampled_from(
    ["**", "*", "[[", "]]", "[[a|b]]", "[[a]]", "[[a|a]]", "|", "[@R1; @R2]", "](x)", "[", "`a*b`",
     "$x$", "{n}", "%(n)s", "___", "a", "<b>", "&amp;", "]]>", "\x01", "\ufffe", "\u00a0", " "]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=30),
    st.lists(MARKS, max_size=12).map("".join),
).map(collapsed)
FILLED = TEXTS.filter(bool)
ENTRIES = st.dictionaries(
    st.tuples(st.sampled_from(["course", "lesson/a"]), FILLED),
    st.builds(Kept, TEXTS, st.booleans()),
    min_size=1,
    max_size=4,
)
FEW = settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate))


@cache
def schema() -> etree.XMLSchema:
    parser = etree.XMLParser()
    parser.resolvers.add(Beside())
    return etree.XMLSchema(etree.parse(SCHEMAS / "xliff_core_2.0.xsd", parser))


class Beside(etree.Resolver):
    """The imported schema lies in the same folder."""

    def resolve(self, system_url, public_id, context):
        return self.resolve_filename(str(SCHEMAS / Path(system_url).name), context)


def back(contents) -> dict:
    return {
        each.block: Kept(
            each.text, each.is_doubtful and bool(each.text), each.previous, each.remarks
        )
        for each in contents.sent
    }


def honest(entries) -> dict:
    """Nothing can be doubtful of a translation that is not there."""
    return {
        block: Kept(each.text, each.is_fuzzy and bool(each.text), each.previous, each.remarks)
        for block, each in entries.items()
    }


@FEW
@given(TEXTS)
def test_any_text_is_the_sum_of_its_codes(text):
    assert plain(coded(text)) == text


@FEW
@given(ENTRIES)
def test_any_catalogue_comes_back_from_xliff_and_from_po(entries):
    sent = xliff_of("a-course", FRENCH, entries).encode()
    schema().assertValid(etree.fromstring(sent))
    assert back(contents_of_xliff(sent)) == honest(entries)
    assert back(contents_of_po(written("fr", entries).encode())) == honest(entries)


def test_a_whole_course_goes_out_and_comes_back_with_remarks_and_former_sentences():
    entries = {HEAD: Kept(remarks=("Words: voie.",))} | {
        (owner, collapsed(text)): Kept(collapsed(text).replace("e", "é")) for owner, text in REAL
    }
    first = next(block for block in entries if block != HEAD)
    stale = Kept("Vieux", is_fuzzy=True, previous="The <old> one.", remarks=("Ask Ana.",))
    entries[first] = Kept(stale.text, stale.is_fuzzy, stale.previous, stale.remarks)
    sent = xliff_of("a-course", FRENCH, entries)
    tree = etree.fromstring(sent.encode())
    schema().assertValid(tree)
    assert 'state="initial" subState="capacita:stale"' in sent
    contents = read_contents(sent.encode(), FRENCH)
    assert '<note category="remark">Words: voie.</note>' in sent
    assert back(contents) == {block: each for block, each in entries.items() if block != HEAD}
    assert all(each.line > 1 for each in contents.sent)


def test_marks_are_codes_that_a_program_shows_and_keeps():
    entries = {("lesson/a", "A **[[way]]** [@R1] to [go](http://un.org)."): Kept(
        "Une **[[way|voie]]** pour [aller](http://un.org) [@R1]."
    )}  # fmt: skip
    sent = xliff_of("a-course", FRENCH, entries)
    assert '<ph id="3" type="quote" canDelete="no" dataRef="d4" disp="[@R1]"/>' in sent
    assert '<pc id="2" dataRefStart="d2" dataRefEnd="d3">voie</pc>' in sent
    assert '<data id="d2">[[way|</data>' in sent
    assert 'state="final"' in sent


def test_what_other_programs_make_of_a_file_is_read():
    sent = (
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr">'
        '<file id="f"><group id="g"><unit id="u" name="lesson/a"><originalData><data id="d">**</data>'
        '</originalData><segment state="translated"><source>One <sc id="1" dataRef="d"/>two<ec dataRef="d"'
        ' startRef="1"/>.</source><target>Un <mrk id="m" type="term">deux</mrk>.</target></segment>'
        "<ignorable><source> </source></ignorable><segment><source>Three.</source></segment></unit>"
        '<unit id="v" name="course"><segment state="reviewed"><source>A<cp hex="0001"/></source>'
        "<target><![CDATA[<B>]]></target></segment></unit></group></file></xliff>"
    )
    first, second = contents_of_xliff(sent.encode()).sent
    assert (first.block, first.text) == (("lesson/a", "One **two**. Three."), "")
    assert (second.block, second.text, second.is_doubtful) == (("course", "A\x01"), "<B>", False)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">&a;</xliff>'
DEEP = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">' + "<file>" * 50


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "document type"),
        (DEEP, "nested"),
        ("<xliff", "whole XML"),
        ('<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2"/>', "XLIFF 1"),
        ("<html/>", "neither"),
        ("oops\n", "line"),
        (b"msgid \xff", "UTF-8"),
    ],
)
def test_what_is_no_file_of_translations_is_said_in_words(content, said):
    with pytest.raises(FileUnreadable) as refused:
        read_contents(content if isinstance(content, bytes) else content.encode(), FRENCH)
    assert said in refused.value.says
    assert refused.value.mend


@pytest.mark.parametrize(
    "make", [written, lambda to, kept: xliff_of("c", Languages("en", to), kept)]
)
def test_a_file_for_another_language_is_refused(make):
    content = make("ar", {("course", "A course"): Kept("دورة")}).encode()
    with pytest.raises(ForAnotherLanguage):
        read_contents(content, FRENCH)
