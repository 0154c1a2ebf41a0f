"""The check says every fault in one run, at its line, with a way to mend it."""

import pytest

from tests.makers.sources import (
    LESSON,
    QUIZ,
    edited,
    example,
    faults_of,
    lesson_saying,
    make_source,
    remarks_of,
)

UNSEEN = "cite a source that you have seen, or see this one and confirm it"
COURSE, MODULE = "course.yaml", "first-module/module.yaml"
FAULTS = [
    # What the author wrote, what stands there instead, and what the check then says.
    (
        (COURSE, "summary:", "sumary:"),
        [
            "course.yaml:1: `summary` is missing: add a line with `summary`",
            "course.yaml:2: there is no field `sumary` here: did you mean `summary`?",
        ],
    ),
    (
        (COURSE, "level: remember", "level: recall"),
        [
            (
                "course.yaml:12: `level` cannot be `recall`: write one of `remember`, `understand`, "
                "`apply`, `analyse`, `evaluate`, `create`"
            ),
        ],
    ),
    (
        (COURSE, "LL1]\noutcomes", "LL9]\noutcomes"),
        [
            (
                "course.yaml:8: a part of the course answers `LL1`, and the course does not name it: "
                "add it to `recommendations`"
            ),
            "course.yaml:8: there is no recommendation `LL9`: did you mean `LL1`?",
        ],
    ),
    (
        (COURSE, "Name the parts", "Understand the parts"),
        [
            (
                "course.yaml:11: the outcome `name-the-parts` cannot be measured: begin with what "
                "somebody does: name, explain, compare, choose, plan, judge"
            ),
        ],
    ),
    (
        (COURSE, "[first-module]", "[first-modul]"),
        [
            "course.yaml:13: there is no module `first-modul`: did you mean `first-module`?",
            (
                "first-module/module.yaml:1: no course names this module: add its key to `modules` in "
                "course.yaml"
            ),
        ],
    ),
    (
        (COURSE, "modules:", "final: last-quiz\nmodules:"),
        [
            (
                "course.yaml:13: there is no file last-quiz.yaml beside course.yaml: write it, or "
                "take the field out"
            ),
        ],
    ),
    (
        (COURSE, "modules:", "completion: {final: passed}\nmodules:"),
        [
            (
                "course.yaml:13: the final must be passed, and there is none: name it under `final`, "
                "or write `final: none`"
            ),
        ],
    ),
    (
        (COURSE, "modules:", "facts_checked: 25.11.2026\nmodules:"),
        [
            (
                "course.yaml:13: `facts_checked` is not a day: write year-month-day, such as "
                "`2026-11-25`"
            ),
        ],
    ),
    (
        (COURSE, "modules:", "keeps_progress: yes\nmodules:"),
        [
            (
                "course.yaml:13: `keeps_progress` is neither `true` nor `false`: write `true` or "
                "`false`, without quotation marks"
            ),
        ],
    ),
    (
        (COURSE, "modules:", 'sdg: ["18.1"]\nmodules:'),
        [
            (
                "course.yaml:13: entry 1 of `sdg` cannot be `18.1`: write a goal or target in "
                'quotation marks, such as `"16"` or `"16.6"`'
            ),
        ],
    ),
    (
        (MODULE, "[first-lesson]", "[first-lessons]"),
        [
            (
                "first-module/first-lesson.md:1: no module names this lesson: add its key to "
                "`lessons` in module.yaml"
            ),
            (
                "first-module/module.yaml:4: there is no lesson first-module/first-lessons.md: did "
                "you mean `first-lesson`?"
            ),
        ],
    ),
    (
        (MODULE, "quiz: first-quiz", "quiz: frist-quiz"),
        [
            "first-module/first-quiz.yaml:1: no module names this quiz: add its key under `quiz`",
            (
                "first-module/module.yaml:5: there is no quiz first-module/frist-quiz.yaml: did you "
                "mean `first-quiz`?"
            ),
        ],
    ),
    (
        (LESSON, "outcomes: [name-the-parts]", "outcomes: [name-parts]"),
        [
            (
                "first-module/first-lesson.md:4: there is no outcome `name-parts`: did you mean "
                "`name-the-parts`?"
            ),
        ],
    ),
    (
        (LESSON, "[@R1]", "[@R2]"),
        [
            "first-module/first-lesson.md:6: there is no source `R2`: add it to the sources (bibliography.yaml)"
        ],
    ),
    (
        (QUIZ, "    outcome: name-the-parts\n", ""),
        [
            (
                "course.yaml:10: no item of a quiz tests the outcome `name-the-parts`: write "
                "`outcome: name-the-parts` in an item, or take the outcome out"
            ),
            (
                "first-module/first-quiz.yaml:3: the item `first-item` names no outcome: add "
                "`outcome:` with the key of an outcome in course.yaml"
            ),
        ],
    ),
    (
        (QUIZ, "    sources: [R1]\n", ""),
        [
            (
                "first-module/first-quiz.yaml:3: the item `first-item` names no source: add "
                "`sources:` with ids of bibliography.yaml, such as `[R13]`"
            ),
        ],
    ),
    (
        (QUIZ, "type: true-false", "type: truefalse"),
        [
            (
                "first-module/first-quiz.yaml:3: there is no item type `truefalse`: write one of "
                "`single`, `multiple`, `true-false`, `numeric`, `matching`, `ordering`, `short`"
            ),
        ],
    ),
    (
        (QUIZ, "answer: true", "answer: maybe"),
        [
            (
                "first-module/first-quiz.yaml:8: `answer` is neither `true` nor `false`: write "
                "`true` or `false`, without quotation marks"
            ),
        ],
    ),
    (
        (QUIZ, "title: What", "draw: 3\ntitle: What"),
        [
            "first-module/first-quiz.yaml:1: draws 3 of 1 items: draw fewer, or write more items",
            (
                "first-module/first-quiz.yaml:1: not in canonical form: run `capacita courses format "
                "minimal`"
            ),
        ],
    ),
    (
        (
            "bibliography.yaml",
            "confirmed: true",
            "confirmed: true\n- id: R1\n  title: A\n  confirmed: true",
        ),
        ["bibliography.yaml:6: `R1` stands twice: keep one"],
    ),
]


