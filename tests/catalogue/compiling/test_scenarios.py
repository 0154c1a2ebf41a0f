"""A scenario that passes its check has a way, a reason and an end for whatever one chooses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.catalogue.compiling.compiled import CompiledCourse
from app.catalogue.compiling.faults import CourseFaulty
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.scenario_texts import beginning
from tests.makers.sources import (
    LESSON,
    SCENARIO,
    compiled,
    edited,
    example,
    faults_of,
    make_source,
    scenario_of,
    text_of,
    with_scenario,
)

PRESS = "reading-results/before-the-press.yaml"
WAYS = {
    "one": {"a": "two", "b": "two"},
    "two": {"a": "three", "b": "poor"},
    "three": {"a": "good", "b": "poor"},
    "good": "good",
    "poor": "poor",
}


def scenario_in(course: CompiledCourse):
    return next(each for each in course.activities if each.kind == "scenario")


def test_a_scenario_is_an_activity_that_no_completion_asks_for():
    course = compiled(with_scenario(scenario_of(WAYS)))
    assert [(each.kind, each.required) for each in course.activities] == [
        ("lesson", True),
        ("scenario", False),
        ("quiz", True),
    ]
    assert scenario_in(course).settings == {
        "start": "one",
        "decisions": 3,
        "steps": [
            {
                "key": key,
                "choices": [{"key": "b", "to": way["b"]}, {"key": "a", "to": way["a"]}],
                "ending": None,
                "lesson": None,
            }
            for key, way in list(WAYS.items())[:3]
        ]
        + [{"key": key, "choices": [], "ending": key, "lesson": None} for key in ("good", "poor")],
    }


def test_the_place_of_a_choice_in_the_file_gives_nothing_away():
    turned = {
        key: way if isinstance(way, str) else dict(reversed(way.items()))
        for key, way in WAYS.items()
    }
    courses = [compiled(with_scenario(scenario_of(ways))) for ways in (WAYS, turned)]
    first, second = (scenario_in(course).settings for course in courses)
    assert first == second


def test_the_text_holds_every_step_and_all_it_cites():
    text = text_of(compiled(example("full")), "scenario/before-the-press")
    assert text.title == "Before the press release"
    assert text.parts["role"] == "You are the press officer of a passport office."
    step = text.parts["steps"]["the-figure"]
    assert step["html"].count("<p>") == 2
    assert '<em>waiting fell by 40 percent</em> <a class="cite" href="#R1">[R1]</a>' in step["html"]
    assert "without a baseline shows" in step["choices"]["print-it"]["feedback"]
    assert [source["id"] for source in text.parts["sources"]] == ["R1", "R2"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("At ten all yards are locked.", "At ten all yards are locked."),
        ("word " * 15 + "ends. And more follows.", "word " * 15 + "ends…"),
        ("At ten, " + "a" * 90, "At ten, " + "a" * 72 + "…"),
        ("年" * 90, "年" * 80 + "…"),
    ],
)
def test_a_situation_is_known_again_by_how_it_begins(text, begins):
    assert beginning(text) == begins


def test_what_is_not_translated_is_shown_in_the_language_of_the_course():
    text = text_of(compiled(example("full")), "scenario/before-the-press", "fr")
    assert text.title == "Avant le communiqué de presse"
    assert text.parts["untranslated"] == []
    assert text.parts["role"] == "Vous êtes l’attaché de presse d’un bureau des passeports."
    chosen = text.parts["steps"]["the-figure"]["choices"]["print-it"]["text"]
    assert (
        chosen == '<span lang="en" dir="ltr">Write the release with the figure as it stands.</span>'
    )
    assert (text.fresh, text.stale) == (2, 27)


def test_a_translation_may_not_cite_other_sources():
    said = 'msgid "The owner of a figure knows what was measured, and when. [@R2]"\nmsgstr "'
    translated = said + "Le propriétaire du chiffre sait."
    found = faults_of(edited("translations/fr.po", said, translated, "full"))
    assert any("the translation cites other sources" in fault for fault in found)


FAULTS = [
    ({"one": {"a": "tow", "b": "poor"}}, 13, "the choice `a` leads to no step: there is no `tow`"),
    ({"lost": "good"}, 46, "no way leads to the step `lost`"),
    ({"three": {"a": "good", "b": "one"}}, 39, "the choice `b` of `three` leads back to `one`"),
    ({"one": {"a": "one", "b": "two"}}, 13, "the choice `a` of `one` leads back to `one`"),
    ({"one": {"a": "two"}}, 9, "the step `one` has 1 choice"),
    ({"one": dict.fromkeys("abcde", "two")}, 9, "the step `one` has 5 choices"),
    ({"poor": {}}, 43, "the step `poor` has neither choices nor an ending"),
    ({"two": "good"}, 6, "the longest path has 1 decision"),
    ({"three": {"a": "good", "b": "good"}, "poor": "good"}, 6, "every ending is good"),
    ({"good": "mixed"}, 6, "no ending is good"),
]


@pytest.mark.parametrize(("change", "line", "said"), FAULTS, ids=lambda value: str(value)[:50])
def test_a_fault_of_the_ways_says_where_it_is(change, line, said):
    found = faults_of(with_scenario(scenario_of(WAYS | change)))
    assert any(fault.startswith(f"{SCENARIO}:{line}: {said}: ") for fault in found), found


def test_a_scenario_has_two_endings_and_a_known_start():
    ways = {key: {"a": to, "b": to} for key, to in (("one", "two"), ("two", "three"))}
    single = ways | {"three": {"a": "good", "b": "good"}, "good": "good"}
    assert faults_of(with_scenario(scenario_of(single))) == [
        f"{SCENARIO}:6: the scenario has 1 ending: write at least 2, one of them good and one not"
    ]
    assert faults_of(with_scenario(scenario_of(WAYS, start="oen"))) == [
        f"{SCENARIO}:5: `start` leads to no step: there is no `oen`: did you mean `one`?"
    ]


EDITS = [
    (
        "        to: the-good-end\n",
        (
            "        to: the-good-end\n      - key: explain\n        text: Wait.\n"
            "        feedback: It waits.\n        to: the-correction\n"
        ),
        "56: `explain` stands twice: keep one",
    ),
    ("  - key: the-owner", "  - key: the-call", "38: `the-call` stands twice: keep one"),
    (
        "    text: A journalist calls and asks who counted.\n",
        "    text: A journalist calls and asks who counted.\n    ending: poor\n",
        "27: the step `the-call` has choices and an ending: keep the one or the other",
    ),
    (
        "    text: A journalist calls and asks who counted.\n",
        "    text: A journalist calls and asks who counted.\n    lesson: four-questions\n",
        "29: a lesson to read again stands before the ending: name it in the endings",
    ),
    (
        "        feedback: Now a reader sees what the figure can show.\n",
        "",
        "41: `feedback` is missing: add a line with `feedback`",
    ),
    (
        "        feedback: Now a reader sees what the figure can show.\n",
        "        feedback: |-\n          One.\n\n          Two.\n",
        "43: `feedback` has several paragraphs: write it as one paragraph, without an empty line",
    ),
    (
        "text: Call the colleague who counted the minutes.",
        "text: Write the release with the figure as it STANDS.",
        "19: `ask-the-owner` has the same text as `print-it`: make the choices differ",
    ),
    (
        "        feedback: Then the reader is misled, whoever signs it.\n        to: the-correction",
        (
            "        feedback: A reason and a next step are what a head can decide on.\n"
            "        to: the-good-end"
        ),
        (
            "56: `give-way` leads to the same step with the same feedback as `explain`: give it a "
            "consequence or a reason of its own"
        ),
    ),
    (
        "[read-figure, plan-question]",
        "[read-figure, plan-questions]",
        "3: there is no outcome `plan-questions`: did you mean `plan-question`?",
    ),
    (
        "text: Call the colleague who counted the minutes.",
        "text: Read [the lesson](lesson:four-questions) again.",
        "20: a choice holds a link: put the link into its feedback",
    ),
    (
        "sources: [R1]",
        "sources: [R9]",
        "4: there is no source `R9`: add it to the sources (bibliography.yaml)",
    ),
    (
        "when. [@R2]",
        "when. [@R8]",
        "21: there is no source `R8`: add it to the sources (bibliography.yaml)",
    ),
    (
        "lesson: waiting-times",
        "lesson: waiting-time",
        "76: there is no lesson `waiting-time`: did you mean `waiting-times`?",
    ),
    (
        "ending: mixed",
        "ending: fair",
        "64: `ending` cannot be `fair`: write one of `good`, `mixed`, `poor`",
    ),
    ("role: You", "rôle: You", "5: there is no field `rôle` here: did you mean `role`?"),
]


@pytest.mark.parametrize(("old", "new", "said"), EDITS, ids=lambda value: value.strip()[:40])
def test_a_fault_of_a_step_says_where_it_is_and_how_to_mend_it(old, new, said):
    found = faults_of(edited(PRESS, old, new, "full"))
    assert f"{PRESS}:{said}" in found, found


def test_a_scenario_and_its_module_name_each_other():
    text, module = scenario_of(WAYS), "first-module/module.yaml"
    named = dict(with_scenario(text).files)[module].decode()
    assert faults_of(make_source(**{SCENARIO: text})) == [
        f"{SCENARIO}:1: no module names this scenario: add its key to `scenarios` in module.yaml"
    ]
    assert faults_of(make_source(**{module: named})) == [
        f"{module}:5: there is no scenario {SCENARIO}: write it, or take its key out"
    ]
    assert faults_of(make_source(**{"a-scenario.yaml": text})) == [
        "a-scenario.yaml:1: a scenario lies beside course.yaml: put it into the folder of its module"
    ]
    for_a_quiz = named.replace("scenarios: [a-scenario]\n", "").replace("first-quiz", "a-scenario")
    assert f"{module}:5: `a-scenario` is a scenario, not a quiz: name it under `scenarios`" in (
        faults_of(make_source(**{module: for_a_quiz, SCENARIO: text}))
    )
    for_a_scenario = named.replace("a-scenario", "first-quiz")
    assert f"{module}:5: `first-quiz` is a quiz, not a scenario: name it under `quiz`" in (
        faults_of(make_source(**{module: for_a_scenario}))
    )


def test_a_scenario_has_a_key_that_no_lesson_has():
    lesson = example("minimal").files[LESSON].decode()
    files = dict(with_scenario(scenario_of(WAYS)).files)
    files["first-module/a-scenario.md"] = lesson.encode()
    assert any(
        f"{SCENARIO}:1: the key `a-scenario` is also that of first-module/a-scenario.md" in fault
        for fault in faults_of(CourseFiles("first-course", files))
    )


def drawn_ways(draw) -> dict[str, dict[str, str] | str]:
    count = draw(some.integers(2, 6))
    keys = [f"s{number}" for number in range(count)] + ["good", "poor"]
    anywhere = some.sampled_from(keys)
    ways: dict[str, dict[str, str] | str] = {}
    for number, key in enumerate(keys[:-2]):
        later = some.sampled_from(keys[number + 1 :])
        others = draw(
            some.lists(some.one_of(later, later, later, anywhere), min_size=1, max_size=3)
        )
        ways[key] = dict(zip("abcd", [keys[number + 1], *others], strict=False))
    return ways | {"good": "good", "poor": "poor"}


@settings(deadline=None, max_examples=60)
@given(some.composite(drawn_ways)())
def test_every_path_of_a_scenario_that_compiles_ends(ways):
    try:
        found = scenario_in(compiled(with_scenario(scenario_of(ways)))).settings
    except CourseFaulty:
        return
    onward = {s["key"]: [choice["to"] for choice in s["choices"]] for s in found["steps"]}
    endings = {s["key"] for s in found["steps"] if s["ending"]}
    standing, decisions = {found["start"]}, 0
    while standing - endings:
        decisions += 1
        assert decisions <= len(ways)
        standing = {to for key in standing for to in onward[key]}
    assert standing <= endings
