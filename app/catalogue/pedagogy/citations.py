"""Citations: remarks on claims that rest on a source which nobody has seen."""

import re
from collections.abc import Iterable, Mapping

from app.catalogue.compiling.declarations import Reference
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import LessonSource, QuizSource
from app.catalogue.pedagogy.passages import passages_of
from app.i18n.sayings import saying

_CITATION = re.compile(r"@([A-Za-z0-9-]+)")
_GROUP = re.compile(r"\[@[^\[\]]*\]")


def remark_on_citations(
    lesson: LessonSource, references: Mapping[str, Reference], faults: Faults
) -> None:
    """Add a remark for every block of the lesson that cites what is not confirmed."""
    for passage in passages_of(lesson):
        named = (key for group in _GROUP.findall(passage.raw) for key in _CITATION.findall(group))
        _remark(lesson.path, passage.line, named, references, faults)


def remark_on_sources(
    quiz: QuizSource, references: Mapping[str, Reference], faults: Faults
) -> None:
    """Add a remark for every item of the quiz that rests on what is not confirmed."""
    for number, item in enumerate(quiz.declaration.items):
        line = quiz.document.line("items", number, "sources")
        _remark(quiz.path, line, item.sources, references, faults)


def _remark(
    path: str, line: int, keys: Iterable[str], references: Mapping[str, Reference], faults: Faults
) -> None:
    for key in keys:
        if key in references and not references[key].confirmed:
            mend = saying("cite a source that you have seen, or see this one and confirm it")
            faults.remark(path, line, saying("`%(key)s` is not confirmed", key=key), mend)
