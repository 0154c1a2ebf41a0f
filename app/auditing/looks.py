"""Looks: whoever reads the ledger, or who may do what, is in the ledger themselves."""

from dataclasses import dataclass
from typing import ClassVar

from app.activity.events import Happening


@dataclass(frozen=True, kw_only=True)
class LedgerSeen(Happening):
    """An auditor looked at a page of the ledger; what was asked for, in codes."""

    kind: ClassVar[str] = "ledger-seen"
    asked: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class LedgerExported(Happening):
    """An auditor took the ledger as a file; what was asked for, in codes."""

    kind: ClassVar[str] = "ledger-exported"
    asked: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class PowersSeen(Happening):
    """An administrator or auditor looked at who may do what at an institution."""

    kind: ClassVar[str] = "powers-seen"
    institution_id: int


@dataclass(frozen=True, kw_only=True)
class PowersExported(Happening):
    """An administrator or auditor took as a file who may do what at an institution."""

    kind: ClassVar[str] = "powers-exported"
    institution_id: int
