"""Quizzes: what a quiz asks of its learners, before and after they sit it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.assessment.attempts import Try, tries_of
from app.catalogue.bank import Bank, BankItem, bank_of
from app.catalogue.editions import Edition, EditionActivity, Wording
from app.catalogue.shelves import edition_of
from app.foundation.errors import NotFound, Refusal
from app.foundation.keeping import Kept
from app.i18n.catalogues import translations_for
from app.i18n.languages import colon_of
from app.i18n.marking import N_

MOST_QUIZZES = 256
FINAL = "Final assessment"  # how a final is titled whose author says no more than what it is


class QuizUnknown(NotFound):
    """The course has no quiz with this key, in the version this person reads."""

    says = N_("There is no such quiz in this course.")
    mend = N_("Open the course and choose a quiz from its way.")


class PlaceNeeded(Refusal):
    """A graded quiz is for people with a place in the course."""

    says = N_("A quiz that counts needs a place in the course.")
    mend = N_("Open the quiz, start the course there, and then begin.")


class Quiz(NamedTuple):
    """A quiz of one version in one language; `asked` is how many questions an attempt has.

    `needed` are the points that reach the pass mark when every question is right or wrong; `mark`
    says both, "70%, 5 of 6".
    """

    edition: Edition
    bank: Bank
    activity: EditionActivity
    title: Wording
    items: tuple[BankItem, ...]
    outcomes: tuple[Wording, ...]
    asked: int
    needed: int
    mark: str

    @property
    def head(self) -> Markup:
        """Its kind and its title, as HTML; the kind alone where the title says no more than that."""
        kind = self.activity.name
        if not self.activity.module and self.title.text in (FINAL, str(kind)):
            return kind
        return kind + colon_of(self.edition.language) + self.title.html

    @property
    def settings(self) -> Mapping[str, Any]:
        """pass_mark (percent), attempts, time_limit (minutes), draw, shuffle."""
        return self.activity.settings


class Record(NamedTuple):
    """A learner's attempts at a quiz: the one under way, those graded, and how many are left.

    `left` is None without a limit; `best` is the graded one with the most points.
    """

    under_way: Try | None
    graded: tuple[Try, ...]
    best: Try | None
    left: int | None
    has_passed: bool

    @property
    def may_begin(self) -> bool:
        return self.under_way is None and self.left != 0


_kept: Kept[tuple[int, str, int, str], Quiz] = Kept(MOST_QUIZZES)


def quiz_called(db: Session, version_id: int, language: str, compiler: int, key: str) -> Quiz:
    """The version's quiz with this key, kept as its edition and its bank are; raises QuizUnknown."""
    name = (version_id, language, compiler)
    return _kept.get(
        db, (*name, key), lambda: _quiz_in(edition_of(db, *name), bank_of(db, *name), key)
    )


def _quiz_in(edition: Edition, bank: Bank, key: str) -> Quiz:
    items, activity = bank.quizzes.get(key, ()), edition.quiz(key)
    if activity is None or not items:
        raise QuizUnknown
    count = min(activity.settings["draw"] or len(items), len(items))
    asked = dict.fromkeys(item.outcome_key or "" for item in items)
    needed = needed_of(activity.settings["pass_mark"], count)
    said = translations_for(edition.language).gettext("%(mark)d%%, %(needed)d of %(of)d")
    return Quiz(
        edition=edition,
        bank=bank,
        activity=activity,
        title=bank.titles[key],
        items=items,
        outcomes=tuple(bank.outcomes[each] for each in asked if each in bank.outcomes),
        asked=count,
        needed=needed,
        mark=said % {"mark": activity.settings["pass_mark"], "needed": needed, "of": count},
    )


def needed_of(pass_mark: int, count: int) -> int:
    """The fewest whole points that reach a pass mark (percent) of so many questions."""
    return -(-pass_mark * count // 100)


def record_of(tries: Iterable[Try], settings: Mapping[str, Any]) -> Record:
    """Sort a learner's attempts, first to last, at a quiz with these settings."""
    known = tuple(tries)
    graded = tuple(each for each in known if each.submitted_at is not None)
    allowed = settings["attempts"]
    return Record(
        under_way=next((each for each in known if each.submitted_at is None), None),
        graded=graded,
        best=max(graded, key=share_of, default=None),
        left=max(allowed - len(known), 0) if allowed is not None else None,
        has_passed=any(each.has_passed for each in graded),
    )


def is_used_up(db: Session, place_id: int, activity: EditionActivity) -> bool:
    """Whether a learner has no attempt left at a quiz; asked of the database where it has a limit."""
    if activity.settings.get("attempts") is None:
        return False
    record = record_of(tries_of(db, place_id, activity.key), activity.settings)
    return record.under_way is None and record.left == 0


def share_of(graded: Try) -> float:
    """The part of an attempt's points that was reached, from 0 to 1."""
    return (graded.score or 0) / (graded.out_of or 1)
