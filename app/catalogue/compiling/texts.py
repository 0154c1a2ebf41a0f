"""Texts: every owner's words in one language, with the measures that follow from them."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from app.catalogue.compiling.boxes import WRITERS
from app.catalogue.compiling.compiled import CompiledEntry, CompiledText
from app.catalogue.compiling.declarations import CourseDeclaration
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.item_texts import ItemWriter
from app.catalogue.compiling.lines import LineWriter, Surroundings, Where, plain
from app.catalogue.compiling.manuscripts import (
    LessonSource,
    Manuscript,
    QuizSource,
    ScenarioSource,
)
from app.catalogue.compiling.pages import Page, reference_html
from app.catalogue.compiling.readings import Reading, Said
from app.catalogue.compiling.renditions import weight_of
from app.catalogue.compiling.sanitisers import sanitised
from app.catalogue.compiling.scenario_texts import ScenarioWriter
from app.i18n.sayings import saying

LESSON_BUDGET = 12_000
LONGEST_KEY = 140


@dataclass(frozen=True, slots=True)
class LessonMeasure:
    """What a lesson's minutes and bytes are made from; `bytes` is its HTML packed, and pictures."""

    words: int
    tries: int
    recall_items: int
    bytes: int


@dataclass(slots=True)
class Texts:
    """All texts of a course in one language."""

    texts: list[CompiledText] = field(default_factory=list)
    entries: list[CompiledEntry] = field(default_factory=list)
    lessons: dict[str, LessonMeasure] = field(default_factory=dict)
    quiz_bytes: dict[str, int] = field(default_factory=dict)
    scenario_bytes: dict[str, int] = field(default_factory=dict)
    used_media: set[str] = field(default_factory=set)
    cited: set[str] = field(default_factory=set)


