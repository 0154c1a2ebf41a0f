"""Manuscripts: a course's whole source, read and declared but not yet rendered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_it.tree import SyntaxTreeNode

from app.catalogue.compiling.declarations import (
    Bibliography,
    CourseDeclaration,
    Glossary,
    LessonHead,
    ModuleDeclaration,
    QuizDeclaration,
    RecallSet,
    Reference,
    ScenarioDeclaration,
    Term,
)
from app.catalogue.compiling.decodings import decoded
from app.catalogue.compiling.documents import Document, read_document
from app.catalogue.compiling.explanations import declared
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import CourseFiles, checked_files
from app.catalogue.compiling.grammars import crowd_in, lesson_tree
from app.catalogue.compiling.media import MediaFile, read_media
from app.catalogue.compiling.readings import Block
from app.catalogue.compiling.translations import Kept, read_catalogue
from app.i18n.sayings import saying

_FRONT = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
DEPTH_LIMIT = 12
_PARTS = ("course", "bibliography", "glossary")
_OF_SCENARIOS = ("steps", "start", "role")


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """A module's folder with what its module.yaml declares."""

    key: str
    declaration: ModuleDeclaration
    document: Document


@dataclass(frozen=True, slots=True)
class RecallSource:
    """A recall set; `line` is where its fence begins in the lesson's body, from 0."""

    line: int
    items: RecallSet
    document: Document


@dataclass(frozen=True, slots=True)
class LessonSource:
    """A lesson's head and blocks; `body_line` is the line before its body's first."""

    key: str
    folder: str
    path: str
    head: LessonHead
    document: Document
    body: tuple[str, ...]
    body_line: int
    tree: SyntaxTreeNode
    recalls: Mapping[int, RecallSource]


@dataclass(frozen=True, slots=True)
class QuizSource:
    """A quiz; the final assessment has an empty folder."""

    key: str
    folder: str
    path: str
    declaration: QuizDeclaration
    document: Document


@dataclass(frozen=True, slots=True)
class ScenarioSource:
    """A branching scenario of a module."""

    key: str
    folder: str
    path: str
    declaration: ScenarioDeclaration
    document: Document


@dataclass(slots=True)
class Manuscript:
    """Everything that could be read of a course; what could not is missing here and a fault."""

    slug: str
    files: dict[str, bytes]
    course: CourseDeclaration | None = None
    course_document: Document | None = None
    modules: dict[str, ModuleSource] = field(default_factory=dict)
    lessons: dict[str, LessonSource] = field(default_factory=dict)
    quizzes: dict[str, QuizSource] = field(default_factory=dict)
    scenarios: dict[str, ScenarioSource] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    references_document: Document | None = None
    terms: dict[str, Term] = field(default_factory=dict)
    term_lines: dict[str, int] = field(default_factory=dict)
    media: dict[str, MediaFile] = field(default_factory=dict)
    catalogues: dict[str, dict[Block, Kept]] = field(default_factory=dict)
    # Every activity key that has a file, even one that could not be read.
    activity_paths: dict[str, list[str]] = field(default_factory=dict)

    def is_unread(self, part: str) -> bool:
        """Whether some files of this part are there and could not be read.

        What refers to them is no fault then: it would hide the fault that stands behind it.
        """
        if part == "quizzes":
            paths = sum(each.endswith(".yaml") for p in self.activity_paths.values() for each in p)
            return len(self.quizzes) + len(self.scenarios) < paths
        if part == "modules":
            return len(self.modules) < sum(path.endswith("/module.yaml") for path in self.files)
        known = self.references if part == "bibliography" else self.terms
        return f"{part}.yaml" in self.files and not known


def read_manuscript(source: CourseFiles, faults: Faults) -> Manuscript:
    """The course's source, with a fault for everything in it that cannot be read."""
    kept = checked_files(source, faults)
    manuscript = Manuscript(kept.slug, dict(kept.files))
    manuscript.media = read_media(kept.files, faults)
    if "course.yaml" not in kept.files:
        faults.add(
            "course.yaml", 1, saying("the file is missing"), saying("write it as the guide shows")
        )
    for path, content in sorted(kept.files.items()):
        if path.startswith("media/"):
            continue
        text = decoded(path, content, faults)
        if text is not None:
            _read_file(manuscript, path, text, faults)
    _put_in_order(manuscript)
    return manuscript


def _put_in_order(manuscript: Manuscript) -> None:
    """Put modules, lessons, scenarios and quizzes in the order in which the course names them."""
    modules = list(manuscript.course.modules if manuscript.course else ())
    keys = [*modules]
    for module in (manuscript.modules.get(key) for key in modules):
        if module:
            said = module.declaration
            keys += [*said.lessons, *said.scenarios, said.quiz or ""]
    ranks = {key: rank for rank, key in enumerate(keys)}

    def rank(entry: tuple[str, object]) -> int:
        return ranks.get(entry[0], len(ranks))

    manuscript.modules = dict(sorted(manuscript.modules.items(), key=rank))
    manuscript.lessons = dict(sorted(manuscript.lessons.items(), key=rank))
    manuscript.scenarios = dict(sorted(manuscript.scenarios.items(), key=rank))
    manuscript.quizzes = dict(sorted(manuscript.quizzes.items(), key=rank))


