"""Courses: sources made for measuring, as an author would write them, beside the real ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from app.settings import ROOT

WIDE, NARROW, SHORT = "wide-course", "narrow-course", "short-course"
REAL = ("human-factor", "leadership-and-learning")
SLUGS = (WIDE, *REAL, NARROW, SHORT)
FINAL = "final-assessment"
MODULES, LESSONS = 6, 4

COURSE = """\
title: {title}
summary: Six ways to look at one public service, from its people to the figures it reports.
purpose: >-
  You follow one service through all its parts and say at each of them what holds it back. At the
  end you plan one change, name the sign that would show it helped, and say who decides it.
language: en
institution: capacita-institute
authors: [The training unit, The planning unit]
recommendations: [T0, HR1, AC1, AC2a, IC1, LL1, LL3]
outcomes:
  - key: name-the-parts
    text: Name the parts of a service and the people behind each of them
    level: remember
  - key: plan-a-change
    text: Plan one change in a service and the sign that would show it helped
    level: apply
  - key: judge-a-figure
    text: Judge a reported figure by who counted it, when and for whom
    level: evaluate
modules: [{modules}]
final: {final}
completion: {{lessons: all, quizzes: passed, final: passed}}
"""
MODULE = """\
title: Part {number} of the service
recommendations: [HR1]
outcomes: [name-the-parts, plan-a-change, judge-a-figure]
lessons: [{lessons}]
quiz: quiz-{number}
"""
LESSON = """\
---
title: Look at part {number} before you change it
recommendation: HR1
outcomes: [name-the-parts, plan-a-change, judge-a-figure]
---
A counter is open four hours a day, and the queue begins before dawn [@R1].

{body}
"""
PARAGRAPH = """\
The office on floor {number} gives out permits. Two people read each form, a third signs it, and a \
fourth hands it over. When one of them is away, the form waits. The people in the queue see only \
the closed window, so they ask for more windows, and the office buys one [@R1]. A year later the \
queue is as long as before, because the third signature was the narrow place all the time. \
**Ask first where a form waits, then what would shorten that wait.**
"""
LIST = """\
## What to write down on day {number}

1. When the form came in, and when it went out again
2. Who held it in between, and what they were waiting for
3. What the person in the queue was told, and by whom

- The *longest* wait tells more than the average one.
- A wait that nobody owns is found last.
"""
TABLE = """\
| Step | Minutes of work | Days of waiting |
| --- | --- | --- |
| Reading | 12 | 1 |
| Second reading | 9 | 3 |
| Signature | 1 | {number} |
"""
BOX = """\
::: example A wait that nobody owned
You are the head of floor {number}. Which of the three steps do you look at first, and why?

1. **Reading** takes longest, yet its wait is short.
2. **The signature** takes a minute and waits for days, so you begin there.
:::
"""
BIBLIOGRAPHY = """\
- id: R1
  title: A guide to looking at services
  publisher: Capacita
  year: 2026
  confirmed: true
"""
SINGLE = """\
  - key: {key}
    type: single
    outcome: plan-a-change
    sources: [R1]
    stem: A form waits {number} days for its third signature. What do you change first?
    options:
      - text: Who may sign when the third person is away
        right: true
        feedback: The form waits for a person, so somebody else must be allowed to sign. [@R1]
      - text: How many windows are open
        feedback: The window is not where the form waits. [@R1]
      - text: How quickly the form is read
        feedback: Reading is the shortest of the waits. [@R1]
      - text: Nothing, since {number} days are common
        feedback: What is common is not thereby short enough. [@R1]
"""
MULTIPLE = """\
  - key: {key}
    type: multiple
    outcome: name-the-parts
    sources: [R1]
    stem: Which two of these are parts of the service on floor {number}?
    options:
      - text: The people who read and sign
        right: true
        feedback: Without them no form moves. [@R1]
      - text: The rule that says who may sign
        right: true
        feedback: The rule decides how long a form waits. [@R1]
      - text: The weather on the day
        feedback: It changes the queue, and is no part of the service. [@R1]
"""
TRUE_FALSE = """\
  - key: {key}
    type: true-false
    outcome: judge-a-figure
    sources: [R1]
    stem: An average wait of {number} days says that nobody waits much longer.
    answer: false
    feedback:
      true: An average hides the longest waits. [@R1]
      false: The longest waits are hidden in an average, so they must be asked for. [@R1]
"""
MATCHING = """\
  - key: {key}
    type: matching
    outcome: name-the-parts
    sources: [R1]
    stem: Which part of the service does each of these {number} belong to?
    pairs:
      - left: The third person is on leave
        right: People
        feedback: Somebody is missing. [@R1]
      - left: Only the third person may sign
        right: Rules
        feedback: A rule keeps others from helping. [@R1]
      - left: The forms lie in one cupboard
        right: Tools
        feedback: A tool is out of reach. [@R1]
"""
# Ten questions of the kinds that real finals mix.
KINDS = (SINGLE, SINGLE, MULTIPLE, TRUE_FALSE, SINGLE, MATCHING, SINGLE, MULTIPLE, SINGLE, SINGLE)


def write_courses(folder: Path) -> Path:
    """Write what the bench publishes into a folder; the real courses are copied as they are."""
    for name in ("institutions.yaml", "recommendations", *REAL):
        source = ROOT / "courses" / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)
    write_course(folder / WIDE, "One service, seen from all sides", MODULES, LESSONS)
    write_course(folder / NARROW, "One service at a glance", 2, 3)
    write_course(folder / SHORT, "One service in an hour", 1, 2)
    return folder


def write_course(folder: Path, title: str, modules: int, lessons: int) -> None:
    """A course of modules with lessons, a quiz of ten in each, and a final of ten."""
    folder.mkdir()
    keys = ", ".join(f"part-{module}" for module in range(1, modules + 1))
    (folder / "course.yaml").write_text(COURSE.format(title=title, modules=keys, final=FINAL))
    (folder / "bibliography.yaml").write_text(BIBLIOGRAPHY)
    (folder / f"{FINAL}.yaml").write_text(_quiz("final", "Final assessment"))
    for module in range(1, modules + 1):
        for path, text in _module(module, lessons):
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)


def _module(number: int, lessons: int) -> Iterator[tuple[str, str]]:
    names = [lesson_key(number, lesson) for lesson in range(1, lessons + 1)]
    yield f"part-{number}/module.yaml", MODULE.format(number=number, lessons=", ".join(names))
    for place, name in enumerate(names, 1):
        body = "\n".join(_body(number * 10 + place))
        yield f"part-{number}/{name}.md", LESSON.format(number=number * 10 + place, body=body)
    yield f"part-{number}/quiz-{number}.yaml", _quiz(f"part-{number}", f"Quiz of part {number}")


def _body(number: int) -> Iterator[str]:
    """About 900 words, as the real lessons have."""
    yield PARAGRAPH.format(number=number)
    for part in (LIST, TABLE, BOX):
        yield PARAGRAPH.format(number=number + 1)
        yield part.format(number=number)
        yield PARAGRAPH.format(number=number + 2)
    for more in (3, 4, 5):
        yield PARAGRAPH.format(number=number + more)


def _quiz(prefix: str, title: str) -> str:
    head = f"title: {title}\npass_mark: 70\nattempts: unlimited\nitems:\n"
    items = (
        kind.format(key=f"{prefix}-{number}", number=number) for number, kind in enumerate(KINDS, 1)
    )
    return head + "".join(items)


def lesson_key(module: int, lesson: int) -> str:
    """The key of a lesson of the courses written here."""
    return f"look-{module}-{lesson}"
