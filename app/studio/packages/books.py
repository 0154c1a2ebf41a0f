"""Books: a compiled course in one language as something to take along, before it has a form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from markupsafe import Markup, escape

from app.catalogue.acknowledgements import acknowledgements_in
from app.catalogue.compiling.compiled import CompiledActivity, CompiledCourse, with_originals
from app.catalogue.compiling.readings import direction_of
from app.catalogue.editions import asks_for_something
from app.catalogue.licences import Licence, licence_called
from app.foundation.fragments import tree_of
from app.i18n.catalogues import translations_for
from app.i18n.marking import N_
from app.learning.rules import part_of
from app.studio.packages.practices import practice_of
from app.studio.packages.scenes import Scene, scenes_of

NOTHING = Markup("")
# What waits on the platform, by whether the course gives a certificate and keeps quizzes there.
WAITS = {
    (True, True): N_(
        "Quizzes that count and the certificate wait on the platform. "
        "All else is here and needs no network."
    ),
    (True, False): N_(
        "The certificate waits on the platform. All else is here and needs no network."
    ),
    (False, True): N_(
        "Graded quizzes wait on the platform. All else is here and needs no network."
    ),
    (False, False): N_("All of the course is here and needs no network."),
}
COUNTED = N_(
    "They count for your certificate, so they are asked on the platform only. "
    "The recall questions in the lessons prepare you for them."
)
GRADED = N_(
    "They are graded, so they are asked on the platform only. "
    "The recall questions in the lessons prepare you for them."
)


class Imprint(NamedTuple):
    """What a course does not say of itself: its version, that day, its owners and its address."""

    version: int
    day: date
    owners: tuple[str, ...]
    address: str


class Entry(NamedTuple):
    """A term or a source: its name in addresses, its words to sort by, and its HTML."""

    id: str
    words: str
    html: Markup


class Leaf(NamedTuple):
    """A lesson, scenario or quiz; `name` is its own in addresses, `number` such as "1.2" or empty.

    `html` is a lesson's text or the questions of a quiz for practice; a quiz that counts has none:
    its `asked` questions are asked where they are graded, and `because` says why.
    """

    kind: str
    key: str
    name: str
    number: str
    title: Markup
    words: str
    minutes: int
    html: Markup = NOTHING
    scenes: tuple[Scene, ...] = ()
    role: Markup = NOTHING
    sources: tuple[Entry, ...] = ()
    asked: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A module with what a learner can do after it."""

    number: int
    key: str
    title: Markup
    words: str
    minutes: int
    outcomes: tuple[Markup, ...]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A whole course in one language; `words` are its title as plain text.

    `licence` is the short name of its licence, `earlier` says what it was made from, `media` are the
    files that its texts show, by name.
    """

    slug: str
    language: str
    imprint: Imprint
    words: str
    title: Markup
    summary: str
    purpose: Markup
    licence: str
    earlier: tuple[Markup, ...]
    minutes: int
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    checked: str
    outcomes: tuple[Markup, ...]
    parts: tuple[Part, ...]
    final: Leaf | None
    gives_certificate: bool
    terms: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    media: Mapping[str, bytes] = field(repr=False)

    @property
    def licensed(self) -> Licence:
        """Its licence with the name that people read, and the address of its text."""
        return licence_called(self.licence)

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf in the order of the course."""
        inside = tuple(leaf for part in self.parts for leaf in part.leaves)
        return (*inside, self.final) if self.final else inside

    @property
    def waits(self) -> str:
        """What of the course is on the platform alone, as a message."""
        return WAITS[self.gives_certificate, any(leaf.because for leaf in self.leaves)]


def book_of(course: CompiledCourse, language: str, imprint: Imprint) -> Book:
    """The course in the language, or in its own where it does not speak that one."""
    spoken = language if language in course.facts["languages"] else course.source_language
    return _Binding(course, spoken, imprint).book()


