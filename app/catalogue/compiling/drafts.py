"""Drafts: a course rendered in all its languages, whether or not it has faults."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.catalogue.compiling.checks import check_manuscript
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.manuscripts import Manuscript, read_manuscript
from app.catalogue.compiling.readings import Block, Reading, Say
from app.catalogue.compiling.texts import Texts, TextWriter
from app.catalogue.compiling.translations import usable
from app.i18n.sayings import counting, saying

Words = Callable[[str], Say]


def untranslated(_language: str) -> Say:
    """The compiler's own phrases as they are written."""
    return str


@dataclass(slots=True)
class Draft:
    """A manuscript with its texts in every language; complete only when no fault is grave."""

    manuscript: Manuscript
    readings: dict[str, Reading]
    texts: dict[str, Texts]

    @property
    def original(self) -> Texts:
        return next(iter(self.texts.values()))


def drafted(
    source: CourseFiles, recommendations: Collection[str], words: Words, faults: Faults
) -> Draft:
    """The course rendered in all its languages, with faults added on the way."""
    manuscript = read_manuscript(source, faults)
    check_manuscript(manuscript, recommendations, faults)
    readings = _readings(manuscript, words, faults)
    texts = {
        language: TextWriter(manuscript, reading, faults).all()
        for language, reading in readings.items()
    }
    draft = Draft(manuscript, readings, texts)
    _remark_unused(draft, faults)
    _withhold(draft)
    return draft


def _withhold(draft: Draft) -> None:
    """Take out what the course does not show before it is translated whole.

    In a language that falls back, a page with an open block is shown in the source language; one
    that is held back is not offered at all while any block is open.
    """
    course = draft.manuscript.course
    if course is None:
        return
    for language in course.held_back:
        reading = draft.readings.get(language)
        if reading and not reading.is_original and not all(reading.blocks.values()):
            del draft.readings[language], draft.texts[language]
    for language in course.falls_back:
        if language in draft.texts and language != course.language:
            written = draft.texts[language]
            behind = {each.owner_key for each in written.texts if each.stale}
            written.texts = [each for each in written.texts if each.owner_key not in behind]
            written.entries = [each for each in written.entries if each.owner_key not in behind]


def _readings(manuscript: Manuscript, words: Words, faults: Faults) -> dict[str, Reading]:
    course = manuscript.course
    language = course.language if course else "en"
    readings = {language: Reading(language, language, {}, words(language))}
    for other, kept in sorted(manuscript.catalogues.items()):
        if other == language:
            path = f"translations/{other}.po"
            faults.add(
                path,
                1,
                saying("this is the language the course is written in"),
                saying("take it out"),
            )
            continue
        readings[other] = Reading(language, other, usable(kept), words(other))
    return readings


def _remark_unused(draft: Draft, faults: Faults) -> None:
    manuscript, original = draft.manuscript, draft.original
    if faults.are_grave:
        return
    for language in draft.readings:
        gone = len(orphans_of(draft, language))
        if gone:
            what = counting(
                gone,
                "%(num)s translation fits no sentence any more",
                "%(num)s translations fit no sentence any more",
            )
            mend = saying(
                "run `capacita courses translations %(slug)s %(language)s`",
                slug=manuscript.slug,
                language=language,
            )
            faults.remark(f"translations/{language}.po", 1, what, mend)
    for path, media in manuscript.media.items():
        if path not in original.used_media and media.use != "captions":
            faults.remark(path, 1, saying("no lesson uses this file"), saying("take it out"))
    document = manuscript.references_document
    for number, key in enumerate(manuscript.references):
        if document and key not in original.cited:
            line = document.line(number, "id")
            faults.remark(
                document.path,
                line,
                saying("nothing cites `%(key)s`", key=key),
                saying("take it out"),
            )


def orphans_of(draft: Draft, language: str) -> list[Block]:
    """The translated blocks of the catalogue that the course does not have any more."""
    kept, reading = draft.manuscript.catalogues.get(language, {}), draft.readings[language]
    return [block for block, each in kept.items() if each.text and block not in reading.blocks]
