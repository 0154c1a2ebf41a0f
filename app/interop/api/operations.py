"""Operations: each says its scope, what it takes and gives; the routes and their description are one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.i18n.marking import N_
from app.interop.api.answers import JSON, ROOT, Told, answer_of, tag_of
from app.interop.api.calls import Call, bearer_of
from app.interop.api.cursors import cursor_of
from app.interop.api.refusals import (
    BodyTooLarge,
    BodyUnreadable,
    ChangedMeanwhile,
    Faulty,
    FileKindUnknown,
    MediaUnknown,
    RequestFaulty,
)
from app.interop.api.repeats import answered_before, keep_answer, key_of
from app.interop.scopes import NAMING
from app.interop.tokens import Holding
from app.web.forms import ANY, MOST_BYTES, PLAIN
from app.web.marks import Before, Db, leaves_trace, takes_documents, takes_stream, takes_time
from app.web.turn import Turnstile

MOST_LISTED = 200
WORDS: Mapping[str, str] = PLAIN | {
    "extra_forbidden": N_("There is no such field here."),
    "literal_error": N_("Write one of: %(expected)s."),
    "string_pattern_mismatch": N_("Write it by the pattern %(pattern)s."),
    "string_type": N_("Write text here."),
    "string_too_short": N_("Write something here."),
    "list_type": N_("Write a list here."),
    "too_short": N_("Name at least one."),
    "int_type": N_("Write a whole number, such as 12."),
    "int_from_float": N_("Write a whole number, such as 12."),
    "less_than_equal": N_("Write %(le)s or less."),
    "greater_than_equal": N_("Write %(ge)s or more."),
    "uuid_parsing": N_("Write the id as it was given to you."),
    "uuid_type": N_("Write the id as it was given to you."),
    "date_type": N_("Write the date as year, month and day: 2026-06-12."),
    "date_from_datetime_inexact": N_("Write the date as year, month and day: 2026-06-12."),
    "missing": N_("This field is needed."),
}


class Asking(BaseModel):
    """The base of what a query asks; what is not in it is refused, so that no typing slip passes."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Paging(Asking):
    """A page of a list: how many rows, and after which one."""

    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="Rows of a page.")] = 50
    cursor: Annotated[
        str, Field(max_length=500, description="Where the page before ended: from its link.")
    ] = ""


class Sent(BaseModel):
    """The base of bodies: types as JSON has them, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


Route = Callable[[Call], Told]
R = TypeVar("R")


class Stream(NamedTuple):
    """A file as a body: of how many bytes at most, and which types of media it may be."""

    most: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One operation: method and path below the root, and all that its description tells."""

    name: str
    method: str
    path: str
    scope: str
    summary: str
    route: Route
    answer: type[BaseModel] | None
    status: int
    query: type[Asking] | None
    body: type[Sent] | None
    refuses: tuple[int, ...]
    is_tagged: bool
    stream: Stream | None
    ahead: Callable[[Call], Any] | None


class Operations:
    """The operations of the API, in the order they are described, and the routes behind them."""

    def __init__(self) -> None:
        self.router = Turnstile()
        self.all: list[Operation] = []

    def __call__(
        self,
        method: str,
        path: str,
        scope: str,
        summary: str,
        *,
        answer: type[BaseModel] | None,
        status: int = 200,
        query: type[Asking] | None = None,
        body: type[Sent] | None = None,
        refuses: tuple[int, ...] = (),
        is_tagged: bool = False,
        stream: Stream | None = None,
        ahead: Callable[[Call], Any] | None = None,
    ) -> Callable[[Route], Route]:
        """Register a function as the operation of a method and path.

        What `ahead` finds before the transaction opens, since it takes time, is the call's `found`.
        """

        def registered(route: Route) -> Route:
            operation = Operation(
                route.__name__, method, path, scope, summary, route, answer, status, query, body,
                refuses, is_tagged, stream, ahead,
            )  # fmt: skip
            self.all.append(operation)
            self.router.add_api_route(
                f"{ROOT}{path}",
                _turn_of(operation),
                methods=[method],
                name=f"api_{operation.name}",
            )
            return route

        return registered


