"""Remarks: all rules of pedagogy over one course; none of them refuses it."""

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import Manuscript
from app.catalogue.pedagogy.banks import remark_on_bank
from app.catalogue.pedagogy.citations import remark_on_citations, remark_on_sources
from app.catalogue.pedagogy.lessons import remark_on_lesson
from app.catalogue.pedagogy.questions import remark_on_item
from app.catalogue.pedagogy.speeches import speech_of


def remark_on_pedagogy(manuscript: Manuscript, faults: Faults) -> None:
    """Add what an experienced colleague would say of the lessons and questions of a course."""
    speech = speech_of(manuscript.course.language) if manuscript.course else None
    for lesson in manuscript.lessons.values():
        remark_on_lesson(lesson, speech, faults)
        remark_on_citations(lesson, manuscript.references, faults)
        for recall in lesson.recalls.values():
            for number, item in enumerate(recall.items.root):
                remark_on_item(item, recall.document, (number,), speech, faults)
    for quiz in manuscript.quizzes.values():
        remark_on_sources(quiz, manuscript.references, faults)
        for number, item in enumerate(quiz.declaration.items):
            remark_on_item(item, quiz.document, ("items", number), speech, faults)
    remark_on_bank(manuscript, faults)
