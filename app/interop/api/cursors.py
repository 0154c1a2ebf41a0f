"""Cursors: the place where a page of a list ended, opaque to who carries it on."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.i18n.marking import N_
from app.interop.api.refusals import Faulty, RequestFaulty

NOT_OURS = N_("This is no cursor of this list; take it from the link to the next page.")


def cursor_of(key: Sequence[Any]) -> str:
    """The key of a page's last row as text for an address."""
    told = json.dumps([str(part) for part in key], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def key_in(cursor: str, kinds: Sequence[Callable[[str], Any]]) -> tuple[Any, ...] | None:
    """The key that a cursor holds, if there is one; raises RequestFaulty."""
    if not cursor:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(kind(part) for kind, part in zip(kinds, told, strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise RequestFaulty([Faulty("query.cursor", NOT_OURS, {})]) from None


DAY, SUBJECT = date.fromisoformat, UUID


def moment(told: str) -> datetime:
    """A moment of a key; a ValueError where it says no time zone."""
    found = datetime.fromisoformat(told)
    if found.tzinfo is None:
        raise ValueError(told)
    return found


def text(told: str) -> str:
    """A text of a key; a ValueError where no database could hold it."""
    if "\x00" in told:
        raise ValueError(told)
    told.encode()
    return told


def number(told: str) -> int:
    """A small number of a key; a ValueError else."""
    if not (told.isascii() and told.isdigit() and len(told) < 9):
        raise ValueError(told)
    return int(told)
