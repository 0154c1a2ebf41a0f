"""The rules of pedagogy: a bad course breaks every one of them once, and good ones none."""

from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.commands import course_folders, recommendations_in
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import read_folder
from app.catalogue.compiling.manuscripts import read_manuscript
from app.catalogue.findings import check_course, check_coverage, check_folder
from app.catalogue.pedagogy.chances import at_least
from app.catalogue.pedagogy.passages import sentences_of
from app.catalogue.pedagogy.questions import is_denied
from app.catalogue.pedagogy.speeches import SPEECHES, speech_of

COURSES = Path(__file__).parents[3] / "courses"
BAD = Path(__file__).parent / "badly-taught"
RULES = [
    "the lesson has 9",
    "a sentence has ",
    "of the words have over six letters",
    "the figure “48 percent” has no owner",
    "the figure “31 percent” has no year",
    "the alternative text repeats the caption",
    "asks for what is not so",
    "an option of `catch-all` speaks of all the others",
    "two options of `twice-the-same` say the same",
    "two options of `twice-the-same` have the same feedback",
    "the right option of `far-longer` is far longer",
    "the right option stands at place 1 in 9 of 9 items",
    "the right option is the longest in 9 of 9 items",
    "8 of 8 statements are true",
    "the outcome `hardly-asked` is tested by 1 item",
    "everybody meets every item of the final",
    "`R2` is not confirmed",
    "the lesson weighs ",
    "lacks `feedback`",
]


def test_a_bad_course_breaks_every_rule_once():
    source = read_folder(BAD, Faults())
    said = [fault.shown() for fault in check_course(source, {"LL1"})]
    assert Counter(rule for rule in RULES for each in said if rule in each) == Counter(RULES)
    assert len(said) == len(RULES), "\n".join(said)


@pytest.mark.parametrize("course", course_folders(COURSES, ()), ids=lambda path: path.name)
def test_no_course_of_the_house_gets_a_remark(course):
    said = [fault.shown() for fault in check_folder(course, recommendations_in(COURSES)).faults]
    assert said == []


def test_the_register_says_of_the_courses_what_is_true():
    unread = Faults()
    manuscripts = [
        read_manuscript(read_folder(course, unread), unread)
        for course in course_folders(COURSES, ())
    ]
    faults, stances = check_coverage(COURSES, manuscripts)
    assert faults == ()
    assert len(stances) == 29


@pytest.mark.parametrize(
    ("language", "stem"),
    [
        ("en", "A form is late. Which of these is not a reason?"),
        ("en-GB", "Which office never answers?"),
        ("fr", "Laquelle de ces raisons n’est pas valable ?"),
        ("es", "¿Cuál de estas no es una razón?"),
        ("ru", "Какая из причин не подходит?"),
        ("ar", "أي من هذه ليس سببا؟"),
    ],
)
def test_a_question_that_denies_without_emphasis_is_seen(language, stem):
    assert is_denied(stem, SPEECHES[language[:2]])


@pytest.mark.parametrize(
    "stem",
    [
        "Which of these is **NOT** a reason?",
        "Which of these is NOT a reason?",
        "The office did not answer. What comes next?",
        "Which office should a person ask who was not heard?",
        "Why is this not enough?",
        "One third do not answer, and the rest do. How many answer?",
        "This is not a question.",
    ],
)
def test_a_question_may_emphasise_describe_or_ask_why(stem):
    assert not is_denied(stem, SPEECHES["en"])


@pytest.mark.parametrize(
    ("language", "option"),
    [
        ("en", "All of the above"),
        ("en", "None of these answers"),
        ("fr", "Toutes les réponses"),
        ("es", "Todas las anteriores"),
        ("ru", "Всё перечисленное"),
        ("ar", "كل ما سبق"),
        ("zh", "以上都是"),
    ],
)
def test_an_option_that_speaks_of_the_others_is_seen(language, option):
    assert SPEECHES[language].catch_alls.search(option)
    assert not SPEECHES[language].catch_alls.search("A paper of its own")


def test_a_language_without_rules_has_none():
    assert speech_of("sw") is None
    assert speech_of("pt-BR") is None


def test_sentences_end_at_their_signs_and_not_inside_figures():
    assert sentences_of("It rose by 4.5 points. “Why?” she asked… Nobody knew!") == [
        "It rose by 4.5 points.",
        "“Why?” she asked…",
        "Nobody knew!",
    ]


@given(st.lists(st.floats(0, 1), max_size=8), st.integers(0, 9))
def test_the_chance_of_a_pattern_is_the_sum_over_all_ways_it_can_come(chances, times):
    total = 0.0
    for ways in product((True, False), repeat=len(chances)):
        if sum(ways) >= times:
            chance = 1.0
            for happened, each in zip(ways, chances, strict=True):
                chance *= each if happened else 1 - each
            total += chance
    assert at_least(times, chances) == pytest.approx(total, abs=1e-9)
