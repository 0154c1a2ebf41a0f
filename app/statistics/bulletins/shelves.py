"""Shelves: which bulletins somebody may see: those of their institutions, or all that are released."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, undefer

from app.statistics.bulletins.bulletins import Bulletin, BulletinFile
from app.statistics.bulletins.keys import SigningKey
from app.statistics.bulletins.refusals import BulletinUnknown, FilesWithdrawn
from app.statistics.scopes import Scope

MOST_NEWS = 50
_ids = Bulletin.__table__.c


def bulletins_of(scope: Scope) -> Select[Bulletin]:
    """The last revision of each bulletin in the scope, prepared ones too, the latest first."""
    last = select(func.max(_ids.id)).where(_is_within(scope)).group_by(_ids.key)
    return select(Bulletin).where(Bulletin.id.in_(last)).order_by(Bulletin.id.desc())


def bulletin_in(db: Session, scope: Scope, key: str, number: str) -> Bulletin:
    """A revision of a bulletin of the scope; raises BulletinUnknown."""
    asked = _numbered(key, number).where(_is_within(scope))
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise BulletinUnknown
    return found


def released() -> Select[Bulletin]:
    """The last released revision of each bulletin, the latest first."""
    last = select(func.max(_ids.id)).where(_ids.released_at.is_not(None)).group_by(_ids.key)
    return select(Bulletin).where(Bulletin.id.in_(last)).order_by(Bulletin.id.desc())


def latest_news() -> Select[Bulletin]:
    """What was released or withdrawn last, the latest first."""
    moment = func.coalesce(_ids.withdrawn_at, _ids.released_at)
    asked = select(Bulletin).where(_ids.released_at.is_not(None))
    return asked.order_by(moment.desc(), _ids.id.desc()).limit(MOST_NEWS)


def released_bulletin(db: Session, key: str, number: str) -> Bulletin:
    """A revision that everybody may see, withdrawn ones too; raises BulletinUnknown."""
    asked = _numbered(key, number).where(Bulletin.released_at.is_not(None))
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise BulletinUnknown
    return found


def revisions_of(db: Session, key: str) -> Sequence[Bulletin]:
    """All revisions that were ever released, the newest first."""
    asked = select(Bulletin).where(Bulletin.key == key, Bulletin.released_at.is_not(None))
    return db.scalars(asked.order_by(Bulletin.revision.desc())).all()


def files_in(db: Session, bulletin: Bulletin) -> Sequence[BulletinFile]:
    """What was released, by path, without the bytes."""
    asked = select(BulletinFile).where(BulletinFile.bulletin_id == bulletin.id)
    return db.scalars(asked.order_by(BulletinFile.path)).all()


def file_at(db: Session, key: str, number: str, path: str) -> BulletinFile:
    """A released file with its bytes; raises BulletinUnknown, or FilesWithdrawn."""
    bulletin = released_bulletin(db, key, number)
    if bulletin.withdrawn_at is not None:
        raise FilesWithdrawn
    asked = select(BulletinFile).where(
        BulletinFile.bulletin_id == bulletin.id, BulletinFile.path == path
    )
    found = db.scalars(asked.options(undefer(BulletinFile.bytes))).one_or_none()
    if found is None:
        raise BulletinUnknown
    return found


def key_of(db: Session, bulletin: Bulletin) -> SigningKey | None:
    """The key that it was signed with."""
    return db.get(SigningKey, bulletin.key_id) if bulletin.key_id else None


def _numbered(key: str, number: str) -> Select[Bulletin]:
    revision = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    return select(Bulletin).where(Bulletin.key == key, Bulletin.revision == revision)


def _is_within(scope: Scope) -> ColumnElement[bool]:
    if scope.is_everywhere:
        return true()
    return _ids.institution_id.in_(select(scope.institutions().c.id))
