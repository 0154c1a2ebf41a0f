"""Search entries: the plain text of each version's parts; derived by the compiler."""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Model, Ref


class SearchEntry(Model):
    """What a search may find, in one language."""

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("version_id", "owner_key", "language"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    owner_key: Mapped[str] = mapped_column(String(140))
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
