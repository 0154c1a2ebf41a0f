"""The content review: every graded question was answered from the lessons alone, and still can be.

docs/content-review/<course>.md has one line a question: its key, the answer that a second reader
gave from `capacita courses proof`, and the paragraph that settled it. A changed paragraph or key
makes its line stale, so that somebody reads again.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.assessment.grading import score_of
from app.catalogue.commands import course_folders, recommendations_in
from app.catalogue.compiling.compilations import compile_course
from app.catalogue.compiling.compiled import CompiledCourse, CompiledItem
from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.folders import read_folder
from app.catalogue.proofs import blocks_of, key_of

ROOT = Path(__file__).parents[2]
COURSES, REVIEWS = ROOT / "courses", ROOT / "docs" / "content-review"
LINE = re.compile(r"\| `([a-z0-9-]+)` \| (.+?) \| ([^|]+?) \|(?: ?(.*?) ?\|)?")
HAIR = 1e-9
SLUGS = [folder.name for folder in course_folders(COURSES, ())]


class Line(NamedTuple):
    """One question as the second reader answered it."""

    key: str
    answer: str
    places: tuple[str, ...]
    note: str


def lines_of(slug: str) -> list[Line]:
    text = (REVIEWS / f"{slug}.md").read_text(encoding="utf-8")
    found = (LINE.fullmatch(line.strip()) for line in text.splitlines())
    return [
        Line(
            each[1],
            each[2].strip("` "),
            tuple(re.findall(r"[a-z0-9-]+#b-[0-9a-f-]+", each[3])),
            each[4] or "",
        )
        for each in found
        if each is not None
    ]


@lru_cache
def compiled(slug: str) -> CompiledCourse:
    source = read_folder(COURSES / slug, Faults())
    return compile_course(source, recommendations_in(COURSES))


def is_right(item: CompiledItem, answer: str) -> bool:
    if item.kind == "numeric":
        off = abs(float(answer.replace(",", "")) - item.definition["answer"])
        return bool(off <= item.definition["tolerance"] + HAIR)
    if item.kind == "short":
        return score_of(item.kind, item.definition, answer) == 1
    return sorted(answer.replace(",", " ").split()) == sorted(key_of(item).split()) and (
        item.kind != "ordering" or answer.replace(",", " ").split() == key_of(item).split()
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_was_answered_from_a_paragraph_that_stands(slug):
    course = compiled(slug)
    items = {place.item_key: place.item_hash for place in course.quiz_items}
    definitions = {item.hash: item for item in course.items}
    blocks = {block.place for block in blocks_of(course)}
    lines = lines_of(slug)
    assert sorted(line.key for line in lines) == sorted(items)
    wrong = [each for each in lines if not is_right(definitions[items[each.key]], each.answer)]
    assert wrong == []
    gone = [each.key for each in lines if not each.places or not set(each.places) <= blocks]
    assert gone == []