@pytest.mark.parametrize(("change", "said"), FAULTS, ids=lambda value: str(value[-1])[:40])
def test_a_fault_says_where_what_and_how_to_mend_it(change, said):
    found = faults_of(edited(*change))
    assert [fault for fault in found if fault in said] == said
    beyond = [fault for fault in found if fault not in said]
    assert all("no item of a quiz tests" in f or "canonical form" in f for f in beyond), beyond


def test_one_run_says_every_fault():
    found = faults_of(
        make_source(
            lesson=lesson_saying("Cited [@R9].\n\n::: nota A\n:::\n\n<b>bold</b>"),
            quiz="title: No items\nitems: []\n",
            **{"notes.txt": "x", "glossary.yaml": "- term: a\n"},
        )
    )
    assert found == [
        (
            "first-module/first-lesson.md:8: there is no source `R9`: add it to the sources (bibliography.yaml)"
        ),
        "first-module/first-lesson.md:10: there is no box `nota`: did you mean `note`?",
        (
            "first-module/first-lesson.md:13: HTML (`</b>`) is not used: write Markdown; write a lone "
            "`<` as `\\<`"
        ),
        (
            "first-module/first-lesson.md:13: HTML (`<b>`) is not used: write Markdown; write a lone "
            "`<` as `\\<`"
        ),
        "first-module/first-quiz.yaml:2: `items` has too few entries: give at least 1",
        "glossary.yaml:1: `definition` is missing: add a line with `definition`",
        (
            "notes.txt:1: does not belong in a course: a course holds course.yaml, "
            "bibliography.yaml, glossary.yaml, one folder a module, media/ and translations/, all "
            "named in lower-case letters, digits and hyphens"
        ),
    ]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            "{type: single, options: [{text: A}, {text: B}]}",
            (
                "entry 1 of `items` has 0 right options, and `single` has one: write `right: true` "
                "under one option, or make the type `multiple`"
            ),
        ),
        (
            "{type: multiple, options: [{text: A, right: true}, {text: B, right: true}]}",
            (
                "entry 1 of `items` has 2 right options of 2: write `right: true` under the right "
                "ones, and give at least one that is not"
            ),
        ),
        (
            "{type: single, options: [{text: A, right: true}, {text: a}]}",
            "entry 1 of `items` has two options with the same text: make the options differ",
        ),
        (
            "{type: numeric, answer: about 3}",
            "`answer` is not a number: write digits and a decimal point, such as `2.5`",
        ),
        (
            "{type: numeric, answer: nan}",
            "`answer` is not a number: write digits and a decimal point, such as `2.5`",
        ),
        (
            "{type: numeric, answer: 3, tolerance: -1}",
            "`tolerance` is out of range: write a number of at least 0.0",
        ),
        (
            "{type: matching, pairs: [{left: A, right: B}, {left: C, right: b}]}",
            (
                "entry 1 of `items` has the same right side twice: make every side of the pairs "
                "differ"
            ),
        ),
        (
            "{type: ordering, sequence: [One, one]}",
            "entry 1 of `items` has the same step twice: make the steps differ",
        ),
        ("{type: short, accept: []}", "`accept` has too few entries: give at least 1"),
        (
            "{type: short, acept: [a]}",
            "there is no field `acept` here: did you mean `accept`?",
        ),
    ],
)
def test_an_item_that_cannot_be_played_is_a_fault(item, said):
    fields = "key: an-item, outcome: name-the-parts, sources: [R1], stem: What?"
    quiz = f"title: A quiz\nitems:\n  - {{{fields}, {item[1:]}\n"
    assert any(fault.endswith(f": {said}") for fault in faults_of(make_source(quiz=quiz)))


