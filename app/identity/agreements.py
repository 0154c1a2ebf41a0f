"""Agreements: which version of which document a person agreed to, and when."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Model, Moment, Ref


class Agreement(Model):
    """A person's agreement with one version of the privacy notice or the terms."""

    __tablename__ = "agreements"

    user_id: Mapped[Ref] = mapped_column(ForeignKey("users.id"), primary_key=True)
    document: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    agreed_at: Mapped[Moment]
