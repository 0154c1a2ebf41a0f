"""Sheets: what a page of an attempt sends: its answers, and which revision of each it had seen.

Fields: `revision`, the attempt's when the page was made; `shown-<position>` for each question on
the page, whose value is the revision of what this page itself saved there since, if it did; and
`answer-<position>`, for matching and ordering with `-<part>`. A flag is sent as what the page was
made with, `flagged-<position>`, and as what it now shows, `flag-<position>`: so a page that leaves it
alone never undoes what another one did.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.assessment.answers import AnswerUnknown, read_answer
from app.assessment.sittings import Answered
from app.catalogue.bank import BankItem
from app.foundation.errors import Refusal
from app.i18n.marking import N_

_FIELD = re.compile(r"(shown|answer|flag|flagged)-([1-9][0-9]{0,3})(?:-([a-z]{1,2}))?")
_REVISION = re.compile(r"[0-9]{1,9}")


class RevisionUnknown(Refusal):
    """A page does not say, or not truly, which revision of the attempt it had seen."""

    status = 422
    says = N_("What was sent does not say which answers the page was opened with.")
    mend = N_("Open the question again and answer it there.")


class Sheet(NamedTuple):
    """Answers by position, None for a question left open, and the revision seen of each.

    `flags` are those that the page set (True) or took off.
    """

    answers: Mapping[int, Any]
    seen: Mapping[int, int]
    flags: Mapping[int, bool]


def read_sheet(
    fields: Iterable[tuple[str, str]],
    items: Sequence[Answered],
    bank_items: Mapping[str, BankItem],
    newest: int,
) -> Sheet:
    """The sheet in a form's fields, held against the attempt's items and its newest revision.

    Raises RevisionUnknown, AnswerUnknown or AnswerTooLong.
    """
    revision = ""
    marks: dict[str, dict[int, str]] = {"shown": {}, "flag": {}, "flagged": {}}
    given: dict[int, dict[str, list[str]]] = {}
    for name, value in fields:
        found = _FIELD.fullmatch(name)
        if name == "revision":
            revision = value
        elif found and found[1] == "answer":
            parts = given.setdefault(int(found[2]), {})
            parts.setdefault(found[3] or "", []).append(value)
        elif found and not found[3]:
            marks[found[1]][int(found[2])] = value
        elif name.startswith(("answer-", "shown-", "flag-", "flagged-")):
            raise AnswerUnknown(number=name.partition("-")[2][:20])
    by_position = {sat.position: bank_items[sat.item_key] for sat in items}
    shown, ticked, before = marks["shown"], marks["flag"], marks["flagged"]
    answers, seen = {}, {}
    for position in sorted(shown.keys() | given.keys()):
        if position not in by_position:
            raise AnswerUnknown(number=position)
        seen[position] = _revision(shown.get(position) or revision, newest)
        answers[position] = read_answer(by_position[position], position, given.get(position, {}))
    flags = {
        position: bool(ticked.get(position))
        for position in answers
        if bool(ticked.get(position)) != bool(before.get(position))
    }
    return Sheet(answers, seen, flags)


def _revision(value: str, newest: int) -> int:
    if not _REVISION.fullmatch(value) or int(value) > newest:
        raise RevisionUnknown
    return int(value)
