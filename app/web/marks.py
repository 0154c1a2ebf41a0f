"""Marks: parameters of a route that the turn finds, hidden from FastAPI."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from sqlalchemy.orm import Session
from starlette.requests import Request


@dataclass(frozen=True)
class InTurn:
    """Marks a parameter that is found inside the turn; `who` names whom it lets in."""

    find: Callable[[Request, Session], Any]
    who: str = ""


@dataclass(frozen=True)
class Before:
    """Marks a parameter that is found before the transaction opens, in the same thread."""

    find: Callable[[Request], Any]


Db = Annotated[Session, InTurn(lambda _request, db: db)]