def _turn_of(operation: Operation) -> Callable[..., Response]:
    """The operation as a route of ours: one turn, one transaction, a retry answered as before."""
    mark = bearer_of(operation.scope)

    def answered(request: Request, db: Session, holding: Holding, found: Any) -> Response:
        key = key_of(request) if operation.method == "POST" else ""
        asked, sent = _asked(operation, request), _sent(operation, request)
        call = Call(request, db, holding, asked, sent, found)
        before = answered_before(db, request, holding.id, key) if key else None
        if before is not None:
            return before
        answer = answer_of(request, operation.route(call))
        if key:
            keep_answer(db, holding.id, key, answer)
        return answer

    def turn(request: Request, db: Db, holding: Annotated[Holding, mark]) -> Response:
        return answered(request, db, holding, None)

    if operation.ahead is not None:
        return _named(_ahead_of(operation, operation.ahead, answered), operation)
    return _named(turn, operation)


def _named(turn: Callable[..., Response], operation: Operation) -> Callable[..., Response]:
    turn.__name__ = f"api_{operation.name}"
    if operation.stream is not None:
        return takes_stream(turn, operation.stream.most)
    if operation.method != "GET":
        return takes_documents(turn)
    return leaves_trace(turn) if operation.scope in NAMING else turn


def _ahead_of(
    operation: Operation, ahead: Callable[[Call], Any], answered: Callable[..., Response]
) -> Callable[..., Response]:
    """The turn of an operation that finds something before its transaction opens."""
    mark = bearer_of(operation.scope)

    def find(request: Request) -> Any:
        with request.app.state.engines.reading() as db:
            holding = mark.find(request, db)
            asked, sent = _asked(operation, request), _sent(operation, request)
            return ahead(Call(request, db, holding, asked, sent))

    @takes_time
    def turn(
        request: Request,
        found: Annotated[Any, Before(find)],
        db: Db,
        holding: Annotated[Holding, mark],
    ) -> Response:
        return answered(request, db, holding, found)

    return turn


def _asked(operation: Operation, request: Request) -> Asking:
    asking = operation.query or Asking
    try:
        return asking.model_validate(dict(request.query_params))
    except ValidationError as fault:
        raise _in_words(fault, "query") from None


def _sent(operation: Operation, request: Request) -> Sent | None:
    kind = request.headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower()
    if operation.stream is not None and kind not in operation.stream.kinds:
        raise FileKindUnknown(kinds=", ".join(operation.stream.kinds))
    if operation.body is None:
        return None
    body: bytes = request.state.body
    if len(body) > MOST_BYTES:
        raise BodyTooLarge(most=MOST_BYTES)
    if body and kind != JSON:
        raise MediaUnknown
    if not _is_object(body or b"{}"):
        raise BodyUnreadable
    try:
        return operation.body.model_validate_json(body or b"{}")
    except ValidationError as fault:
        if any(each["type"] == "json_invalid" for each in fault.errors()):
            raise BodyUnreadable from None
        raise _in_words(fault, "body") from None


def _is_object(body: bytes) -> bool:
    """Whether it is a JSON object whose texts can be stored."""
    try:
        told = json.loads(body)
        json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and b"\\u0000" not in body


def _in_words(fault: ValidationError, place: str) -> RequestFaulty:
    return RequestFaulty(
        [
            Faulty(
                ".".join([place, *(str(part) for part in each["loc"])]),
                WORDS.get(each["type"], ANY),
                each.get("ctx", {}),
            )
            for each in fault.errors()
        ]
    )


def check_unchanged(call: Call, present: BaseModel) -> None:
    """See that what stands is what the program has read, if it says so; raises ChangedMeanwhile."""
    told = call.request.headers.get("if-match")
    if told is not None and told.strip() != "*" and tag_of(present) not in told:
        raise ChangedMeanwhile


def page_of(call: Call, rows: list[R], key: Callable[[R], tuple[Any, ...]]) -> tuple[list[R], str]:
    """The rows of one page, of one more than its limit, and the cursor of the next if there is one."""
    limit = call.query.limit
    shown = rows[:limit]
    return shown, cursor_of(key(shown[-1])) if len(rows) > limit else ""


operation = Operations()
