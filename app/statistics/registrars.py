"""Registrars: who may see names, and where, as the pages that show names ask it."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.identity.access import Visitor, holder_of
from app.identity.rights import Right
from app.statistics.refusals import NamesClosed
from app.statistics.scopes import NAMES, Scope, scope_of


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
