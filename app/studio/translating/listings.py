"""Listings: the segments that a translator asked for, by part of the course, state and page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.i18n.marking import N_
from app.studio.differences import Piece, pieces_of
from app.studio.outlines import Outline
from app.studio.translating.memories import Memory, Offer
from app.studio.translating.segments import DOUBTFUL, FRESH, MISSING, OPEN, STALE, Segment
from app.studio.translating.slips import Slip, slips_in
from app.studio.translating.terms import Glossary, Use

PER_PAGE = 20
OPEN_ONES, ALL = "open", "all"
SHOWN: Mapping[str, tuple[str, ...]] = {
    OPEN_ONES: OPEN,
    MISSING: (MISSING,),
    STALE: (STALE,),
    DOUBTFUL: (DOUBTFUL,),
    ALL: (*OPEN, FRESH),
}
# Blocks of these owners begin a part; terms, questions and outcomes stand with what shows them.
_BEGIN = ("course", "lesson", "scenario", "quiz")
_KINDS: Mapping[str, str] = {
    "course": N_("Title and summary"),
    "outcome": N_("Outcome"),
    "module": N_("Title of the module"),
    "lesson": N_("Text of the lesson"),
    "glossary": N_("Glossary"),
    "item": N_("Question"),
    "quiz": N_("Title of the quiz"),
    "scenario": N_("Scenario"),
}


class Aids(NamedTuple):
    """What helps with every block of a language: what was said before, and settled terms."""

    memory: Memory
    glossary: Glossary


class Work(NamedTuple):
    """A segment as a translator sees it: where it stands, what has changed, what is wrong.

    `offers` are translations of sentences like it, `terms` the settled words in it.
    """

    segment: Segment
    part: str
    kind: str
    changes: tuple[Piece, ...]
    slips: Sequence[Slip]
    offers: Sequence[Offer] = ()
    terms: Sequence[Use] = ()


class PartShare(NamedTuple):
    """A part of the course with the number of its open blocks."""

    key: str
    title: str
    open: int


class Listing(NamedTuple):
    """One page of works; `first` counts from 0, `following` is the next page's number or 0."""

    works: list[Work]
    total: int
    page: int
    pages: int


def parted(segments: Iterable[Segment]) -> Iterator[tuple[str, Segment]]:
    """Each segment with the owner of the part that it stands in."""
    part = "course"
    for segment in segments:
        if segment.owner.partition("/")[0] in _BEGIN:
            part = segment.owner
        yield part, segment


def parts_of(segments: Iterable[Segment], outline: Outline) -> list[PartShare]:
    """The parts of the course in order, each with its open blocks."""
    titles = {f"{each.kind}/{each.key}": each.title for each in outline.parts}
    titles |= {f"quiz/{each.key}": each.title for each in outline.parts}
    counts: dict[str, int] = {}
    for part, segment in parted(segments):
        counts[part] = counts.get(part, 0) + segment.is_open
    return [PartShare(part, titles.get(part, outline.title), n) for part, n in counts.items()]


def listed(segments: Iterable[Segment], aids: Aids, *, show: str, part: str, page: int) -> Listing:
    """The page of works in these states; a page past the end is the last one."""
    states = SHOWN.get(show, OPEN)
    wanted = [
        (place, each)
        for place, each in parted(segments)
        if each.state in states and part in ("", place)
    ]
    pages = max(1, -(-len(wanted) // PER_PAGE))
    page = min(max(page, 1), pages)
    here = wanted[(page - 1) * PER_PAGE : page * PER_PAGE]
    works = [work_of(each, aids, place) for place, each in here]
    return Listing(works, len(wanted), page, pages)


def work_of(segment: Segment, aids: Aids, part: str = "") -> Work:
    """One segment, with what changed in its source, its slips, offers and terms."""
    changes = pieces_of(segment.previous, segment.source) if segment.previous else ()
    kind = _KINDS.get(segment.owner.partition("/")[0], "")
    return Work(
        segment,
        part,
        kind,
        changes,
        slips_in(segment.source, segment.text),
        aids.memory.offers_for(segment),
        aids.glossary.uses_in(segment.source, segment.text),
    )


def next_open(segments: Sequence[Segment], key: str) -> Segment | None:
    """The first open segment behind this one, else the first of all."""
    keys = [each.key for each in segments]
    start = keys.index(key) + 1 if key in keys else 0
    behind = [*segments[start:], *segments[:start]]
    return next((each for each in behind if each.is_open and each.key != key), None)
