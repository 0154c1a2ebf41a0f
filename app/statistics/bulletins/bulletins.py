"""Bulletins: prepared, looked at, released for good, revised by new ones, withdrawn with a reason."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import (
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    delete,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Hash, Id, Json, Model, Moment, Ref, index_where
from app.foundation.prepared import Once
from app.statistics.bulletins.contents import (
    Content,
    Earlier,
    as_data,
    changes_between,
    content_of,
)
from app.statistics.bulletins.keys import key_that_signs, sign
from app.statistics.bulletins.parcels import (
    MANIFEST,
    NO_PAPERS,
    SIGNATURE,
    Papers,
    archive_of,
    files_of,
    manifest_of,
)
from app.statistics.bulletins.refusals import (
    KeyRenewed,
    NameTaken,
    NotPrepared,
    NotReleased,
    RevisionWaits,
)

PREPARED, RELEASED, WITHDRAWN = "prepared", "released", "withdrawn"


class Bulletin(Model):
    """A revision of a bulletin, with its figures as they were frozen when it was prepared.

    Without an institution it is of all. Once released, neither it nor its files change any more.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        UniqueConstraint("key", "revision"),
        index_where("uq_bulletins_prepared", "released_at IS NULL", "key", is_unique=True),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(Integer)
    institution_id: Mapped[Ref | None] = mapped_column(ForeignKey("institutions.id"))
    titles: Mapped[Json]
    frozen: Mapped[Json] = mapped_column(deferred=True)
    prepared_at: Mapped[Moment]
    prepared_by: Mapped[Ref] = mapped_column(ForeignKey("users.id"))
    released_at: Mapped[Moment | None]
    released_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[str | None] = mapped_column(ForeignKey("signing_keys.id"))
    manifest_hash: Mapped[Hash | None]
    withdrawn_at: Mapped[Moment | None]
    withdrawn_by: Mapped[Ref | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)

    @property
    def state(self) -> str:
        if self.withdrawn_at is not None:
            return WITHDRAWN
        return PREPARED if self.released_at is None else RELEASED

    @property
    def changed_at(self) -> datetime:
        """When everybody last saw it change: its withdrawal, its release, or when it was prepared."""
        return self.withdrawn_at or self.released_at or self.prepared_at

    @property
    def archive(self) -> str:
        """The path of the zip of all its files."""
        return f"{self.key}-{self.revision}.zip"

    def content(self) -> Content:
        """What it says."""
        return content_of(self.frozen)