def split_lesson(text: str) -> tuple[str, str] | None:
    """The head between its lines of hyphens, and the body; none when there is no head."""
    found = _FRONT.match(text)
    return (found[1], text[found.end() :]) if found else None


def _read_file(manuscript: Manuscript, path: str, text: str, faults: Faults) -> None:
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    if folder == "translations":
        manuscript.catalogues[stem] = read_catalogue(path, text, faults)
    elif ending == "md":
        _note_activity(manuscript, stem, path)
        _read_lesson(manuscript, folder, stem, text, faults)
    elif not folder and stem in _PARTS:
        _read_part(manuscript, stem, path, text, faults)
    elif folder and stem == "module":
        document = read_document(path, text, faults)
        module = document and declared(ModuleDeclaration, document, faults)
        if document and module:
            manuscript.modules[folder] = ModuleSource(folder, module, document)
    else:
        _note_activity(manuscript, stem, path)
        _read_activity(manuscript, path, text, faults)


def activity_model(document: Document) -> type[QuizDeclaration] | type[ScenarioDeclaration]:
    """What the file of an activity declares: a scenario when it has a scenario's fields."""
    is_quiz = document.root.under("items") is not None
    is_scenario = any(document.root.under(name) for name in _OF_SCENARIOS)
    return ScenarioDeclaration if is_scenario and not is_quiz else QuizDeclaration


def _read_activity(manuscript: Manuscript, path: str, text: str, faults: Faults) -> None:
    folder, _, name = path.rpartition("/")
    key, document = name.removesuffix(".yaml"), read_document(path, text, faults)
    if document is None:
        return
    if activity_model(document) is ScenarioDeclaration:
        scenario = declared(ScenarioDeclaration, document, faults)
        if scenario:
            manuscript.scenarios[key] = ScenarioSource(key, folder, path, scenario, document)
        return
    quiz = declared(QuizDeclaration, document, faults)
    if quiz:
        manuscript.quizzes[key] = QuizSource(key, folder, path, quiz, document)


def _note_activity(manuscript: Manuscript, key: str, path: str) -> None:
    manuscript.activity_paths.setdefault(key, []).append(path)


def _read_part(manuscript: Manuscript, stem: str, path: str, text: str, faults: Faults) -> None:
    document = read_document(path, text, faults)
    if document is None:
        return
    if stem == "course":
        manuscript.course = declared(CourseDeclaration, document, faults)
        manuscript.course_document = document
    elif stem == "bibliography":
        manuscript.references_document = document
        bibliography = declared(Bibliography, document, faults)
        for number, each in enumerate(bibliography.root if bibliography else ()):
            if each.id in manuscript.references:
                twice = saying("`%(key)s` stands twice", key=each.id)
                faults.add(path, document.line(number, "id"), twice, saying("keep one"))
            manuscript.references[each.id] = each
    else:
        glossary = declared(Glossary, document, faults)
        for number, term in enumerate(glossary.root if glossary else ()):
            folded = term.term.casefold()
            if folded in manuscript.terms:
                twice = saying("`%(key)s` stands twice", key=term.term)
                faults.add(path, document.line(number), twice, saying("keep one"))
            manuscript.terms[folded] = term
            manuscript.term_lines[folded] = document.line(number, "definition")


def _read_lesson(manuscript: Manuscript, folder: str, key: str, text: str, faults: Faults) -> None:
    path = f"{folder}/{key}.md"
    parts = split_lesson(text)
    if parts is None:
        faults.add(
            path,
            1,
            saying("the lesson has no head"),
            saying("begin with a line `---`, fields, and `---`"),
        )
        return
    document = read_document(path, parts[0], faults, first_line=2)
    head = document and declared(LessonHead, document, faults)
    body_line = parts[0].count("\n") + 2
    crowd = crowd_in(parts[1])
    if crowd:
        faults.add(path, body_line, *crowd)
        return
    tree = lesson_tree(parts[1])
    _refuse_depth(path, tree, body_line, faults)
    recalls = _read_recalls(path, tree, body_line, faults)
    if document and head:
        manuscript.lessons[key] = LessonSource(
            key, folder, path, head, document, tuple(parts[1].split("\n")), body_line, tree, recalls
        )


def _refuse_depth(path: str, tree: SyntaxTreeNode, body_line: int, faults: Faults) -> None:
    """The parser leaves out what lies deeper than it goes, so that it must not come to that."""
    for node in tree.walk():
        if not node.is_root and node.level >= DEPTH_LIMIT and node.map is not None:
            line = body_line + node.map[0] + 1
            faults.add(
                path,
                line,
                saying("lists or quotations lie too deep in each other"),
                saying("nest them less"),
            )
            return


def _read_recalls(
    path: str, tree: SyntaxTreeNode, body_line: int, faults: Faults
) -> dict[int, RecallSource]:
    recalls = {}
    for node in tree.walk():
        if node.type != "fence" or node.info.strip() != "recall" or node.map is None:
            continue
        first = body_line + node.map[0] + 2
        document = read_document(path, node.content, faults, first_line=first)
        items = document and declared(RecallSet, document, faults)
        if document and items:
            recalls[node.map[0]] = RecallSource(node.map[0], items, document)
    return recalls