class TextWriter:
    """Writes a course's texts in one language."""

    def __init__(self, manuscript: Manuscript, reading: Reading, faults: Faults) -> None:
        self.manuscript, self.reading, self.faults = manuscript, reading, faults
        self.around = Surroundings(
            manuscript.references,
            manuscript.terms,
            manuscript.term_lines,
            [key for key, paths in manuscript.activity_paths.items() if paths[0].endswith(".md")],
            [part for part in ("bibliography", "glossary") if manuscript.is_unread(part)],
        )
        self.written = Texts()
        self._outcomes: dict[str, Said] = {}
        self._explained: set[str] = set()

    def all(self) -> Texts:
        """Every text; what could not be read has none."""
        if self.manuscript.course:
            self._write_course(self.manuscript.course)
        if self.reading.is_original:
            self._check_terms()
        for number, key in enumerate(self.manuscript.modules, 1):
            self._write_module(key, number)
        for lesson in self.manuscript.lessons.values():
            self._write_lesson(lesson)
        for scenario in self.manuscript.scenarios.values():
            self._write_scenario(scenario)
        for quiz in self.manuscript.quizzes.values():
            self._write_quiz(quiz)
        return self.written

    def _write_course(self, course: CourseDeclaration) -> None:
        said = {
            name: self.reading.says("course", getattr(course, name))
            for name in ("title", "summary", "purpose")
        }
        where_untranslated = [name for name, each in said.items() if each.is_source]
        purpose = said["purpose"]
        self._add(
            "course",
            said["title"].text,
            html=sanitised(f"<p{purpose.marks}>{_escaped(purpose.text)}</p>"),
            parts={
                "summary": said["summary"].text,
                "purpose": purpose.text,
                "untranslated": where_untranslated,
            },
        )
        self._outcomes = {
            each.key: self._write_titled(f"outcome/{each.key}", each.text)
            for each in course.outcomes
        }
        words = [("", said["summary"]), ("", purpose)]
        words += [("outcomes", each) for each in self._outcomes.values()]
        self._add_entry("course", said["title"], "", own_words(words))

    def _check_terms(self) -> None:
        """Write every definition once, so that one which no lesson shows yet has no fault either."""
        writer = LineWriter(self.around, self.faults, shows_sources=True, allows_terms=False)
        for folded, term in self.manuscript.terms.items():
            where = Where("glossary.yaml", self.manuscript.term_lines[folded])
            writer.html(Said(term.definition, self.reading.language), where)
            for source in term.sources:
                writer.cite(source, where)

    def _write_module(self, key: str, number: int) -> None:
        declared = self.manuscript.modules[key].declaration
        title = self._write_titled(f"module/{key}", declared.title)
        place = f"module-{number}"
        words = [
            (place, said) for name, said in self._outcomes.items() if name in declared.outcomes
        ]
        self._add_entry(f"module/{key}", title, place, own_words(words))

    def _write_titled(self, owner: str, text: str) -> Said:
        title = self.reading.says(owner, text)
        self._add(owner, title.text, parts={"untranslated": ["title"] if title.is_source else []})
        return title

    def _write_lesson(self, lesson: LessonSource) -> None:
        owner = f"lesson/{lesson.key}"
        title = self.reading.says(owner, lesson.head.title)
        page = Page(
            lesson,
            self.around,
            self.manuscript.media,
            reading=self.reading,
            faults=self.faults,
            writers=WRITERS,
        )
        html = sanitised(page.html())
        terms = list(page.explained_terms())
        self._add(
            owner,
            title.text,
            html=html,
            parts={
                "recommendation": lesson.head.recommendation,
                "outcomes": list(lesson.head.outcomes),
                "words": page.words,
                "headings": page.headings,
                "untranslated": ["title"] if title.is_source else [],
            },
        )
        self._add_entry(owner, title, lesson.key, page.spoken_blocks(html))
        for name, term, meaning in terms:
            if name not in self._explained:
                self._explained.add(name)
                words = own_words([(name, meaning)])
                self._add_entry(f"term/{name}"[:LONGEST_KEY], term, lesson.key, words)
        weight = packed(html)
        if weight > LESSON_BUDGET and self.reading.is_original:
            what = saying(
                "the lesson weighs %(size)s KB packed, over its budget of 12 KB",
                size=f"{weight / 1000:.0f}",
            )
            self.faults.remark(lesson.path, 1, what, saying("split it, or simplify its drawings"))
        self.written.used_media |= page.used
        self.written.cited |= set(page.lines.cited)
        self.written.lessons[lesson.key] = LessonMeasure(
            page.words,
            page.counts["try"],
            page.counts["recall item"],
            weight + sum(weight_of(picture) for picture in page.pictures.values()),
        )

    def _write_scenario(self, scenario: ScenarioSource) -> None:
        owner, declared = f"scenario/{scenario.key}", scenario.declaration
        title = self.reading.says(owner, declared.title)
        writer = ScenarioWriter(scenario, self.reading, self.around, self.faults)
        parts = writer.parts()
        parts["sources"] = self._sources([*declared.sources, *writer.cited])
        parts["untranslated"] = ["title"] if title.is_source else []
        role = self.reading.says(owner, declared.role)
        self._add(owner, title.text, parts=parts)
        self._add_entry(owner, title, scenario.key, own_words([("", role)]))
        weight = packed(json.dumps(parts, ensure_ascii=False))
        self.written.scenario_bytes[scenario.key] = weight

    def _write_quiz(self, quiz: QuizSource) -> None:
        self._write_titled(f"quiz/{quiz.key}", quiz.declaration.title)
        shown: list[dict[str, Any]] = []
        for number, item in enumerate(quiz.declaration.items):
            lines = LineWriter(self.around, self.faults, shows_sources=False, allows_terms=False)
            parts = ItemWriter(self.reading, lines).parts(item, quiz.document, "items", number)
            parts["sources"] = self._sources([*item.sources, *lines.cited])
            html = sanitised(f"{parts['lead']}<p>{parts['stem']}</p>")
            self._add(f"item/{item.key}", "", html=html, parts=parts)
            shown.append(parts)
        self.written.quiz_bytes[quiz.key] = packed(json.dumps(shown, ensure_ascii=False))

    def _sources(self, cited: list[str]) -> list[dict[str, str]]:
        self.written.cited |= set(cited)
        return [
            {"id": each, "html": sanitised(reference_html(self.around, each))}
            for each in dict.fromkeys(cited)
            if each in self.around.references
        ]

    def _add(self, owner: str, title: str, *, parts: dict[str, Any], html: str = "") -> None:
        fresh, stale = self.reading.counted()
        self.written.texts.append(
            CompiledText(owner, self.reading.language, title, html, parts, fresh, stale)
        )

    def _add_entry(self, owner: str, title: Said, place: str, words: list[tuple[str, str]]) -> None:
        """What is not translated is found in the language it is shown in."""
        if title.is_source and not words:
            return
        language = self.reading.language
        entry = CompiledEntry(owner, language, plain(title.text), place, tuple(words))
        self.written.entries.append(entry)


def own_words(said: list[tuple[str, Said]]) -> list[tuple[str, str]]:
    """The texts that are in the reading's own language, as plain text, each with its place."""
    return [(place, plain(each.text)) for place, each in said if not each.is_source]


def packed(text: str) -> int:
    """How many bytes the text has once packed with gzip."""
    return len(gzip.compress(text.encode(), mtime=0))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
