"""Memories and terms: what is offered for a block, from where, and which settled words it lacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.compiling.translations import Kept
from app.studio.drafts import draft_from
from app.studio.translating.catalogues import entries_of
from app.studio.translating.likenesses import THRESHOLD, Likenesses
from app.studio.translating.memories import Memory
from app.studio.translating.segments import segments_of
from app.studio.translating.terms import glossary_for
from tests.makers.drafts import make_draft
from tests.makers.people import make_institute
from tests.makers.sources import make_source
from tests.studio.translating.test_segments import REAL, SAID, SENTENCE, put

SENTENCES = [text for _, text in REAL]
WORDS = st.lists(
    st.sampled_from(["a", "b", "c", "d", "e", "f", "the", "of", "你", "好"]), min_size=1, max_size=9
)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_the_index_finds_what_comparing_all_would_find(known, asked):
    texts = list(dict.fromkeys(" ".join(words) for words in known))
    text = " ".join(asked)
    one_by_one = [(each, Likenesses([each]).like(text, 1)) for each in texts]
    expected = {each: found[0].likeness for each, found in one_by_one if found}
    found = Likenesses(texts).like(text, 10)
    assert {texts[place]: likeness for place, likeness in found} == expected
    assert all(likeness >= THRESHOLD for _, likeness in found)
    assert (text in texts) == any(likeness == 1 for _, likeness in found)


@pytest.mark.parametrize(
    ("there", "here", "percent"),
    [
        ("A lesson has ten minutes.", "A lesson has ten minutes.", 100),
        ("A lesson has ten minutes.", "A lesson has ten minutes!", 99),
        ("A lesson has ten minutes.", "A lesson has twelve minutes.", 79),
        ("A lesson has ten minutes.", "A quiz asks about the lesson.", 0),
        ("课程有十个模块", "课程有九个模块", 84),
    ],
)
def test_likeness_is_the_share_of_words_in_their_order(there, here, percent):
    found = Likenesses([there]).like(here, 1)
    assert (int(found[0].likeness * 100) if found else 0) == percent


@pytest.fixture
def draft(db, bilal):
    return make_draft(db, bilal)


def other_course(db, author, catalogue: str):
    source = make_source()
    files = {**source.files, "translations/fr.po": catalogue.encode()}
    institute = make_institute(db)
    files["course.yaml"] = files["course.yaml"].replace(
        b"capacita-institute", institute.key.encode()
    )
    return draft_from(db, author.id, type(source)("other-course", files), institute)


PO = 'msgctxt "lesson/x"\nmsgid "{}"\nmsgstr "{}"\n\n'


def test_a_block_is_offered_what_other_courses_of_the_institution_say(db, bilal, draft):
    like = SENTENCE.replace("a quiz asks", "each quiz asks")
    catalogue = (
        'msgid ""\nmsgstr ""\n\n'
        + PO.format(like, SAID)
        + "#, fuzzy\n"
        + PO.format(SENTENCE, "Doute")
    )
    other_course(db, bilal, catalogue)
    entries = entries_of(db, draft, "fr")
    segment = next(each for each in segments_of(db, draft, "fr") if each.source == SENTENCE)
    (offer,) = Memory(db, draft, "fr", entries).offers_for(segment)
    assert (offer.text, offer.course, offer.percent) == (SAID, "other-course", 93)
    assert [piece.text.strip() for piece in offer.changes if piece.kind == "ins"] == ["a"]
    assert not Memory(db, draft, "ar", entries_of(db, draft, "ar")).offers_for(segment)
    put(db, bilal, draft, SENTENCE, "Fini [@R1].")
    done = next(each for each in segments_of(db, draft, "fr") if each.source == SENTENCE)
    assert Memory(db, draft, "fr", entries_of(db, draft, "fr")).offers_for(done) == []


COURSE_FILE = "- term: baseline\n  definition: Something.\n  sources: []\n"
OWN = {("glossary", "baseline"): Kept("valeur de départ")}


@pytest.mark.parametrize(
    ("target", "source", "text", "uses"),
    [
        ("fr", "Two courses teach it.", "Deux cours l’enseignent.", [("course", True)]),
        ("fr", "Two courses teach it.", "Deux ateliers l’enseignent.", [("course", False)]),
        ("fr", "Of course, it is open.", "Bien sûr.", []),
        ("fr", "Two courses teach it.", "", [("course", True)]),
        ("fr", "The baseline and its baselines.", "Les valeurs de départ.", [("baseline", True)]),
        (
            "fr",
            "Good governance counts.",
            "La bonne gouvernance compte.",
            [("good governance", True)],
        ),
        ("ru", "Open a lesson.", "Откройте два урока.", [("lesson", True)]),
        ("zh", "Open a lesson.", "打开一课。", [("lesson", True)]),
        ("ar", "With transparency.", "وبالشفافية", [("transparency", True)]),
        ("de", "Open a lesson.", "Eine Lektion.", []),
    ],
)
def test_settled_terms_are_offered_and_a_translation_without_one_is_said(
    target, source, text, uses
):
    entries = OWN if target == "fr" else {}
    glossary = glossary_for(COURSE_FILE, entries, "en", target)
    assert [(use.term, use.is_kept) for use in glossary.uses_in(source, text)] == uses
