"""Keys: what bulletins are signed with (Ed25519, RFC 8032); the public half is for everybody.

The secret half lies in the storage, for its owner's eyes only, never in the database. A renewed key
signs what comes after; whatever it signed before is verified with it for ever.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation import clock
from app.foundation.database import Hash, Model, Moment
from app.foundation.errors import Refusal
from app.i18n.marking import N_

FOLDER = "signing"
_OTHERS = 0o077  # what nobody but the owner may do with a secret


class SigningKey(Model):
    """The public half of a key: its id is the beginning of its SHA-256; one signs at a time."""

    __tablename__ = "signing_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public: Mapped[Hash]
    made_at: Mapped[Moment]
    retired_at: Mapped[Moment | None]

    @property
    def text(self) -> str:
        """The public key as people copy it: base64 of its 32 bytes."""
        return base64.b64encode(self.public).decode()

    @property
    def pem(self) -> bytes:
        """The public key as OpenSSL reads it."""
        public = Ed25519PublicKey.from_public_bytes(self.public)
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def as_jwk(self) -> dict[str, str]:
        """The public key as a JSON Web Key (RFC 8037)."""
        value = base64.urlsafe_b64encode(self.public).rstrip(b"=").decode()
        return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.id, "x": value}


class KeyAbsent(Refusal):
    """The key that signs is not on this server, or others may read it."""

    status = 503
    says = N_("This server cannot sign: its key %(key)s is missing, damaged or open to others.")
    mend = N_("Ask who runs the server. The command “capacita doctor” says how to mend it.")


def keys_known(db: Session) -> list[SigningKey]:
    """Every key there ever was, the newest first."""
    return list(db.scalars(select(SigningKey).order_by(SigningKey.made_at.desc(), SigningKey.id)))


def sign(storage: Path, key: SigningKey, message: bytes) -> bytes:
    """The signature of a message, 64 bytes; raises KeyAbsent."""
    secret = _secret(storage, key)
    if secret is None:
        raise KeyAbsent(key=key.id)
    return secret.sign(message)


def key_now(db: Session) -> SigningKey | None:
    """The key of today, if one was ever made."""
    return _current(db)


def key_that_signs(db: Session, storage: Path) -> SigningKey:
    """The key of today; the first one is made when it is first asked for."""
    known = _current(db)
    return known if known is not None else renew_key(db, storage)


def renew_key(db: Session, storage: Path) -> SigningKey:
    """Make a new key and retire the one before it, whose secret half is destroyed."""
    secret, now = Ed25519PrivateKey.generate(), clock.now()
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    former = _current(db)
    key = SigningKey(id=_id_of(public), public=public, made_at=now, retired_at=None)
    pem = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _keep(_place(storage, key), pem)
    db.add(key)
    if former is not None:
        former.retired_at = now
        _place(storage, former).unlink(missing_ok=True)
    db.flush()
    return key


def key_faults(db: Session, storage: Path) -> Iterator[str]:
    """A fault where the key of today cannot sign here, or where others may read it."""
    key = _current(db)
    if key is None:
        return
    place = _place(storage, key)
    if not place.exists():
        yield (
            f"{place} is missing, so no bulletin can be signed: restore it from a backup, or run "
            "capacita signing-key --renew"
        )
    elif place.stat().st_mode & _OTHERS:
        yield f"{place} may be read by others: chmod 600, then run capacita signing-key --renew"
    elif _secret(storage, key) is None:
        yield f"{place} is not the key {key.id}: restore it, or run capacita signing-key --renew"


def _current(db: Session) -> SigningKey | None:
    asked = select(SigningKey).where(SigningKey.retired_at.is_(None))
    return db.scalars(asked.order_by(SigningKey.made_at.desc()).limit(1)).one_or_none()


def _id_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _place(storage: Path, key: SigningKey) -> Path:
    return storage / FOLDER / f"{key.id}.pem"


def _keep(place: Path, pem: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())


def _secret(storage: Path, key: SigningKey) -> Ed25519PrivateKey | None:
    """The secret half, if it lies here for its owner's eyes only and belongs to the public half."""
    place = _place(storage, key)
    try:
        if place.stat().st_mode & _OTHERS:
            return None
        secret = load_pem_private_key(place.read_bytes(), None)
    except (OSError, ValueError):
        return None
    if not isinstance(secret, Ed25519PrivateKey):
        return None
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return secret if public == key.public else None
