"""Saved views: a question of statistics with a name, kept by a person and perhaps shown to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Uuid, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Id, Model, Moment, Ref, table_of
from app.foundation.errors import NotFound, Refusal
from app.i18n.marking import N_
from app.identity.institutions import Institution, institution_called
from app.learning.reminders import person_told
from app.statistics.scopes import COUNTS, Scope, scope_of

LONGEST_NAME, LONGEST_QUERY, MOST, PAGE = 120, 1000, 50, 100
NEVER, WEEKLY, MONTHLY = "never", "weekly", "monthly"
PAGES = ("show_statistics", "show_countries", "show_table")
MONTHS = ("since", "until")
ASKED = (*MONTHS, "course", "under", "view", "measure", "by", "by1", "by2")


class SavedView(Model):
    """A question as its page and address say it; without months it asks for the usual ones.

    With an institution it is shown to all who may see counts there. `letters` says how often the
    person is sent its key figures.
    """

    __tablename__ = "saved_views"

    id: Mapped[Id]
    key: Mapped[UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), index=True)
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    page: Mapped[str] = mapped_column(String(32))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    letters: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[Moment]


class Choice(NamedTuple):
    """What its keeper says of a view: its name, with whom it is shared, and how often a letter comes."""

    name: str
    shared_at: str
    letters: str


@dataclass(frozen=True, kw_only=True)
class ViewSaved(Happening):
    """Someone saved or changed a view; `institution_id` is where it is shared, if it is."""

    kind: ClassVar[str] = "view-saved"

    view: str
    institution_id: int | None
    letters: str


@dataclass(frozen=True, kw_only=True)
class ViewDeleted(Happening):
    """Someone deleted a view of theirs."""

    kind: ClassVar[str] = "view-deleted"

    view: str


class ViewUnknown(NotFound):
    """No view of the person's has this key."""

    says = N_("There is no such saved view of yours.")
    mend = N_("Look through the list of your saved views.")


class TooManyViews(Refusal):
    """A person keeps so many views at most."""

    status = 409
    says = N_("You keep as many views as one person can.")
    mend = N_("Delete one that you no longer need, then save this one.")


_views = SavedView.__table__.c


def save(
    db: Session, person_id: int, page: str, query: str, choice: Choice, *, moves: bool
) -> None:
    """Keep a question; one that moves loses its months, so that it asks for the latest ones."""
    if (db.scalar(select(func.count()).where(_views.person_id == person_id)) or 0) >= MOST:
        raise TooManyViews
    asked = [
        (name, value)
        for name, value in parse_qsl(query.removeprefix("?"))
        if name in ASKED and not (moves and name in MONTHS)
    ]
    view = SavedView(
        key=uuid4(), person_id=person_id, made_at=clock.now(), query=urlencode(asked)[:LONGEST_QUERY],
        page=page if page in PAGES else PAGES[0], name="", letters=NEVER, institution_id=None,
    )  # fmt: skip
    db.add(view)
    change(db, view, choice)


def change(db: Session, view: SavedView, choice: Choice) -> None:
    """Name it anew, share it where the person may see counts, and say how often a letter comes."""
    shared = institution_called(db, choice.shared_at) if choice.shared_at else None
    is_theirs = shared and scope_of(db, view.person_id, COUNTS).has(db, shared.id)
    view.name, view.letters = choice.name, choice.letters
    view.institution_id = shared.id if shared and is_theirs else None
    db.flush()
    record(
        db,
        ViewSaved(
            actor_id=view.person_id, view=str(view.key), institution_id=view.institution_id,
            letters=view.letters,
        ),
    )  # fmt: skip


def view_of(db: Session, person_id: int, key: str) -> SavedView:
    """A view of the person's; raises ViewUnknown."""
    try:
        asked = UUID(key)
    except ValueError:
        raise ViewUnknown from None
    found = db.scalars(
        select(SavedView).where(SavedView.key == asked, SavedView.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise ViewUnknown
    return found


def delete_view(db: Session, view: SavedView) -> None:
    """The view is gone, for those with whom it was shared too."""
    record(db, ViewDeleted(actor_id=view.person_id, view=str(view.key)))
    db.delete(view)
    db.flush()


def views_of(db: Session, person_id: int) -> Sequence[SavedView]:
    """The person's views, by name."""
    own = select(SavedView).where(SavedView.person_id == person_id)
    return db.scalars(own.order_by(SavedView.name, SavedView.id)).all()


def shared_at(db: Session, views: Sequence[SavedView]) -> dict[int | None, str]:
    """The key of each institution at which one of the views is shared, by id."""
    ids = {view.institution_id for view in views}
    keyed = select(Institution.id, Institution.key).where(Institution.id.in_(ids))
    return {None: "", **{row.id: row.key for row in db.execute(keyed)}}


def views_shared(db: Session, person_id: int, scope: Scope, page: int) -> Sequence[SavedView]:
    """A page of what others share at institutions of the scope, by name, and one more."""
    shared = select(SavedView).where(
        SavedView.person_id != person_id, SavedView.institution_id.is_not(None)
    )
    if not scope.is_everywhere:
        within = select(scope.institutions().c.id)
        shared = shared.where(SavedView.institution_id.in_(within))
    asked = shared.order_by(SavedView.name, SavedView.id).limit(PAGE + 1)
    return db.scalars(asked.offset((page - 1) * PAGE)).all()


def mute_view(db: Session, token: str, key: str, *, only_look: bool = False) -> SavedView:
    """End the letters of a view for whoever holds the secret of one; raises MuteUnknown."""
    view = view_of(db, person_told(db, token), key)
    if not only_look and view.letters != NEVER:
        view.letters = NEVER
        db.flush()
    return view


def forget_views(db: Session, person_id: int) -> None:
    """Delete all views of an erased person."""
    db.execute(delete(table_of(SavedView)).where(_views.person_id == person_id))
