"""Kinds: what may be loaded, each by its columns and by what decides, applies, undoes and tells."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.foundation.database import Model
from app.foundation.errors import NotFound
from app.i18n.marking import N_
from app.identity.institutions import Institution, InstitutionState
from app.identity.placements import Placement
from app.identity.users import User
from app.learning.enrolments import Enrolment
from app.loads import enrolments, people, units
from app.loads.columns import Column, Told
from app.loads.faults import WORDS, Fault
from app.loads.loads import ENROLMENTS, PEOPLE, UNITS, Load
from app.loads.rows import Applied, Decision
from app.loads.surroundings import Surroundings


class Kind(NamedTuple):
    """A kind of load; one that is a whole is decided, applied and undone in one piece."""

    columns: tuple[Column, ...]
    decide: Callable[[Session, Surroundings, Sequence[Told]], list[Decision]]
    apply: Callable[[Session, Surroundings, Sequence[Decision], int], list[Applied]]
    overtaken: Callable[[Session, Load], int]
    undo: Callable[[Session, Sequence[Applied]], None]
    tell: Callable[[Session, Surroundings, Sequence[Applied]], None]
    fills: tuple[type[Model], ...]
    is_whole: bool = False


class KindUnknown(NotFound):
    """Nothing of this kind can be loaded."""

    says = N_("Nothing of this kind can be brought as a file.")


BY_NAME = {
    UNITS: Kind(units.COLUMNS, units.decide, units.apply, units.overtaken, units.undo, units.tell,
                (Institution, InstitutionState), is_whole=True),
    PEOPLE: Kind(people.COLUMNS, people.decide, people.apply, people.overtaken, people.undo,
                 people.tell, (User, Placement)),
    ENROLMENTS: Kind(enrolments.COLUMNS, enrolments.decide, enrolments.apply, enrolments.overtaken,
                     enrolments.undo, enrolments.tell, (Enrolment,)),
}  # fmt: skip


TITLES = {column.key: column.title for kind in BY_NAME.values() for column in kind.columns}


def kind_called(name: str) -> Kind:
    """The kind of this name; raises KindUnknown."""
    if name not in BY_NAME:
        raise KindUnknown
    return BY_NAME[name]


def sentences_of(fault: Fault, gettext: Callable[[str], str]) -> tuple[str, str]:
    """What is wrong with a row, and how to mend it, as a reader is told."""
    says, mend = WORDS[fault.code]
    column = f"{gettext(TITLES[fault.column])}: " if fault.column in TITLES else ""
    return f"{column}{gettext(says) % fault.values}", gettext(mend) % fault.values
