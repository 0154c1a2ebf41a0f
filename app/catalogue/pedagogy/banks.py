"""Banks: remarks on all items of a course together: what their keys give away, what they cover."""

from collections import Counter
from collections.abc import Sequence

from app.catalogue.compiling.faults import Faults
from app.catalogue.compiling.manuscripts import Manuscript, QuizSource
from app.catalogue.item_types import Item
from app.catalogue.item_types.choices import Choice, SingleChoice, TrueOrFalse
from app.catalogue.pedagogy.chances import at_least
from app.i18n.sayings import counting, saying

UNLIKELY = 0.01
FEWEST_KEYS = 8  # before a pattern says anything
FEWEST_ITEMS = 3  # an outcome of a course that decides by a final
HALF = 0.5


def remark_on_bank(manuscript: Manuscript, faults: Faults) -> None:
    """Add a remark for keys that a guesser could see through, and for outcomes hardly asked.

    And for a pretest that gives the whole final away.
    """
    graded = [item for quiz in manuscript.quizzes.values() for item in quiz.declaration.items]
    _remark_on_outcomes(manuscript, graded, faults)
    for quiz in manuscript.quizzes.values():
        _remark_on_keys(quiz.path, quiz.declaration.items, faults)
        _remark_on_pretest(quiz, faults)
    if len(manuscript.quizzes) > 1:
        _remark_on_keys("course.yaml", graded, faults)


def _remark_on_outcomes(manuscript: Manuscript, graded: Sequence[Item], faults: Faults) -> None:
    course, document = manuscript.course, manuscript.course_document
    if course is None or document is None or not course.final:
        return
    asked = Counter(item.outcome for item in graded)
    for number, outcome in enumerate(course.outcomes):
        if 0 < asked[outcome.key] < FEWEST_ITEMS:
            what = counting(
                asked[outcome.key],
                "the outcome `%(key)s` is tested by %(num)s item",
                "the outcome `%(key)s` is tested by %(num)s items",
                key=outcome.key,
            )
            line = document.line("outcomes", number, "key")
            faults.remark(
                document.path,
                line,
                what,
                saying("write at least %(fewest_items)s", fewest_items=FEWEST_ITEMS),
            )


def _remark_on_keys(path: str, items: Sequence[Item], faults: Faults) -> None:
    singles = [item for item in items if isinstance(item, SingleChoice)]
    if len(singles) >= FEWEST_KEYS:
        _remark_on_positions(path, singles, faults)
        longest = sum(_is_longest(item) for item in singles)
        if at_least(longest, [1 / len(item.options) for item in singles]) < UNLIKELY:
            what = saying(
                "the right option is the longest in %(longest)s of %(count)s items",
                longest=longest,
                count=len(singles),
            )
            faults.remark(path, 1, what, saying("shorten right options, or say more in wrong ones"))
    truths = [item.answer for item in items if isinstance(item, TrueOrFalse)]
    for said in (True, False):
        if len(truths) >= FEWEST_KEYS and _is_unlikely(truths.count(said), len(truths)):
            same = {"same": truths.count(said), "count": len(truths)}
            what = (
                saying("%(same)s of %(count)s statements are true", **same)
                if said
                else saying("%(same)s of %(count)s statements are false", **same)
            )
            faults.remark(path, 1, what, saying("make about half of them true"))


def _remark_on_positions(path: str, singles: Sequence[Choice], faults: Faults) -> None:
    places = Counter(_place(item) for item in singles)
    for place, times in sorted(places.items()):
        chances = [1 / len(item.options) if place < len(item.options) else 0 for item in singles]
        if at_least(times, chances) < UNLIKELY:
            what = saying(
                "the right option stands at place %(size)s in %(times)s of %(count)s items",
                size=place + 1,
                times=times,
                count=len(singles),
            )
            faults.remark(path, 1, what, saying("spread the right options over all places"))


def _remark_on_pretest(quiz: QuizSource, faults: Faults) -> None:
    said = quiz.declaration
    if said.pretest and (said.draw is None or said.draw == len(said.items)):
        what = saying("before the course, everybody meets every item of the final assessment")
        mend = saying("draw fewer, or write more items")
        faults.remark(quiz.path, quiz.document.line("pretest"), what, mend)


def _place(item: Choice) -> int:
    return next(at for at, option in enumerate(item.options) if option.right)


def _is_longest(item: Choice) -> bool:
    lengths = [len(option.text) for option in item.options]
    own = lengths[_place(item)]
    return own == max(lengths) and lengths.count(own) == 1


def _is_unlikely(times: int, among: int) -> bool:
    return at_least(times, [HALF] * among) < UNLIKELY
