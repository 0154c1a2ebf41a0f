"""Quizzes: one quiz of a draft compiled by itself, for its findings and for a look at a question."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.assessment.questions import Question as Asked
from app.assessment.questions import questions_of
from app.assessment.sittings import SatItem
from app.catalogue.bank import bank_from
from app.catalogue.compiling.checks import check_manuscript
from app.catalogue.compiling.faults import Fault, Faults
from app.catalogue.compiling.folders import CourseFiles
from app.catalogue.compiling.manuscripts import read_manuscript
from app.catalogue.compiling.readings import Reading
from app.catalogue.compiling.texts import TextWriter
from app.catalogue.pedagogy.remarks import remark_on_pedagogy
from app.i18n.catalogues import translations_for
from app.studio.drafts import Draft
from app.studio.inspections import known_recommendations
from app.studio.previews import files_around


class QuizLook(NamedTuple):
    """What is to say of a quiz's text, and its questions as learners see them, by key."""

    findings: tuple[Fault, ...]
    asked: dict[str, Asked]


def look_at(db: Session, draft: Draft, path: str, text: str, language: str) -> QuizLook:
    """The quiz at this path as this text would make it; what cannot be read is not asked."""
    faults, key = Faults(), path.rpartition("/")[2].removesuffix(".yaml")
    files = files_around(db, draft, path, text) | {path: text.encode()}
    manuscript = read_manuscript(CourseFiles(draft.slug, files), faults)
    check_manuscript(manuscript, known_recommendations(db), faults)
    spoken = manuscript.course.language if manuscript.course else "en"
    reading = Reading(spoken, spoken, {}, translations_for(spoken).gettext)
    texts = TextWriter(manuscript, reading, faults).all()
    remark_on_pedagogy(manuscript, faults)
    quiz = manuscript.quizzes.get(key)
    items = quiz.declaration.items if quiz else ()
    parts = {each.owner_key: each.parts for each in texts.texts}
    bank = bank_from((item, parts[f"item/{item.key}"]) for item in items)
    sat = [
        SatItem(number, each.key, None, 0, False, {"order": _order(each.kind, each.part_ids)}, None)
        for number, each in enumerate(bank.items.values(), 1)
    ]
    asked = questions_of(sat, bank, language, range(1, len(sat) + 1))
    return QuizLook(
        tuple(fault for fault in faults.in_order() if fault.path == path),
        dict(zip(bank.items, asked, strict=True)),
    )


def _order(kind: str, ids: tuple[str, ...]) -> list[str]:
    """The order of the parts: mixed where the source's order is the answer."""
    return list(ids[::-1]) if kind in ("matching", "ordering") else list(ids)
