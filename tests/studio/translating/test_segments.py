"""Segments: which block a change makes stale, what a save writes, and what a translation keeps."""

from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import read_folder
from app.catalogue.compiling.translations import Kept, carried, read_catalogue, written
from app.settings import ROOT
from app.studio.changes import save
from app.studio.drafts import Draft, text_in
from app.studio.translating.segments import (
    FRESH,
    STALE,
    Collision,
    SegmentUnknown,
    save_segment,
    segments_of,
)
from app.studio.translating.slips import slips_in
from tests.makers.drafts import make_draft
from tests.makers.sources import LESSON

FRENCH = "translations/fr.po"


def _real_blocks() -> list[tuple[str, str]]:
    source = read_folder(ROOT / "courses" / "innovation-and-recognition", Faults())
    lessons = sorted(path for path in source.files if path.endswith(".md"))
    return [
        (f"lesson/{Path(path).stem}", line)
        for path in lessons
        for line in dict.fromkeys(source.files[path].decode().splitlines())
        if line.strip()
    ]


REAL = list(dict.fromkeys(_real_blocks()))[::4]
TRANSLATED = {block: Kept(f"fr {number}") for number, block in enumerate(REAL)}
WORDS = st.text("abcdefgh ,.éش", min_size=1, max_size=40).filter(lambda said: said.strip())


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, len(REAL) - 1), WORDS, st.floats(0, 1), st.floats(0, 1))
def test_a_changed_sentence_makes_just_that_block_stale(place, words, start, end):
    owner, text = REAL[place]
    first, last = sorted((int(start * len(text)), int(end * len(text))))
    changed = (owner, f"{text[:first]}{words.strip()}{text[last:]}")
    blocks = [changed if block == REAL[place] else block for block in REAL]
    now = carried(blocks, TRANSLATED)
    if changed in TRANSLATED:
        return
    assert list(now) == blocks
    assert now[changed] == Kept(f"fr {place}", is_fuzzy=True, previous=text)
    same = {block: each for block, each in now.items() if block != changed}
    assert same == {block: each for block, each in TRANSLATED.items() if block in same}
    again = read_catalogue(FRENCH, written("fr", now), Faults())
    assert carried(blocks, again)[changed].previous == text


def test_a_second_change_shows_what_the_translation_was_made_from():
    once = carried(
        [("lesson/a", "The first words here.")], {("lesson/a", "The words here."): Kept("Mots")}
    )
    twice = carried([("lesson/a", "The first words are here.")], once)
    assert twice[("lesson/a", "The first words are here.")].previous == "The words here."


SENTENCE = "A course has modules, a module has lessons, and a quiz asks what stayed with you [@R1]."
SAID = "Un cours a des modules [@R1]."


@pytest.fixture
def draft(db, bilal) -> Draft:
    return make_draft(db, bilal)


def segment(db, draft, source):
    return next(each for each in segments_of(db, draft, "fr") if each.source == source)


def put(db, person, draft, source, text, **more):
    there = segment(db, draft, source)
    said = {"text": text, "is_doubtful": False, "seen": there.seen} | more
    return save_segment(db, person.id, draft, "fr", there.key, **said)


def test_a_change_of_the_author_opens_one_segment_and_a_save_mends_it(db, bilal, draft):
    for each in segments_of(db, draft, "fr"):
        put(db, bilal, draft, each.source, f"fr {each.source}")
    assert {each.state for each in segments_of(db, draft, "fr")} == {FRESH}
    there = text_in(db, draft, LESSON)
    text = there.text.replace("and a quiz asks", "and each quiz asks")
    save(db, bilal.id, draft, LESSON, text.encode(), there.revision)
    opened = [each for each in segments_of(db, draft, "fr") if each.is_open]
    assert [(each.state, each.previous) for each in opened] == [(STALE, SENTENCE)]
    put(db, bilal, draft, opened[0].source, "Un cours")
    assert {each.state for each in segments_of(db, draft, "fr")} == {FRESH}


def test_two_translators_at_one_block_lose_nothing_and_at_two_do_not_meet(db, bilal, draft):
    seen = segment(db, draft, SENTENCE).seen
    put(db, bilal, draft, SENTENCE, SAID, seen=seen)
    put(db, bilal, draft, "What a course is made of", "De quoi un cours est fait")
    assert put(db, bilal, draft, SENTENCE, SAID, seen=seen).text == SAID
    late = put(db, bilal, draft, SENTENCE, "Autre [@R1].", seen=seen)
    assert isinstance(late, Collision)
    assert (late.theirs.text, late.mine) == (SAID, "Autre [@R1].")
    assert segment(db, draft, SENTENCE).text == SAID
    with pytest.raises(SegmentUnknown):
        save_segment(db, bilal.id, draft, "fr", "0" * 20, text="x", is_doubtful=False, seen=seen)


@pytest.mark.parametrize(
    ("source", "text", "signs"),
    [
        (SENTENCE, SAID, []),
        (SENTENCE, "Un cours.", ["@R1"]),
        (SENTENCE, "Un cours [@R1; @R2].", ["@R2"]),
        ("The [[baseline]] is known.", "La [[baseline|valeur]] est connue.", []),
        ("The [[baseline]] is known.", "La [[valeur]] est connue.", ["baseline", "valeur"]),
        ("See [the law](https://un.org/a).", "Voir [la loi](https://un.org/b).",
         ["https://un.org/a", "https://un.org/b"]),
        ("Write `git` and **mind** it.", "Écrivez `Git` et *notez*.", ["`git`", "`Git`", "**", "*"]),
        ("{name} did it.", "Fait.", ["{name}"]),
        ("Plain.", "Pur\u202e.", ["U+202E"]),
        ("Plain [@R1].", "", []),
    ],
)  # fmt: skip
def test_what_every_language_keeps_is_told_when_it_is_lost(source, text, signs):
    assert [slip.sign for slip in slips_in(source, text)] == signs
