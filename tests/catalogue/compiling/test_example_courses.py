"""The two example courses compile without a fault, into what their files say."""

import pytest

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import file_hash, source_hash
from app.catalogue.compiling.translations import read_catalogue
from tests.makers.sources import compiled, example, faults_of, remarks_of, text_of


@pytest.mark.parametrize("name", ["minimal", "full"])
def test_an_example_has_nothing_to_mend(name):
    assert faults_of(example(name)) == []
    assert remarks_of(example(name)) == []


def test_the_minimal_course_has_one_lesson_and_one_quiz():
    course = compiled(example("minimal"))
    assert [(a.key, a.module_key, a.kind, a.position) for a in course.activities] == [
        ("first-lesson", "first-module", "lesson", 1),
        ("first-quiz", "first-module", "quiz", 2),
    ]
    assert course.rule == {"lessons": "all", "quizzes": "passed", "final": "none"}
    assert course.alignments == (
        ("course", "LL1"),
        ("module/first-module", "LL1"),
        ("lesson/first-lesson", "LL1"),
    )


def test_the_full_course_is_in_the_order_of_its_course_file():
    course = compiled(example("full"))
    assert [(m.key, m.position) for m in course.modules] == [
        ("reading-results", 1),
        ("asking-well", 2),
    ]
    assert [(a.position, a.key, a.module_key) for a in course.activities] == [
        (1, "four-questions", "reading-results"),
        (2, "waiting-times", "reading-results"),
        (3, "before-the-press", "reading-results"),
        (4, "reading-quiz", "reading-results"),
        (5, "one-question", "asking-well"),
        (6, "final-assessment", None),
    ]
    quiz, final = course.activities[3], course.activities[-1]
    assert quiz.settings["pretest"] is False
    assert final.settings == {
        "pass_mark": 80,
        "attempts": 3,
        "time_limit": None,
        "draw": 2,
        "shuffle": True,
        "final": True,
        "pretest": True,
        "item_count": 3,
    }


def test_minutes_are_words_tries_and_recall_items_and_add_up_without_scenarios():
    course = compiled(example("full"))
    words = text_of(course, "lesson/four-questions").parts["words"]
    assert 200 < words < 260
    by_key = {activity.key: activity.minutes for activity in course.activities}
    # 7 recall items take 3.5 minutes, one thing to try takes one.
    assert by_key["four-questions"] == -(-words // 180) + 4
    assert by_key["one-question"] == 1
    assert by_key["reading-quiz"] == 6
    assert by_key["final-assessment"] == 2
    # The longest path has 4 decisions and 200 words: 3.1 minutes.
    assert by_key["before-the-press"] == 4
    assert course.minutes == sum(by_key.values()) - by_key["before-the-press"]
    assert course.modules[0].minutes == sum(
        by_key[key] for key in ("four-questions", "waiting-times", "reading-quiz")
    )


def test_bytes_of_a_lesson_count_its_pictures_and_not_its_films():
    course = compiled(example("full"))
    by_key = {activity.key: activity.bytes for activity in course.activities}
    picture = len(example("full").files["media/counter.png"])
    assert picture < by_key["waiting-times"] < picture + 700
    assert 1000 < by_key["before-the-press"] < 1500
    assert course.bytes == sum(by_key.values())


def test_every_owner_has_one_text_in_every_language():
    course = compiled(example("full"))
    owners = {
        language: [text.owner_key for text in course.texts if text.language == language]
        for language in ("en", "fr")
    }
    assert owners["en"] == owners["fr"]
    assert len(set(owners["en"])) == len(owners["en"])
    assert owners["en"][:5] == [
        "course",
        "outcome/read-figure",
        "outcome/plan-question",
        "module/reading-results",
        "module/asking-well",
    ]
    assert {owner.split("/")[0] for owner in owners["en"]} == {
        "course",
        "module",
        "lesson",
        "quiz",
        "scenario",
        "item",
        "outcome",
    }


def test_items_stand_under_the_hash_of_what_they_ask():
    course = compiled(example("full"))
    definitions = {item.hash: item for item in course.items}
    assert {item.kind for item in course.items} == {
        "single",
        "multiple",
        "true-false",
        "numeric",
        "matching",
        "ordering",
        "short",
    }
    assert [(p.activity_key, p.item_key, p.position, p.outcome_key) for p in course.quiz_items][
        4:
    ] == [
        ("reading-quiz", "reading-5", 5, "read-figure"),
        ("final-assessment", "final-1", 1, "plan-question"),
        ("final-assessment", "final-2", 2, "plan-question"),
        ("final-assessment", "final-3", 3, "plan-question"),
    ]
    assert all(place.item_hash in definitions for place in course.quiz_items)


def test_an_items_text_holds_what_readers_see_and_its_sources():
    parts = text_of(compiled(example("full")), "item/reading-1").parts
    assert parts["stem"] == "Which figure can you compare?"
    assert [option["id"] for option in parts["options"]] == ["a", "b"]
    assert parts["options"][0]["feedback"].endswith('<span class="cite">[R1]</span>')
    assert "right" not in parts["options"][0]
    assert [source["id"] for source in parts["sources"]] == ["R1"]
    assert "<cite>How offices report.</cite>" in parts["sources"][0]["html"]


def test_the_source_is_named_by_its_files():
    course = compiled(example("full"))
    files = dict(example("full").files)
    assert {file.path: file.bytes for file in course.files} == files
    assert all(file.hash == file_hash(file.bytes) for file in course.files)
    assert course.source_hash == source_hash(files)
    assert len(course.source_hash) == 32


def test_the_facts_say_who_wrote_and_how_far_translations_are():
    facts = compiled(example("full")).facts
    assert facts["authors"] == ["Example institute of administration", "A second author"]
    assert facts["facts_checked"] == "2026-11-25"
    assert facts["levels"] == {"read-figure": "analyse", "plan-question": "apply"}
    assert facts["languages"]["en"]["stale"] == facts["languages"]["en"]["missing"] == 0
    french = facts["languages"]["fr"]
    catalogue = example("full").files["translations/fr.po"].decode()
    kept = read_catalogue("fr.po", catalogue, Faults())
    assert french["fresh"] == sum(bool(each.text) for each in kept.values()) > 5
    assert sum(french.values()) == facts["languages"]["en"]["fresh"]


def test_a_search_finds_words_and_never_an_answer():
    course = compiled(example("full"))
    entries = [each for each in course.entries if each.language == "en"]
    passages = {each.owner_key: " ".join(text for _id, text in each.blocks) for each in entries}
    assert "A figure from one office shows what can happen." in passages["lesson/four-questions"]
    assert not [owner for owner in passages if owner.startswith(("item/", "quiz/"))]
    assert "Without a baseline, no change can be seen" not in passages["lesson/four-questions"]


def test_a_lessons_text_says_what_it_answers_teaches_and_holds():
    parts = text_of(compiled(example("full")), "lesson/four-questions").parts
    assert parts["recommendation"] == "AC2c"
    assert parts["outcomes"] == ["read-figure"]
    assert [heading["text"] for heading in parts["headings"]] == [
        "Compared with what?",
        "The share in a formula",
    ]
