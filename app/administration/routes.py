"""Routes of administration: one page from which an administrator reaches everything."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.administration.tasks import (
    NOTHING,
    failing_webhooks,
    institutions_of,
    overdue_count,
    tasks_of,
    waiting_loads,
)
from app.foundation import clock
from app.identity.access import Administers, Visitor
from app.identity.rights import Right
from app.statistics.scopes import NAMES, scope_of
from app.web.marks import Db
from app.web.pages import page
from app.web.turn import Turnstile

router = Turnstile()


@router.get("/administration")
def show_administration(request: Request, db: Db, visitor: Administers) -> Response:
    """What waits, with its number, and the pages that the visitor's roles open."""
    tasks = tasks_of(db, visitor.id) if visitor.may(Right.PEOPLE) else NOTHING
    return page(
        request,
        "administration/administration.html",
        opens={right.name.lower() for right in Right if right.name and visitor.may(right)},
        tasks=tasks,
        loads=waiting_loads(db, visitor.id) if tasks.loads else [],
        webhooks=failing_webhooks(db, visitor.id) if tasks.webhooks else [],
        overdue=_overdue(db, visitor),
        institutions=institutions_of(db, visitor.id),
        today=clock.now().date(),
    )


def _overdue(db: Session, visitor: Visitor) -> int:
    scope = scope_of(db, visitor.id, NAMES)
    return 0 if scope.is_empty else overdue_count(db, scope, clock.now().date())
