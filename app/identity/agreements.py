"""Agreements: which version of which document a person agreed to, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation import clock
from app.foundation.database import Model, Moment, Ref
from app.foundation.prepared import Once

PRIVACY, TERMS = "privacy", "terms"
# A change of a document's text is a new version here, and everyone is asked again.
DOCUMENTS = {PRIVACY: "2026-11-27", TERMS: "2026-11-25"}


class Agreement(Model):
    """A person's agreement with one version of the privacy notice or the terms."""

    __tablename__ = "agreements"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    document: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    agreed_at: Mapped[Moment]


@dataclass(frozen=True, kw_only=True)
class Agreed(Happening):
    """A person agreed to a version of a document."""

    kind: ClassVar[str] = "agreed"
    document: str
    version: str


_ADD = Once(Agreement)


def documents_to_agree(db: Session, user_id: int) -> list[str]:
    """The documents whose present version the person has not agreed to yet."""
    asked = select(Agreement.document, Agreement.version).where(Agreement.user_id == user_id)
    agreed = {(document, version) for document, version in db.execute(asked)}
    return [
        document for document, version in DOCUMENTS.items() if (document, version) not in agreed
    ]


def agree(
    db: Session, user_id: int, documents: Iterable[tuple[str, str]] = tuple(DOCUMENTS.items())
) -> None:
    """Keep that the person agreed to these versions; agreeing twice is no fault."""
    for document, version in documents:
        values = {
            "user_id": user_id,
            "document": document,
            "version": version,
            "agreed_at": clock.now(),
        }
        if _ADD.add(db, values):
            record(
                db,
                Agreed(actor_id=user_id, person_id=user_id, document=document, version=version),
            )
