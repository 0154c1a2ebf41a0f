"""Handbooks: a course as one tagged PDF (PDF/UA-1), the same bytes from the same book."""

from collections.abc import Iterable, Iterator

from app.catalogue.compendia import answers_taken_from
from app.catalogue.compiling import phrases
from app.foundation.fragments import tree_of
from app.i18n.catalogues import translations_for
from app.i18n.languages import comma_of
from app.i18n.marking import N_
from app.i18n.phrases import phrases_of
from app.studio.packages.books import Book, Entry, Leaf, Part
from app.studio.packages.pieces import Line, Piece, Setting
from app.studio.packages.presses import cover_of, handbook_pages
from app.studio.packages.scenes import Scene

LESSON = N_("Lesson %(number)s")


def handbook_of(book: Book) -> bytes:
    """The whole handbook; raises GlyphsMissing when a character has no glyph here."""
    return handbook_pages(_Handbook(book).sheet())


class _Handbook:
    """A book while its sheet is put together."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.words, self.phrases = translations_for(book.language), phrases_of(book.language)
        self.say = self.words.gettext
        self.setting = Setting(frozenset(self._labels()), book.media)
        self.answers: list[Piece] = []

    def _labels(self) -> Iterator[str]:
        yield from (leaf.name for leaf in self.book.leaves)
        yield from (term.id for term in self.book.terms)
        yield from (f"source-{source.id}" for source in self.book.sources)

    def sheet(self) -> dict[str, object]:
        book, say, line = self.book, self.say, self.setting.line
        day = book.imprint.day
        return {
            "cover": cover_of(book),
            "title": book.words,
            "author": ", ".join(book.authors),
            "day": {"year": day.year, "month": day.month, "day": day.day},
            "lang": book.language.partition("-")[0],
            "dir": book.direction,
            "words": {
                "contents": say("Contents"),
                "about": say("About this course"),
                "outcomes": say("What you will be able to do"),
                "then": say("You can then:"),
                "answers": say("Answers to the recall questions"),
                "terms": say("Terms of this course"),
                "sources": say("Sources of this course"),
                "choose": say("What do you do?"),
                "after": say("What happens then"),
                "situation": say("The situation"),
            },
            "purpose": line(book.purpose),
            "outcomes": [line(each) for each in book.outcomes],
            "facts": [[name, line(said)] for name, said in self._facts()],
            "foot": " · ".join(
                [*book.imprint.owners, book.licensed.name]
                + [each.striptags() for each in book.earlier]
            ),
            "note": say(book.waits),
            "parts": [self._part(part) for part in book.parts],
            "final": self._leaf(book.final) if book.final else None,
            "answers": self.answers,
            "terms": self._entries(book.terms, ""),
            "sources": self._entries(book.sources, "source-"),
        }

    def _facts(self) -> Iterator[tuple[str, str]]:
        book, say = self.book, self.say
        comma = comma_of(book.language)
        owners, authors = comma.join(book.imprint.owners), comma.join(book.authors)
        reviewers = comma.join(book.reviewers) or say("no expert from outside yet")
        version = say("%(number)s, of %(day)s") % {
            "number": book.imprint.version,
            "day": self.phrases.day(book.imprint.day),
        }
        yield from ((self.words.pgettext("course", "By"), owners),) if owners else ()
        yield say("Authors"), authors
        yield say("Reviewers"), reviewers
        yield say("Version"), version
        licence = book.licensed
        linked = f'<a href="{licence.address}">{licence.name}</a>'
        yield say("Licence"), linked if licence.address else licence.name
        yield from ((say("Origin"), earlier) for earlier in book.earlier)
        if book.imprint.address:
            address = book.imprint.address
            yield say("On the platform"), f'<a href="{address}">{address}</a>'

    def _part(self, part: Part) -> dict[str, object]:
        kind = self.say("Module %(number)s") % {"number": part.number}
        return {
            "kind": f"{kind} · {self.phrases.minutes(part.minutes)}",
            "short": kind,
            "title": self.setting.line(part.title),
            "outcomes": [self.setting.line(each) for each in part.outcomes],
            "leaves": [self._leaf(leaf) for leaf in part.leaves],
        }

    def _leaf(self, leaf: Leaf) -> dict[str, object]:
        time = self.phrases.minutes(leaf.minutes)
        return {
            "kind": leaf.kind,
            "label": leaf.name,
            "kicker": f"{self._kind(leaf)} · {time}",
            "number": leaf.number,
            "title": self.setting.line(leaf.title),
            "blocks": self._blocks(leaf),
            "scenes": [self._scene(leaf, scene) for scene in leaf.scenes],
        }

    def _kind(self, leaf: Leaf) -> str:
        if leaf.kind == "scenario":
            return self.say("Scenario")
        if leaf.kind == "quiz":
            return self.say("Final assessment" if leaf is self.book.final else "Module quiz")
        return self.say(LESSON) % {"number": leaf.number}

    def _blocks(self, leaf: Leaf) -> list[Piece]:
        if leaf.kind == "scenario":
            return [{"k": "opening", "c": self.setting.line(leaf.role)}]
        if leaf.kind == "quiz" and not leaf.html:
            return self._sent_away(leaf)
        root = tree_of(leaf.html)
        answers = tuple(answers_taken_from(root, self.say(phrases.RIGHT)))
        if answers:
            items = [[each.number, self.setting.blocks(each.html)] for each in answers]
            title = self.setting.line(leaf.title)
            self.answers.append({"number": leaf.number, "title": title, "items": items})
        return self.setting.children(root)

    def _sent_away(self, leaf: Leaf) -> list[Piece]:
        count = self.words.ngettext("%(num)d question.", "%(num)d questions.", leaf.asked)
        line: Line = [f"{count % {'num': leaf.asked}} {self.say(leaf.because)} "]
        if self.book.imprint.address:
            to = f"{self.book.imprint.address}/quizzes/{leaf.key}"
            line.append({"k": "link", "to": to, "c": [self.say("Take it on the platform")]})
        return [{"k": "p", "c": line}]

    def _scene(self, leaf: Leaf, scene: Scene) -> dict[str, object]:
        line = self.setting.line
        again = [{"k": "ref", "to": f"lesson-{scene.lesson}", "c": [self._named(scene.lesson)]}]
        return {
            "label": f"{leaf.name}-{scene.id}",
            "number": scene.number,
            "chosen": line(self.say("You chose: %(choice)s") % {"choice": scene.chosen})
            if scene.chosen
            else [],
            "feedback": line(scene.feedback),
            "blocks": self.setting.blocks(scene.html),
            "ways": [
                {"to": f"{leaf.name}-{way.to}", "number": way.number, "c": line(way.text)}
                for way in scene.ways
            ],
            "ending": self._ending(scene.ending),
            "lesson": again if scene.lesson else [],
        }

    def _ending(self, ending: str) -> str:
        said = {
            "good": self.say("A good ending"),
            "mixed": self.say("A mixed ending"),
            "poor": self.say("A poor ending"),
        }
        return said.get(ending, "")

    def _named(self, key: str) -> str:
        title = next((leaf.words for leaf in self.book.leaves if leaf.key == key), "")
        return self.say("Read again: %(title)s") % {"title": title}

    def _entries(self, entries: Iterable[Entry], prefix: str) -> list[Piece]:
        line = self.setting.line
        return [
            {"label": f"{prefix}{each.id}", "id": each.id, "c": line(each.html)} for each in entries
        ]
