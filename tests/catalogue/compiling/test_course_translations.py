"""A changed sentence makes exactly its own block stale, and the rest stays translated."""

import re

import pytest

from app.catalogue.compiling import phrases
from app.catalogue.compiling.compilations import compile_course, translated_blocks
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.formats import canonical
from app.catalogue.compiling.translations import HEAD, Kept, carried, read_catalogue, written
from tests.makers.sources import (
    LESSON,
    RECOMMENDATIONS,
    compiled,
    edited,
    example,
    faults_of,
    lesson_saying,
    make_source,
    remarks_of,
    text_of,
)

SENTENCE = "A course has modules, a module has lessons, and a quiz asks what stayed with you [@R1]."


def with_catalogue(source: CourseFiles, language: str, catalogue: str) -> CourseFiles:
    return CourseFiles(
        source.slug, dict(source.files) | {f"translations/{language}.po": catalogue.encode()}
    )


def fully_translated(source: CourseFiles, language: str) -> CourseFiles:
    """The course with every block translated by putting a sign before it."""
    blocks = translated_blocks(source, RECOMMENDATIONS, language)
    done = {block: Kept(f"«{block[1]}") for block in blocks}
    return with_catalogue(source, language, written(language, done))


def test_the_catalogue_holds_every_block_under_its_owner_and_nothing_of_a_machine():
    blocks = translated_blocks(example("minimal"), RECOMMENDATIONS, "fr")
    assert list(blocks)[:3] == [
        ("course", "A first course"),
        ("course", "One lesson and one question, to show the smallest course there is."),
        ("course", "You see what every course must have, and nothing else."),
    ]
    assert {owner for owner, _ in blocks} == {
        "course",
        "outcome/name-the-parts",
        "module/first-module",
        "lesson/first-lesson",
        "quiz/first-quiz",
        "item/first-item",
    }
    assert ("lesson/first-lesson", SENTENCE) in blocks
    text = written("fr", blocks)
    assert text.startswith(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: fr\\n"\n\n'
    )
    assert not re.search(r"Date|@[a-z]|Babel|^#:|X-", text.replace("[@R1]", ""), re.MULTILINE)
    assert written("fr", read_catalogue("fr.po", text, Faults())) == text


def test_the_empty_corner_of_a_table_is_nothing_to_translate():
    source = make_source(lesson=lesson_saying("| | One |\n|---|---|\n| A | 1 |"))
    assert ("lesson/first-lesson", "") not in translated_blocks(source, RECOMMENDATIONS, "fr")
    assert compiled(fully_translated(source, "fr")).facts["languages"]["fr"]["missing"] == 0


def test_a_fully_translated_course_has_nothing_stale():
    course = compiled(fully_translated(example("full"), "fr"))
    assert [t.owner_key for t in course.texts if t.language == "fr" and t.stale] == []
    assert course.facts["languages"]["fr"]["stale"] == 0
    assert course.facts["languages"]["fr"]["missing"] == 0
    lesson = text_of(course, "lesson/four-questions", "fr")
    assert 'lang="en"' not in lesson.html
    assert lesson.title == "«Four questions to a figure"
    assert ">«Before: 50 minutes<" in lesson.html


@pytest.mark.parametrize(
    ("path", "old", "new", "owner"),
    [
        (LESSON, "and a quiz asks", "and the quiz asks", "lesson/first-lesson"),
        (LESSON, "title: What a", "title: What the", "lesson/first-lesson"),
        ("first-module/first-quiz.yaml", "Look again", "Read again", "item/first-item"),
        ("course.yaml", "Name the parts", "List the parts", "outcome/name-the-parts"),
        ("course.yaml", "and nothing else", "and no more", "course"),
    ],
)
def test_a_changed_sentence_makes_exactly_that_block_stale(path, old, new, owner):
    before = fully_translated(example("minimal"), "fr")
    text = before.files[path].decode()
    assert old in text
    after = CourseFiles("minimal", dict(before.files) | {path: text.replace(old, new).encode()})
    course = compiled(after)
    stale = {t.owner_key: t.stale for t in course.texts if t.language == "fr" and t.stale}
    assert stale == {owner: 1}
    assert course.facts["languages"]["fr"]["stale"] == 1
    assert course.facts["languages"]["fr"]["missing"] == 0


def test_breaking_a_line_elsewhere_makes_nothing_stale():
    before = fully_translated(example("minimal"), "fr")
    text = before.files[LESSON].decode().replace("has lessons, and", "has lessons,\nand")
    course = compiled(CourseFiles("minimal", dict(before.files) | {LESSON: text.encode()}))
    assert [t for t in course.texts if t.stale] == []


def test_a_stale_block_is_shown_in_the_source_language_and_says_so():
    source = make_source()
    before = fully_translated(source, "ar")
    text = before.files[LESSON].decode() + "\n## A new part\n\n- An item\n"
    course = compiled(CourseFiles("x", dict(before.files) | {LESSON: text.encode()}))
    html = text_of(course, "lesson/first-lesson", "ar").html
    assert re.search(r'<h2 id="b-\w+" lang="en" dir="ltr">A new part</h2>', html)
    assert '<span lang="en" dir="ltr">An item</span></li>' in html
    assert re.search(r'<p class="opening" id="b-\w+">«A course has', html)


def test_a_title_in_the_source_language_is_named_as_such():
    course = compiled(with_catalogue(example("minimal"), "fr", written("fr", {})))
    assert text_of(course, "course", "fr").parts["untranslated"] == ["title", "summary", "purpose"]
    assert text_of(course, "lesson/first-lesson", "fr").parts["untranslated"] == ["title"]
    assert text_of(course, "lesson/first-lesson", "en").parts["untranslated"] == []


