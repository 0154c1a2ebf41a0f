"""Repeats: what was answered to an idempotency key, for 24 hours, so that a retry does it once."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.requests import Request
from starlette.responses import Response

from app.foundation import clock
from app.foundation.database import Hash, Json, Model, Moment, Ref
from app.foundation.prepared import Once
from app.i18n.marking import N_
from app.interop.api.refusals import Faulty, KeyUsedOtherwise, RequestFaulty

KEEPS = timedelta(hours=24)
LONGEST = 200
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("location", "etag", "content-type")
BAD_KEY = N_("An idempotency key has 1 to 200 visible ASCII signs.")


class ApiAnswer(Model):
    """The answer to a request that changed something, by token and idempotency key.

    It is written in the transaction of the change: a refused request leaves no answer.
    """

    __tablename__ = "api_answers"

    token_id: Mapped[Ref] = mapped_column(ForeignKey("api_tokens.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    request_hash: Mapped[Hash]
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[Moment]


_ONCE = Once(ApiAnswer)


def key_of(request: Request) -> str:
    """The idempotency key of a request, or nothing; raises RequestFaulty."""
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not 0 < len(key) <= LONGEST or not all("!" <= sign <= "~" for sign in key):
        raise RequestFaulty([Faulty(f"header.{HEADER}", BAD_KEY, {})])
    return key


def answered_before(db: Session, request: Request, token_id: int, key: str) -> Response | None:
    """The answer of before to the same request, or None: then this call holds the key.

    Of two at the same moment one waits for the other. Raises KeyUsedOtherwise.
    """
    asked = request.scope["query_string"]
    told = f"{request.method} {request.scope['path']}".encode() + (b"?" + asked if asked else b"")
    request_hash = hashlib.sha256(told + b"\n" + request.state.body).digest()
    moment = clock.now()
    own = (ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    db.execute(delete(ApiAnswer).where(*own, ApiAnswer.made_at < moment - KEEPS))
    row: dict[str, Any] = {
        "token_id": token_id,
        "key": key,
        "request_hash": request_hash,
        "status": 0,
        "headers": {},
        "body": b"",
        "made_at": moment,
    }
    if _ONCE.add(db, row):
        return None
    before = db.scalars(select(ApiAnswer).where(*own)).one()
    if before.request_hash != request_hash:
        raise KeyUsedOtherwise
    return Response(before.body, before.status, {**before.headers, REPLAYED: "true"})


def keep_answer(db: Session, token_id: int, key: str, answer: Response) -> None:
    """Keep what was answered, for who asks again with the same key."""
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    db.execute(
        update(ApiAnswer)
        .where(ApiAnswer.token_id == token_id, ApiAnswer.key == key)
        .values(status=answer.status_code, headers=headers, body=bytes(answer.body))
    )


def forget_answers(db: Session, before: datetime) -> None:
    """Delete the answers that were given before a moment."""
    db.execute(delete(ApiAnswer).where(ApiAnswer.made_at < before))


def forget_answers_about(db: Session, subject: UUID) -> None:
    """Delete the answers in which a person stands, whose name is to be nowhere."""
    # The database looks through them: a night's transfer leaves tens of thousands.
    sought = literal(str(subject).encode(), LargeBinary)
    if db.get_bind().dialect.name == "sqlite":
        place = func.instr(ApiAnswer.body, sought)
    else:
        place = func.position(sought.op("IN")(ApiAnswer.body))
    db.execute(delete(ApiAnswer).where(place > 0))