def test_keys_are_used_once_in_a_course():
    found = faults_of(
        make_source(
            lesson=lesson_saying(
                "```recall\n- key: first-item\n  type: short\n  stem: A?\n  accept: [a]\n```"
            ),
            **{"first-module/first-quiz.md": lesson_saying("x")},
        )
    )
    assert (
        "first-module/first-lesson.md:9: the item key `first-item` is also used in "
        "first-module/first-quiz.yaml:3: give every item of the course its own key" in found
    )
    assert (
        "first-module/first-quiz.yaml:1: the key `first-quiz` is also that of "
        "first-module/first-quiz.md: rename one of them" in found
    )


def test_only_the_final_is_asked_before_the_course_and_its_key_there_is_kept():
    early = example("minimal").files[QUIZ].decode().replace("items:", "pretest: true\nitems:")
    assert faults_of(make_source(quiz=early)) == [
        (
            f"{QUIZ}:2: only the final assessment can be asked before the course: take `pretest` "
            "out, or write it in the final assessment"
        )
    ]
    final = early.replace("first-item", "last-item")
    named = {"course.yaml": example("minimal").files["course.yaml"].decode() + "final: last\n"}
    assert faults_of(make_source(**named, **{"last.yaml": final})) == []
    same = {"first-module/pretest.md": lesson_saying("x"), "pretest.yaml": final}
    kept = "is kept for the final assessment before the course: rename the file"
    found = faults_of(make_source(**named, **same))
    assert {each for each in found if kept in each} == {
        f"{path}:1: the key `pretest` {kept}" for path in same
    }


@pytest.mark.parametrize(
    "item",
    [
        "type: true-false, answer: true",
        "type: numeric, answer: 1",
        "type: short, accept: [a]",
        "type: ordering, sequence: [a, b]",
        "type: single, options: [{text: a, right: true, feedback: Yes.}, {text: b}]",
        "type: matching, pairs: [{left: a, right: b, feedback: Yes.}, {left: c, right: d}]",
    ],
)
def test_a_graded_item_gives_a_reason_for_every_answer(item):
    fields = "key: an-item, outcome: name-the-parts, sources: [R1], stem: What?"
    found = faults_of(make_source(quiz=f"title: A quiz\nitems:\n  - {{{fields}, {item}}}\n"))
    assert (
        "first-module/first-quiz.yaml:3: the item `an-item` lacks `feedback`: give the reason for "
        "every answer in one or two sentences" in found
    )


def test_a_file_that_cannot_be_read_makes_no_faults_elsewhere():
    broken = {"bibliography.yaml": "- id: [\n", "glossary.yaml": "a: b: c\n"}
    lesson = lesson_saying("A [[term]] [@R1].")
    found = faults_of(make_source(lesson=lesson, quiz="title: [\n", **broken))
    assert {fault.split(":")[0] for fault in found} == {
        "bibliography.yaml",
        "first-module/first-quiz.yaml",
        "glossary.yaml",
    }


def test_what_nobody_uses_is_a_remark_and_no_fault():
    source = make_source(
        **{
            "media/form.csv": "a,b\n",
            "bibliography.yaml": (
                "- id: R1\n  title: A\n  confirmed: false\n"
                "- id: R2\n  title: B\n  confirmed: true\n"
            ),
        }
    )
    assert faults_of(source) == []
    assert remarks_of(source) == [
        "bibliography.yaml:4: remark: nothing cites `R2`: take it out",
        f"{LESSON}:6: remark: `R1` is not confirmed: {UNSEEN}",
        f"{QUIZ}:6: remark: `R1` is not confirmed: {UNSEEN}",
        "media/form.csv:1: remark: no lesson uses this file: take it out",
    ]


def test_a_term_that_no_lesson_names_is_checked_too():
    glossary = (
        "- term: a\n  definition: Plain.\n- term: b\n  definition: A <b>c</b>.\n  sources: [R9]\n"
    )
    assert faults_of(make_source(**{"glossary.yaml": glossary})) == [
        "glossary.yaml:4: HTML (`</b>`) is not used: write Markdown; write a lone `<` as `\\<`",
        "glossary.yaml:4: HTML (`<b>`) is not used: write Markdown; write a lone `<` as `\\<`",
        "glossary.yaml:4: there is no source `R9`: add it to the sources (bibliography.yaml)",
    ]