class BulletinFile(Model):
    """A file of a released bulletin, as it was that day; written once."""

    __tablename__ = "bulletin_files"

    bulletin_id: Mapped[Ref] = mapped_column(
        ForeignKey("bulletins.id"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(String(160), primary_key=True)
    hash: Mapped[Hash]
    size: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True, kw_only=True)
class _OfBulletin(Happening):
    """Which bulletin: its key, its revision and its institution."""

    institution_id: int | None
    bulletin: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class BulletinPrepared(_OfBulletin):
    """Somebody froze the figures of a bulletin; nobody outside sees it yet."""

    kind: ClassVar[str] = "bulletin-prepared"


@dataclass(frozen=True, kw_only=True)
class BulletinDropped(_OfBulletin):
    """A prepared bulletin was thrown away before anybody outside saw it."""

    kind: ClassVar[str] = "bulletin-dropped"


@dataclass(frozen=True, kw_only=True)
class BulletinReleased(_OfBulletin):
    """A bulletin was signed and is open to everybody from now on."""

    kind: ClassVar[str] = "bulletin-released"


@dataclass(frozen=True, kw_only=True)
class BulletinWithdrawn(_OfBulletin):
    """A bulletin's files are offered no longer; its page says why."""

    kind: ClassVar[str] = "bulletin-withdrawn"


_once = Once(Bulletin)


def prepare(db: Session, actor_id: int, institution_id: int | None, content: Content) -> Bulletin:
    """Keep the frozen figures of a new bulletin; raises NameTaken."""
    kept = _kept(db, actor_id, institution_id, content)
    if kept is None:
        raise NameTaken(name=content.key)
    return kept


def revise(db: Session, actor_id: int, former: Bulletin, content: Content, why: str) -> Bulletin:
    """Keep the figures of today as the next revision, with what changed and why.

    Raises RevisionWaits.
    """
    latest = latest_of(db, former.key)
    assert latest is not None
    if latest.state == PREPARED:
        raise RevisionWaits
    before = latest.content()
    content = content._replace(
        key=latest.key,
        revision=latest.revision + 1,
        reason=why,
        earlier=(*before.earlier, _as_earlier(latest)),
        changes=changes_between(before, content),
    )
    kept = _kept(db, actor_id, latest.institution_id, content)
    if kept is None:
        raise RevisionWaits
    return kept


def drop(db: Session, actor_id: int, bulletin: Bulletin) -> None:
    """Throw a prepared bulletin away; raises NotPrepared."""
    _lock(db, bulletin)
    if bulletin.state != PREPARED:
        raise NotPrepared
    _tell(db, BulletinDropped, actor_id, bulletin)
    db.execute(delete(Bulletin).where(Bulletin.id == bulletin.id))


def release(
    db: Session, storage: Path, actor_id: int, bulletin: Bulletin, papers: Papers = NO_PAPERS
) -> None:
    """Sign a prepared bulletin with its reports, and keep its files for good.

    Raises NotPrepared, KeyAbsent, or KeyRenewed when the reports name another key.
    """
    _lock(db, bulletin)
    if bulletin.state != PREPARED:
        raise NotPrepared
    key, now = key_that_signs(db, storage), clock.now()
    if papers.key_id not in {"", key.id}:
        raise KeyRenewed
    content = bulletin.content()
    files = {**files_of(content), **papers.files}
    manifest = manifest_of(content, files, key.id, f"{now.date()}")
    signature = sign(storage, key, manifest)
    archive = archive_of(files, manifest, signature)
    kept = {**files, MANIFEST: manifest, SIGNATURE: signature, bulletin.archive: archive}
    db.add_all(_file(bulletin, path, each) for path, each in kept.items())
    bulletin.released_at, bulletin.released_by = now, actor_id
    bulletin.key_id, bulletin.manifest_hash = key.id, hashlib.sha256(manifest).digest()
    _tell(db, BulletinReleased, actor_id, bulletin)
    db.flush()


def withdraw(db: Session, actor_id: int, bulletin: Bulletin, why: str) -> None:
    """Offer its files no longer, and say why on its page; raises NotReleased."""
    _lock(db, bulletin)
    if bulletin.state != RELEASED:
        raise NotReleased
    bulletin.withdrawn_at, bulletin.withdrawn_by = clock.now(), actor_id
    bulletin.withdrawn_why = why
    _tell(db, BulletinWithdrawn, actor_id, bulletin)
    db.flush()


def latest_of(db: Session, key: str) -> Bulletin | None:
    """The last revision with this key, prepared or released."""
    asked = select(Bulletin).where(Bulletin.key == key).order_by(Bulletin.revision.desc())
    return db.scalars(asked.limit(1)).one_or_none()


def _kept(
    db: Session, actor_id: int, institution_id: int | None, content: Content
) -> Bulletin | None:
    """A new row with the content, or none where its key and revision stand already."""
    values = {
        "key": content.key,
        "revision": content.revision,
        "institution_id": institution_id,
        "titles": dict(content.titles),
        "frozen": as_data(content),
        "prepared_at": clock.now(),
        "prepared_by": actor_id,
    }
    made = _once.add_named(db, values)
    if made is None:
        return None
    bulletin = db.get_one(Bulletin, made)
    _tell(db, BulletinPrepared, actor_id, bulletin)
    return bulletin


def _as_earlier(bulletin: Bulletin) -> Earlier:
    assert bulletin.released_at is not None
    assert bulletin.manifest_hash is not None
    day: datetime = bulletin.released_at
    return Earlier(bulletin.revision, f"{day.date()}", bulletin.manifest_hash.hex())


def _file(bulletin: Bulletin, path: str, content: bytes) -> BulletinFile:
    digest = hashlib.sha256(content).digest()
    return BulletinFile(
        bulletin_id=bulletin.id, path=path, hash=digest, size=len(content), bytes=content
    )


def _tell(db: Session, happening: type[_OfBulletin], actor_id: int, bulletin: Bulletin) -> None:
    record(
        db,
        happening(
            actor_id=actor_id,
            institution_id=bulletin.institution_id,
            bulletin=bulletin.key,
            revision=bulletin.revision,
        ),
    )


def _lock(db: Session, bulletin: Bulletin) -> None:
    db.refresh(bulletin, with_for_update=True)
