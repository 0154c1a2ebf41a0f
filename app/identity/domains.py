"""Domains: mail domains of an institution, whose addresses only its own people have."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey, String, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.activity.events import Happening, record
from app.foundation.database import Model, Ref
from app.foundation.errors import Refusal
from app.foundation.prepared import Once
from app.i18n.marking import N_


class InstitutionDomain(Model):
    """A mail domain that confirms whoever proved an address at it, for this institution alone."""

    __tablename__ = "institution_domains"

    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(253), primary_key=True)


@dataclass(frozen=True, kw_only=True)
class DomainOwned(Happening):
    """A mail domain confirms people of an institution from now on."""

    kind: ClassVar[str] = "domain-owned"
    institution_id: int


class NoDomain(Refusal):
    """What was written is no domain of mail."""

    says = N_("“%(domain)s” is no domain.")
    mend = N_("Write the part behind the @ of your people’s addresses, such as interior.example.")


_ADD = Once(InstitutionDomain)


def own(db: Session, institution_id: int, domain: str) -> None:
    """Let addresses at the domain confirm claims of the institution; raises NoDomain."""
    plain = domain.strip().lower()
    if "." not in plain or "@" in plain or len(plain) > 253 or " " in plain:
        raise NoDomain(domain=domain)
    if _ADD.add(db, {"institution_id": institution_id, "domain": plain}):
        record(db, DomainOwned(institution_id=institution_id))


def is_own_address(db: Session, institution_id: int, email: str) -> bool:
    """Whether an address, which is proved, lies in a domain of the institution."""
    domain = email.rpartition("@")[2].lower()
    known = exists().where(
        InstitutionDomain.institution_id == institution_id, InstitutionDomain.domain == domain
    )
    return bool(db.scalar(select(known)))
