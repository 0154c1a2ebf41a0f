"""Calls: a request of a program, with the token it came by; finding is authorising."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session
from starlette.requests import Request

from app.foundation import clock
from app.identity.demands import may_stand
from app.identity.grants import ADMINISTRATOR, REGISTRAR
from app.identity.institutions import Institution
from app.identity.placements import Placement
from app.identity.units.listings import UnitUnknown
from app.identity.users import NoSuchPerson, User
from app.interop.api.refusals import RequestsTooMany, ScopeMissing, StepOfMakerMissing, TokenNeeded
from app.interop.buckets import Buckets, Left
from app.interop.scopes import NAMING
from app.interop.tokens import NOTED_EVERY, Holding, holding_of, note_use
from app.interop.trees import ids_under, roles_over
from app.statistics.scopes import Scope
from app.web.marks import InTurn


@dataclass(frozen=True)
class Call:
    """What an operation is given: the token's holding, the query and body as they were checked.

    `found` is what was found before the transaction opened.
    """

    request: Request
    db: Session
    holding: Holding
    query: Any = None
    body: Any = None
    found: Any = None

    @property
    def by(self) -> int:
        """The id of who made the token, and so acts."""
        return self.holding.made_by

    def part(self, name: str) -> str:
        """A part of the path, as it stands there."""
        return str(self.request.path_params[name])

    @property
    def within(self) -> Select[tuple[int]]:
        """The ids of the institutions of the token's tree, for a condition."""
        return ids_under(self.holding.institution_id)

    def tree(self) -> frozenset[int]:
        """The same ids, found now."""
        return frozenset(self.db.scalars(self.within))

    def holds(self, institution_id: int) -> bool:
        """Whether an institution stands in the token's tree."""
        within = self.within.subquery()
        return bool(self.db.scalar(select(exists().where(within.c[0] == institution_id))))

    def may(self, scope: str) -> bool:
        """Whether the token has a further scope, and its maker the right to it still."""
        return scope in self.holding.scopes and _may_still(self.db, self.holding, scope)

    def scope(self, roles: tuple[str, ...]) -> Scope:
        """The token's tree as statistics ask within it, for what these roles open."""
        root_id = self.holding.institution_id
        scope = Scope(self.by, roles, is_everywhere=False, is_empty=False, root_id=root_id)
        return scope.looked_up(self.db)

    def unit(self, key: str) -> Institution:
        """The institution of this key in the token's tree; raises UnitUnknown."""
        asked = select(Institution).where(Institution.key == key, Institution.id.in_(self.within))
        found = self.db.scalars(asked).one_or_none()
        if found is None:
            raise UnitUnknown(name=key)
        return found

    def person(self, key: str | UUID) -> User:
        """The person who stands in the token's tree; raises NoSuchPerson."""
        try:
            subject = UUID(str(key))
        except ValueError:
            raise NoSuchPerson from None
        asked = (
            select(User)
            .join(Placement, (Placement.user_id == User.id) & Placement.ended_at.is_(None))
            .where(User.subject == subject, User.erased_at.is_(None), User.merged_into.is_(None))
            .where(Placement.institution_id.in_(self.within))
        )
        found = self.db.scalars(asked).one_or_none()
        if found is None:
            raise NoSuchPerson
        return found


def bearer_of(scope: str) -> InTurn:
    """The mark of an operation that a token with this scope opens."""
    return InTurn(_finder(scope), who=f"token with {scope}" if scope else "token")


def _finder(scope: str) -> Callable[[Request, Session], Holding]:
    def find(request: Request, db: Session) -> Holding:
        # No cookie is looked at, neither here nor by the page of a refusal.
        request.state.visitor = None
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        holding = holding_of(db, token.strip()) if kind.lower() == "bearer" else None
        if holding is None:
            raise TokenNeeded
        _take(request, holding.id)
        if scope not in holding.scopes or not _may_still(db, holding, scope):
            raise ScopeMissing(scope=scope)
        if not may_stand(db, holding.made_by, holding.steps):
            raise StepOfMakerMissing
        if holding.used_at is None or clock.now() - holding.used_at > NOTED_EVERY:
            _note_use_later(request, holding.id)
        return holding

    return find


def _take(request: Request, token_id: int) -> None:
    """Take the request out of the token's bucket, once however often the token is looked at."""
    if getattr(request.state, "requests_left", None) is not None:
        return
    buckets: Buckets = request.app.state.api_buckets
    left: Left = buckets.take(token_id)
    request.state.requests_left = left
    if left.is_over:
        raise RequestsTooMany(most=left.most, seconds=left.next_in)


def _may_still(db: Session, holding: Holding, scope: str) -> bool:
    roles = roles_over(db, holding.made_by, holding.institution_id)
    return ADMINISTRATOR in roles and (scope not in NAMING or REGISTRAR in roles)


def _note_use_later(request: Request, token_id: int) -> None:
    """Note the use after this turn, which may not be able to write."""
    state = request.app.state

    def note() -> None:
        with state.engines.writing() as db:
            note_use(db, token_id)

    state.threads.submit(note)
