"""Letters of saved views: key figures, always protected, to who may see counts when one is due."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n.phrases import phrases_of
from app.identity.users import User
from app.learning.reminders import token_of
from app.queue.mails import mail_later
from app.statistics.attributions import NOW, THEN
from app.statistics.boards.boards import Board, board_of
from app.statistics.cubes.measures import MEASURES
from app.statistics.cubes.questions import Put, put
from app.statistics.saving.saved_views import MONTHLY, NEVER, SavedView
from app.statistics.scopes import COUNTS, scope_of


def views_with_letters(db: Session) -> Sequence[int]:
    """The ids of all views of which letters are sent."""
    return db.scalars(
        select(SavedView.id).where(SavedView.letters != NEVER).order_by(SavedView.id)
    ).all()


def send_letter(db: Session, view_id: int, moment: datetime) -> bool:
    """Promise the letter of a week or month, once; none to who may no longer see counts.

    A letter leaves the house, so its figures are those that protect people, for everybody.
    """
    view = db.get(SavedView, view_id)
    person = db.get(User, view.person_id) if view else None
    if view is None or person is None or not person.email or not _may_have_mail(person):
        return False
    scope = scope_of(db, person.id, COUNTS)
    if scope.is_empty or view.letters == NEVER:
        return False
    asked = asked_by(view, moment.date())
    board = board_of(db, scope, asked, person.language, exact=False)
    phrases = phrases_of(person.language)
    return mail_later(
        db,
        "saved_view",
        to=person.email,
        language=person.language,
        unique_key=f"saved-view:{view.id}:{_period(view.letters, moment)}",
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
    """The question of a view for its letter: months that are over, the usual ones if it names none."""
    said = {name: values[0] for name, values in parse_qs(view.query).items()}
    latest = today.replace(day=1) - timedelta(days=1)
    seen = THEN if said.get("view") == THEN else NOW
    asked = put(
        latest, said.get("since", ""), said.get("until", ""), (), (), said.get("course", ""),
        said.get("under", ""), seen, "",
    )  # fmt: skip
    return asked.before(today).no_longer_than(60)


def _may_have_mail(person: User) -> bool:
    return (
        person.confirmed_at is not None and person.erased_at is None and person.merged_into is None
    )


def _period(letters: str, moment: datetime) -> str:
    year, week, _day = moment.isocalendar()
    return f"{moment:%Y-%m}" if letters == MONTHLY else f"{year}-W{week}"


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
