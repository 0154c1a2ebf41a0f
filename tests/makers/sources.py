"""Sources: a small course that passes its check, to be changed file by file."""

from collections.abc import Mapping
from pathlib import Path

from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.compiled import CompiledCourse, CompiledText
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import CourseFiles, read_folder
from app.catalogue.findings import check_course
from tests.makers.languages import foreign_words

EXAMPLES = Path(__file__).parent.parent / "catalogue" / "compiling" / "examples"
RECOMMENDATIONS = frozenset({"LL1", "AC2c", "HR1"})
LESSON, QUIZ = "first-module/first-lesson.md", "first-module/first-quiz.yaml"
SCENARIO = "first-module/a-scenario.yaml"


def example(name: str) -> CourseFiles:
    """An example course as it lies in its folder."""
    faults = Faults()
    source = read_folder(EXAMPLES / name, faults)
    assert not faults.in_order()
    return source


def make_source(**changes: str | bytes | None) -> CourseFiles:
    """The minimal course with these files in place of its own; none takes a file away.

    `lesson` and `quiz` stand for its one lesson and quiz; other names are paths, passed as `**{}`.
    """
    files = dict(example("minimal").files)
    for name, content in changes.items():
        path = {"lesson": LESSON, "quiz": QUIZ}.get(name, name)
        if content is None:
            del files[path]
        else:
            files[path] = content.encode() if isinstance(content, str) else content
    return CourseFiles("first-course", files)


def lesson_saying(body: str, title: str = "A lesson") -> str:
    """A lesson file with this Markdown after an opening paragraph."""
    return (
        f"---\ntitle: {title}\nrecommendation: LL1\noutcomes: [name-the-parts]\n---\n"
        f"The opening [@R1].\n\n{body}\n"
    )


def scenario_of(ways: Mapping[str, Mapping[str, str] | str], start: str = "") -> str:
    """A scenario's file: each step's choices with where they lead, or the word of its ending."""
    written = [
        "title: A scenario\noutcomes: [name-the-parts]\nsources: [R1]\nrole: You are a clerk.",
        f"start: {start or next(iter(ways))}\nsteps:",
    ]
    for step, way in ways.items():
        written.append(f"  - key: {step}\n    text: This is {step}.")
        if isinstance(way, str):
            written.append(f"    ending: {way}")
            continue
        written.append("    choices:" if way else "    choices: []")
        for choice, to in way.items():
            written.append(f"      - key: {choice}\n        text: Do {choice}.")
            written.append(f"        feedback: So it goes after {choice}.\n        to: {to}")
    return "\n".join(written) + "\n"


def with_scenario(text: str) -> CourseFiles:
    """The minimal course with this scenario in its module."""
    module = example("minimal").files["first-module/module.yaml"].decode()
    named = module.replace("quiz:", "scenarios: [a-scenario]\nquiz:")
    return make_source(**{"first-module/module.yaml": named, SCENARIO: text})


def edited(path: str, old: str, new: str, name: str = "minimal") -> CourseFiles:
    """An example course with one piece of one file written anew."""
    files = dict(example(name).files)
    text = files[path].decode()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    return CourseFiles(name, files | {path: text.replace(old, new).encode()})


def compiled(source: CourseFiles) -> CompiledCourse:
    return compile_course(source, RECOMMENDATIONS)


def faults_of(source: CourseFiles) -> list[str]:
    """Every grave fault as the command prints it."""
    return [fault.shown() for fault in _found(source) if fault.is_grave]


def remarks_of(source: CourseFiles) -> list[str]:
    return [fault.shown() for fault in _found(source) if not fault.is_grave]


def _found(source: CourseFiles) -> tuple[Fault, ...]:
    """What the check finds; each finding of any test must be said in every language."""
    found = check_course(source, RECOMMENDATIONS)
    foreign = {fault.shown(): words for fault in found if (words := foreign_words(fault))}
    assert foreign == {}
    return found


def text_of(course: CompiledCourse, owner: str, language: str = "en") -> CompiledText:
    """What an owner says in a language."""
    (found,) = (t for t in course.texts if (t.owner_key, t.language) == (owner, language))
    return found


def html_of(body: str, **files: str | bytes) -> str:
    """The HTML of a lesson with this body, after its opening and before its sources."""
    course = compiled(make_source(lesson=lesson_saying(body), **files))
    html = text_of(course, "lesson/first-lesson").html
    return html.partition("</p>")[2].rpartition('<section class="sources"')[0]
