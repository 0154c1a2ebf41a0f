"""Desks: an open attempt laid out for one request, as questions, as an overview, or as ended."""

from collections.abc import Collection, Sequence
from functools import cached_property
from math import ceil
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.assessment.questions import DONE, questions_of, standing_of, stops_of, words_in
from app.assessment.quizzes import Quiz, quiz_called
from app.assessment.saves import Decided, Saved, decide, write
from app.assessment.sittings import (
    Answered,
    SatItem,
    Sitting,
    answered_items,
    answers_of,
    sat_items,
)
from app.catalogue.attributions import attribution_for
from app.catalogue.bank import Bank
from app.foundation import clock
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.web.pages import page, path_of


class QuestionUnknown(NotFound):
    """The attempt has no question at this position."""

    says = N_("This attempt has no question %(number)s.")
    mend = N_("Choose a question from its overview.")


class Desk:
    """An attempt with its questions in the language of the page."""

    def __init__(self, request: Request, db: Session, sitting: Sitting) -> None:
        self.request, self.db, self.sitting = request, db, sitting
        self.language: str = request.scope["language"]
        self.revision = sitting.revision

    @cached_property
    def quiz(self) -> Quiz:
        sitting = self.sitting
        return quiz_called(
            self.db, sitting.version_id, self.language, sitting.compiler, sitting.activity_key
        )

    @property
    def bank(self) -> Bank:
        return self.quiz.bank

    @cached_property
    def items(self) -> Sequence[SatItem]:
        """The questions as the attempt shows them, with all that is saved by now."""
        items = self.sitting.items
        if items is None:
            return sat_items(self.db, self.sitting.id)
        return [
            SatItem(*answer, sat.shown, sat.score)
            for sat, answer in zip(items, self.answers, strict=True)
        ]

    @cached_property
    def answers(self) -> Sequence[Answered]:
        """The answers alone."""
        items = self.sitting.items
        return answered_items(self.db, self.sitting.id) if items is None else answers_of(items)

    @cached_property
    def path(self) -> str:
        """Where the attempt is."""
        return path_of(self.request, "show_attempt", **self.sitting.address)

    @property
    def attribution(self) -> Markup:
        """Who owns the course, and its licence."""
        edition, owners_revision = self.quiz.edition, self.sitting.owners_revision
        return attribution_for(self.request, self.db, edition, owners_revision)

    @property
    def positions(self) -> list[int]:
        return [sat.position for sat in self.answers]

    @cached_property
    def open_positions(self) -> list[int]:
        """The positions of the questions that have no whole answer."""
        items = self.bank.items
        return [
            sat.position
            for sat in self.answers
            if standing_of(sat.answer, items[sat.item_key]) != DONE
        ]

    @property
    def flagged_positions(self) -> list[int]:
        """The positions of the questions that their learner wants to look at again."""
        return [sat.position for sat in self.answers if sat.is_flagged]

    def decide(self) -> Decided:
        """Hold what the request's form holds against what stands."""
        decided = decide(self.sitting, self.answers, self.bank, self.request.state.fields)
        self.answers = decided.answers
        return decided

    def write(self, decided: Decided) -> Saved:
        """Save what was decided."""
        saved = write(self.db, self.sitting, decided)
        self.revision = saved.revision
        return saved

    def position(self, asked: str) -> int:
        """The position that an address or a form names; raises QuestionUnknown."""
        if asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= len(self.answers):
            return int(asked[:9])
        raise QuestionUnknown(number=asked[:20])

    def questions(
        self,
        positions: Sequence[int],
        status: int = 200,
        *,
        faulty: Collection[int] = (),
        kept: Collection[int] = (),
    ) -> Response:
        """The page that asks these questions: one of them, or all."""
        return self._laid_out(
            "assessment/attempt.html",
            status,
            at=positions[0] if len(positions) == 1 else 0,
            questions=questions_of(self.items, self.bank, self.language, positions, faulty),
            kept=kept,
            revision=self.revision,
        )

    def overview(self, status: int = 200, *, kept: Collection[int] = ()) -> Response:
        """What is answered and what is open, and the way to hand in; asks once more when refused."""
        return self._laid_out(
            "assessment/overview.html", status, at=0, kept=kept, is_asked=status != 200
        )

    def ended(self, status: int) -> Response:
        """Nothing more can be answered, and since when."""
        ended = self.sitting.submitted_at or self.sitting.due_at
        return page(
            self.request,
            "assessment/ended.html",
            status,
            quiz=self.quiz,
            sitting=self.sitting,
            path=self.path,
            ended=ended,
            attribution=self.attribution,
        )

    def saved_words(self) -> str:
        """How many answers are on the server, in a sentence."""
        whole = len(self.answers) - len(self.open_positions)
        return words_in(self.language).saved(whole, len(self.answers))

    def _laid_out(self, template: str, status: int, *, at: int, **context: Any) -> Response:
        return page(
            self.request,
            template,
            status,
            quiz=self.quiz,
            sitting=self.sitting,
            path=self.path,
            at=at,
            stops=stops_of(self.items, self.bank, self.language, self.path, at),
            open_count=len(self.open_positions),
            flagged=self.flagged_positions,
            saved=self.saved_words(),
            seconds_left=self._seconds_left(),
            attribution=self.attribution,
            **context,
        )

    def _seconds_left(self) -> int:
        """Whole seconds until the time is up, the last begun one counted; 0 without a limit."""
        if self.sitting.due_at is None:
            return 0
        return max(1, ceil((self.sitting.due_at - clock.now()).total_seconds()))
