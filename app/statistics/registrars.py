"""Registrars: who may see names, and where, and what is asked, as the pages that show names find it."""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation import clock
from app.identity.access import Visitor, holder_of
from app.identity.rights import Right
from app.statistics.questions import Question, question_in
from app.statistics.refusals import NamesClosed
from app.statistics.scopes import NAMES, Scope, scope_of
from app.web.marks import InTurn


class Registrar(NamedTuple):
    """Who may see names, and where."""

    visitor: Visitor
    scope: Scope


def registrar_holding(right: Right) -> Callable[[Request, Session], Registrar]:
    """How a page finds its registrar; who lacks the right is refused by it, before NamesClosed."""
    find = holder_of(right)

    def registrar(request: Request, db: Session) -> Registrar:
        visitor = find(request, db)
        scope = scope_of(db, visitor.id, NAMES)
        if scope.is_empty:
            raise NamesClosed
        return Registrar(visitor, scope)

    return registrar


def _question(request: Request, _db: Session) -> Question:
    return question_in(clock.now().date(), request.query_params)


# The same people; they differ in the refusal that those hear who are no registrar.
MayName = Annotated[Registrar, InTurn(registrar_holding(Right.COUNTS), who="names")]
KeepsNames = Annotated[Registrar, InTurn(registrar_holding(Right.NAMES), who="names")]
Put = Annotated[Question, InTurn(_question)]
