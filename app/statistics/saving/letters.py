"""Letters of saved views: key figures, always protected, to who may see counts when one is due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qs

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock
from app.i18n.phrases import phrases_of
from app.identity.users import User
from app.learning.reminders import token_of
from app.queue.mails import mail_later
from app.statistics.attributions import NOW, THEN
from app.statistics.boards.boards import Board, board_of
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.questions import Put, put
from app.statistics.saving.saved_views import MONTHLY, NEVER, SavedView
from app.statistics.scopes import COUNTS, Scope, scope_of


class Due(NamedTuple):
    """A view of which letters are sent, to whom, and what they may see."""

    view: SavedView
    person: User
    email: str
    scope: Scope


def views_with_letters(db: Session) -> Sequence[int]:
    """The ids of all views of which letters are sent."""
    return db.scalars(
        select(SavedView.id).where(SavedView.letters != NEVER).order_by(SavedView.id)
    ).all()


def board_due(db: Session, view_id: int, moment: datetime) -> Board | None:
    """The figures of a letter, for who reads: who writes sees no single moment.

    A letter leaves the house, so they are those that protect people, for everybody.
    """
    due = _due(db, view_id)
    if due is None:
        return None
    asked = asked_by(due.view, clock.day_everywhere(moment))
    return board_of(db, due.scope, asked, due.person.language, exact=False)


def send_letter(db: Session, view_id: int, moment: datetime, board: Board) -> bool:
    """Promise the letter of a week or month, once; none to who may no longer see counts."""
    due = _due(db, view_id)
    if due is None:
        return False
    view, person = due.view, due.person
    asked, phrases = board.put, phrases_of(person.language)
    return mail_later(
        db,
        "saved_view",
        to=due.email,
        language=person.language,
        unique_key=f"saved-view:{view.id}:{_period(view.letters, clock.day_everywhere(moment))}",
        gives_way=True,
        name=person.name,
        view=view.name,
        first=phrases.month(asked.since),
        last=phrases.month(asked.until),
        figures=figures_of(board),
        held=board.now.threshold,
        page=view.page,
        query=view.query,
        key=str(view.key),
        token=token_of(db, person.id),
    )


def asked_by(view: SavedView, today: date) -> Put:
    """The question of a view for its letter: months that are over, the usual ones if it names none.

    `today` is the day that has begun everywhere (`clock.day_everywhere`).
    """
    said = {name: values[0] for name, values in parse_qs(view.query).items()}
    latest = today.replace(day=1) - timedelta(days=1)
    seen = THEN if said.get("view") == THEN else NOW
    asked = put(
        latest, said.get("since", ""), said.get("until", ""), (), (), said.get("course", ""),
        said.get("under", ""), seen, "",
    )  # fmt: skip
    return asked.before(today).no_longer_than(60)


def _due(db: Session, view_id: int) -> Due | None:
    """A view whose letters are wanted by who may have them and may see counts."""
    view = db.get(SavedView, view_id)
    person = db.get(User, view.person_id) if view else None
    if view is None or person is None or not person.email or not _may_have_mail(person):
        return None
    scope = scope_of(db, person.id, COUNTS)
    if scope.is_empty or view.letters == NEVER:
        return None
    return Due(view, person, person.email, scope)


def _may_have_mail(person: User) -> bool:
    return (
        person.confirmed_at is not None and person.erased_at is None and person.merged_into is None
    )


def _period(letters: str, day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{day:%Y-%m}" if letters == MONTHLY else f"{year}-W{week}"


def figures_of(board: Board) -> list[dict[str, object]]:
    """The key figures of a board, as a letter holds them."""
    return [
        {
            "label": key.label,
            "figure": key.figure,
            "is_mean": MEASURES[key.measure].is_mean,
            "kind": key.change.kind,
            "before": key.change.before,
        }
        for key in board.keys
    ]