def test_the_same_block_has_the_same_id_in_every_language():
    course = compiled(fully_translated(example("full"), "fr"))
    ids = [
        re.findall(r'id="(b-[^"]+)"', text_of(course, "lesson/four-questions", language).html)
        for language in ("en", "fr")
    ]
    assert ids[0] == ids[1] != []


def test_the_compilers_own_words_are_those_of_the_language():
    words = {"fr": {phrases.SOURCES: "Sources citées", phrases.FIGURE: "Figure n° {number} :"}}
    course = compile_course(
        example("full"),
        RECOMMENDATIONS,
        lambda language: lambda text: words.get(language, {}).get(text, text),
    )
    french = text_of(course, "lesson/four-questions", "fr").html
    assert ">Sources citées</h3>" in french
    assert "<strong>Figure n° 1 :</strong>" in french
    assert ">Sources</h3>" in text_of(course, "lesson/four-questions").html


def test_the_compilers_own_words_cannot_bring_html_in():
    course = compile_course(
        example("full"), RECOMMENDATIONS, lambda _: lambda _: "<script>1</script>\"'"
    )
    for text in course.texts:
        assert "<script" not in text.html


def test_a_changed_sentence_takes_its_old_translation_along_to_look_at():
    source = edited(LESSON, "asks what stayed with you", "asks what you remember")
    old = {
        ("lesson/first-lesson", SENTENCE): Kept(
            "Un cours a des modules [@R1].", remarks=("By me.",)
        )
    }
    new = ("lesson/first-lesson", SENTENCE.replace("stayed with you", "you remember"))
    blocks = carried(translated_blocks(source, RECOMMENDATIONS, "fr"), old)
    assert blocks[new] == Kept(
        "Un cours a des modules [@R1].", is_fuzzy=True, previous=SENTENCE, remarks=("By me.",)
    )
    text = written("fr", blocks)
    assert "#| msgid" in text
    assert read_catalogue("fr.po", text, Faults())[new].previous == SENTENCE
    assert written("fr", read_catalogue("fr.po", text, Faults())) == text


def test_a_sentence_that_moved_keeps_its_translation():
    old = {("lesson/a", "The same words."): Kept("Les mêmes mots.")}
    assert carried([("lesson/b", "The same words.")], old) == {
        ("lesson/b", "The same words."): Kept("Les mêmes mots.")
    }


def test_remarks_at_the_head_of_a_catalogue_stay():
    text = "# Review is pending.\n" + written("fr", {("course", "A"): Kept("B")})
    kept = read_catalogue("fr.po", text, Faults())
    assert kept[HEAD].remarks == ("Review is pending.",)
    assert written("fr", carried(kept, kept)) == text


def test_a_fuzzy_translation_is_not_shown():
    catalogue = written("fr", {("course", "A first course"): Kept("Faux", is_fuzzy=True)})
    course = compiled(with_catalogue(example("minimal"), "fr", catalogue))
    assert text_of(course, "course", "fr").title == "A first course"
    assert course.facts["languages"]["fr"]["stale"] == 1


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("Un cours <b>a</b> [@R1].", "HTML (`<b>`) is not used"),
        ("Un cours [@R1] [x](javascript:y).", "the address `javascript:y` is not allowed"),
        ("Un cours.", "the translation cites other sources: cite what the source text cites"),
        ("Un cours [@R7].", "there is no source `R7`"),
    ],
)
def test_a_faulty_translation_is_a_fault_at_its_line(entry, said):
    catalogue = written("fr", {("lesson/first-lesson", SENTENCE): Kept(entry)})
    found = faults_of(with_catalogue(example("minimal"), "fr", catalogue))
    assert any(fault.startswith("translations/fr.po:7: ") and said in fault for fault in found), (
        found
    )


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        ('msgid "a\nmsgstr "b"\n', "translations/fr.po:"),
        ("nonsense\n", "translations/fr.po:1: the catalogue stops here"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_a_fault(catalogue, said):
    found = faults_of(with_catalogue(example("minimal"), "fr", catalogue))
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize("charset", ["ISO-8859-1", "CHARSET"])
def test_a_catalogue_is_utf8_whatever_its_head_says(charset):
    said = written("fr", {("course", "A first course"): Kept("Un premier été")})
    faults = Faults()
    kept = read_catalogue("translations/fr.po", said.replace("UTF-8", charset), faults)
    assert kept["course", "A first course"].text == "Un premier été"
    assert not faults.are_grave


def test_an_entry_that_stands_twice_is_told_and_none_of_them_is_lost():
    entry = 'msgctxt "course"\nmsgid "A first course"\nmsgstr "{}"\n\n'
    twice = written("fr", {}) + entry.format("Un premier cours") + entry.format("Premier cours")
    faults = Faults()
    read_catalogue("translations/fr.po", twice, faults)
    (fault,) = faults.in_order()
    assert "stands here a second time" in fault.shown("")
    assert fault.line == 1 + twice[: twice.rindex("msgid")].count("\n")
    assert canonical("translations/fr.po", twice.encode()) == twice.encode()


def test_a_catalogue_in_the_source_language_is_a_fault():
    found = faults_of(with_catalogue(example("minimal"), "en", written("en", {})))
    assert found == [
        "translations/en.po:1: this is the language the course is written in: take it out"
    ]


def test_a_translation_whose_sentence_is_gone_is_a_remark():
    catalogue = written("fr", {("course", "Gone"): Kept("Parti")})
    assert remarks_of(with_catalogue(example("minimal"), "fr", catalogue)) == [
        (
            "translations/fr.po:1: remark: 1 translation fits no sentence any more: run "
            "`capacita courses translations minimal fr`"
        )
    ]
