"""Merges as the API gives and takes them: two accounts compared, made one, and parted again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.i18n.marking import N_
from app.identity.looks import ACCOUNT, note_look
from app.interop.api.answers import ROOT, Told
from app.interop.api.calls import Call
from app.interop.api.cursors import key_in, number
from app.interop.api.operations import Paging, Sent, operation, page_of
from app.interop.scopes import MERGES_WRITE
from app.merges.candidates import candidate
from app.merges.holdings import Holdings, preview
from app.merges.listings import Listed, merge_in, merges_in
from app.merges.merges import LONGEST, merge
from app.merges.undoings import undo
from app.statistics.scopes import NAMES


class RoleHeld(BaseModel):
    """A role on an institution; without one it holds everywhere."""

    role: str
    institution: str


class AccountHolds(BaseModel):
    """How much of each kind an account holds."""

    person: UUID
    rounds: int
    completed: int
    certificates: int
    notes: int
    inquiries: int
    required: int
    petitions: int
    placements: int
    second_steps: int
    roles: list[RoleHeld]


class Comparison(BaseModel):
    """Both accounts side by side, and the courses that both have under way."""

    stays: AccountHolds
    gone: AccountHolds
    under_way: list[str]


class NewMerge(Sent):
    """Which account stays, which goes, and how one knows that both are one person's."""

    stays: UUID
    gone: UUID
    reason: Annotated[str, Field(min_length=3, max_length=LONGEST)]


class AccountMerge(BaseModel):
    """A merge, by whom and why, and until when it can be undone."""

    id: UUID
    stays: str
    gone: str
    by: str
    reason: str
    merged: datetime
    until: datetime
    undone: datetime | None
    is_open: bool


class MergeList(BaseModel):
    """A page of merges, latest first."""

    merges: list[AccountMerge]


@operation(
    "GET", "/merges", MERGES_WRITE, N_("List merges of accounts"), answer=MergeList, query=Paging
)
def list_merges(call: Call) -> Told:
    """The merges of people of the tree."""
    after = key_in(call.query.cursor, (number,))
    found = merges_in(
        call.db, call.scope(NAMES), call.query.limit + 1, before=after[0] if after else None
    )
    shown, cursor = page_of(call, found, lambda each: (each.id,))
    return Told(MergeList(merges=[_told(each) for each in shown]), next_cursor=cursor)


@operation(
    "GET", "/people/{person}/merges/{other}", MERGES_WRITE, N_("Compare two accounts"),
    answer=Comparison, refuses=(409,),
)  # fmt: skip
def compare_accounts(call: Call) -> Told:
    """What each would bring if the first stays and the other goes; refused as the merge would be."""
    scope = call.scope(NAMES)
    stays, gone = (candidate(call.db, scope, call.part(name)) for name in ("person", "other"))
    note_look(call.db, call.by, [stays.id, gone.id], ACCOUNT)
    language = call.request.scope["language"]
    held = preview(call.db, call.by, stays.id, gone.id, language)
    return Told(
        Comparison(
            stays=_holds(stays.subject, held.stays), gone=_holds(gone.subject, held.gone),
            under_way=list(held.under_way),
        )
    )  # fmt: skip


@operation(
    "POST", "/merges", MERGES_WRITE, N_("Merge two accounts"), answer=AccountMerge, status=201,
    body=NewMerge, refuses=(409,), is_tagged=True,
)  # fmt: skip
def create_merge(call: Call) -> Told:
    """Let one account take over what the other holds; for thirty days it can be undone."""
    told: NewMerge = call.body
    stays, gone = (candidate(call.db, call.scope(NAMES), each) for each in (told.stays, told.gone))
    made = merge(call.db, call.by, stays.id, gone.id, told.reason)
    _made, listed = merge_in(call.db, call.scope(NAMES), str(made.key))
    return Told(_told(listed), 201, location=f"{ROOT}/merges/{made.key}", is_tagged=True)


@operation(
    "GET", "/merges/{merge}", MERGES_WRITE, N_("Read a merge"), answer=AccountMerge, is_tagged=True
)
def read_merge(call: Call) -> Told:
    """One merge, and whether it can still be undone."""
    made, listed = merge_in(call.db, call.scope(NAMES), call.part("merge"))
    note_look(call.db, call.by, [made.stays_id], ACCOUNT)
    return Told(_told(listed), is_tagged=True)


@operation(
    "POST", "/merges/{merge}/undoing", MERGES_WRITE, N_("Undo a merge"), answer=AccountMerge,
    refuses=(409,),
)  # fmt: skip
def undo_merge(call: Call) -> Told:
    """Give each account back what it held."""
    key = call.part("merge")
    made, _listed = merge_in(call.db, call.scope(NAMES), key)
    undo(call.db, call.by, made)
    _made, listed = merge_in(call.db, call.scope(NAMES), key)
    return Told(_told(listed))


def _holds(person: UUID, held: Holdings) -> AccountHolds:
    roles = [RoleHeld(**role._asdict()) for role in held.roles]
    return AccountHolds(person=person, **(held._asdict() | {"roles": roles}))


def _told(listed: Listed) -> AccountMerge:
    return AccountMerge(
        id=listed.key, stays=listed.stays_called, gone=listed.gone_called, by=listed.merged_by,
        reason=listed.reason, merged=listed.merged_at, until=listed.until,
        undone=listed.undone_at, is_open=listed.is_open,
    )  # fmt: skip
