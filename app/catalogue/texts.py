"""Texts: what a version says in each language; derived by the compiler, made anew at will."""

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Json, Model, Ref


class CompiledText(Model):
    """The safe HTML of one owner (course, module/…, lesson/…, scenario/…, quiz/…, item/…) in one language.

    `fresh` and `stale` count translated blocks that match the source and blocks that do not.
    """

    __tablename__ = "texts"
    __table_args__ = (UniqueConstraint("version_id", "owner_key", "language"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    owner_key: Mapped[str] = mapped_column(String(140))
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    parts: Mapped[Json]
    fresh: Mapped[int] = mapped_column(Integer)
    stale: Mapped[int] = mapped_column(Integer)
    compiler: Mapped[int] = mapped_column(Integer)
