"""Marks: what a route says to the turn of itself, and of parameters that FastAPI must not see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from sqlalchemy.orm import Session
from starlette.requests import Request

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


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


def leaves_trace(endpoint: Endpoint) -> Endpoint:
    """Let a GET write: a look at names is itself an event."""
    return _says(endpoint, leaves_trace=True)


def from_anywhere(endpoint: Endpoint) -> Endpoint:
    """Let a mail program press this button: the secret in its address is proof, its body is not read."""
    return _says(endpoint, from_anywhere=True)


def writes_alone(endpoint: Endpoint) -> Endpoint:
    """Let a POST write by one statement that is whole by itself, with no transaction around it.

    To begin and to commit are two ways to PostgreSQL and back. Where the route needs a transaction
    it raises NeedsTransaction, and is run again within one; on SQLite it always has one. Once it has
    written it must not refuse, and a repeat of what it wrote must change nothing.
    """
    return _says(endpoint, writes_alone=True)


def takes_files(endpoint: Endpoint) -> Endpoint:
    """Let a form bring files; who may use the route is asked before anything of it is read."""
    return _says(endpoint, takes_files=True)


def takes_time(endpoint: Endpoint) -> Endpoint:
    """Let what comes before the turn wait for others, in a thread that no page waits for."""
    return _says(endpoint, takes_time=True)


def takes_documents(endpoint: Endpoint) -> Endpoint:
    """Let a program send JSON from anywhere: a token of its own is proof, and no cookie counts."""
    return _says(endpoint, takes_documents=True)


def takes_stream(endpoint: Endpoint, most: int) -> Endpoint:
    """Let a program send one file of so many bytes as its body, once its token is looked at."""
    return takes_documents(_says(endpoint, takes_stream=most))


def _says(endpoint: Endpoint, **marks: int) -> Endpoint:
    """Note marks on the endpoint, where the turn reads them under the same names."""
    vars(endpoint).update(marks)
    return endpoint
