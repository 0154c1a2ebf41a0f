"""Codes: the first way in for people without a mailbox, printed and cut into slips."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.identity.arrivals import make_code
from app.identity.institutions import NAMED
from app.identity.placements import Placement
from app.identity.slips import Slip
from app.identity.users import User
from app.loads.loads import Load
from app.loads.rows import NEW, TOLD, LoadRow

ON_A_SHEET = 300


_named = NAMED.order_by(None).subquery()
_WAITING = (
    select(User.id, User.name, User.number, _named.c.name.label("institution"))
    .join_from(LoadRow, User, User.id == LoadRow.subject_id)
    .join(Placement, (Placement.user_id == User.id) & Placement.ended_at.is_(None))
    .join(_named, _named.c.id == Placement.institution_id)
    .where(LoadRow.fate == NEW, LoadRow.step == TOLD)
    .where(User.email.is_(None), User.password_hash.is_(None), User.erased_at.is_(None))
    .where(User.merged_into.is_(None))
)


def waiting_for_code(db: Session, load: Load) -> int:
    """How many people of a confirmed load have no mailbox and have not come in yet."""
    asked = _WAITING.where(LoadRow.load_id == load.id).subquery()
    return db.scalar(select(func.count()).select_from(asked)) or 0


def slips_for(db: Session, load: Load, by: int, after: int) -> list[Slip]:
    """New codes for one sheet of people, by institution and name; their earlier codes are void."""
    rows = db.execute(
        _WAITING.where(LoadRow.load_id == load.id)
        .order_by(_named.c.name, User.name, User.id)
        .offset(after)
        .limit(ON_A_SHEET)
    ).all()
    return [
        Slip(name, institution, number, make_code(db, user_id, by))
        for user_id, name, number, institution in rows
    ]