class _Binding:
    """A course while its texts are put together."""

    def __init__(self, course: CompiledCourse, language: str, imprint: Imprint) -> None:
        self.course, self.language, self.imprint = course, language, imprint
        self.texts = {
            text.owner_key: text
            for wanted in (course.source_language, language)
            for text in course.texts
            if text.language == wanted
        }
        self.say = translations_for(language).gettext
        self.definitions = {item.hash: item for item in course.items}
        self.terms: dict[str, Entry] = {}
        self.sources: dict[str, Entry] = {}

    def book(self) -> Book:
        course, about = self.course, self.texts["course"]
        parts = tuple(self._parts())
        final = next((self._leaf(a, 0, 0) for a in course.activities if a.module_key is None), None)
        return Book(
            slug=course.slug,
            language=self.language,
            imprint=self.imprint,
            words=about.title,
            title=self._said("course", "title"),
            summary=about.parts["summary"],
            purpose=self._said("course", "purpose"),
            licence=course.licence,
            earlier=acknowledgements_in(course.facts, self.language),
            minutes=course.minutes,
            authors=tuple(course.facts["authors"]),
            reviewers=tuple(course.facts["reviewers"]),
            checked=course.facts["facts_checked"] or "",
            outcomes=tuple(self._said(f"outcome/{each.key}") for each in course.outcomes),
            parts=parts,
            final=final,
            gives_certificate=asks_for_something(course.rule),
            terms=tuple(sorted(self.terms.values(), key=lambda each: each.words.casefold())),
            sources=tuple(sorted(self.sources.values(), key=_in_order)),
            media={
                file.path.removeprefix("media/"): file.bytes
                for file in course.files
                if file.path.startswith("media/")
            },
        )

    def _parts(self) -> Iterator[Part]:
        for module in self.course.modules:
            inside = [a for a in self.course.activities if a.module_key == module.key]
            lessons, leaves = 0, []
            for activity in inside:
                lessons += activity.kind == "lesson"
                leaves.append(self._leaf(activity, module.position, lessons))
            owner = f"module/{module.key}"
            yield Part(
                number=module.position,
                key=module.key,
                title=self._said(owner),
                words=self.texts[owner].title,
                minutes=module.minutes,
                outcomes=tuple(self._said(f"outcome/{key}") for key in module.outcome_keys),
                leaves=tuple(leaves),
            )

    def _leaf(self, activity: CompiledActivity, module: int, number: int) -> Leaf:
        owner = f"{activity.kind}/{activity.key}"
        leaf = Leaf(
            kind=activity.kind,
            key=activity.key,
            name=f"{activity.kind}-{activity.key}",
            number=f"{module}.{number}" if activity.kind == "lesson" else "",
            title=self._said(owner),
            words=self.texts[owner].title,
            minutes=activity.minutes,
        )
        more = {"lesson": self._lesson, "scenario": self._scenario, "quiz": self._quiz}
        return more[activity.kind](leaf, activity)

    def _lesson(self, leaf: Leaf, activity: CompiledActivity) -> Leaf:
        html = with_originals(self.texts[f"lesson/{activity.key}"].html)
        self._gather(html)
        return leaf._replace(html=_safe(html))

    def _scenario(self, leaf: Leaf, activity: CompiledActivity) -> Leaf:
        parts = self.texts[f"scenario/{activity.key}"].parts
        return leaf._replace(
            scenes=scenes_of(activity.settings, parts),
            role=_safe(parts["role"]),
            sources=self._noted(parts["sources"]),
        )

    def _quiz(self, leaf: Leaf, activity: CompiledActivity) -> Leaf:
        """One that the course can be completed without is for practice, and comes along."""
        if activity.required or activity.settings.get("final"):
            count = activity.settings["draw"] or activity.settings["item_count"]
            part = part_of("quiz", is_final=activity.settings["final"])
            is_asked = activity.required and self.course.rule[part] != "none"
            return leaf._replace(asked=count, because=COUNTED if is_asked else GRADED)
        places = [each for each in self.course.quiz_items if each.activity_key == activity.key]
        written, cited = [], []
        for place in sorted(places, key=lambda each: each.position):
            parts = self.texts[f"item/{place.item_key}"].parts
            item = self.definitions[place.item_hash]
            written.append(practice_of(place.item_key, item.definition, parts, self.say))
            cited += [each for each in parts["sources"] if each not in cited]
        html = Markup("").join(written)
        return leaf._replace(html=html, asked=len(places), sources=self._noted(cited))

    def _said(self, owner: str, part: str = "title") -> Markup:
        text = self.texts[owner]
        words = text.title if part == "title" else text.parts[part]
        if part not in text.parts["untranslated"] or self.language == self.course.source_language:
            return escape(words)
        source = self.course.source_language
        return Markup('<span lang="{}" dir="{}">{}</span>').format(
            source, direction_of(source), words
        )

    def _noted(self, cited: list[dict[str, str]]) -> tuple[Entry, ...]:
        entries = tuple(Entry(each["id"], each["id"], _safe(each["html"])) for each in cited)
        self.sources |= {each.id: each for each in entries if each.id not in self.sources}
        return entries

    def _gather(self, html: str) -> None:
        """Note the terms that a lesson explains and the sources that it lists."""
        for each in tree_of(html).elements:
            if "aside" in each.classes:
                words = next((e.text() for e in each.elements if e.tag == "dfn"), "")
                entry = Entry(each.marks["id"], words, _safe(each.inner_html()))
                self.terms.setdefault(entry.id, entry)
            elif "sources" in each.classes:
                (listed,) = [e for e in each.elements if e.tag == "dl"]
                for name, said in zip(listed.elements[::2], listed.elements[1::2], strict=True):
                    key = name.marks["id"]
                    self.sources.setdefault(key, Entry(key, key, _safe(said.inner_html())))


def _in_order(entry: Entry) -> tuple[str, int]:
    letters = entry.id.rstrip("0123456789")
    return letters, int(entry.id[len(letters) :] or 0)


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - sanitised by the compiler
