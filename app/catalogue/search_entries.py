"""Search entries: the plain text of each version's parts; derived by the compiler.

The database keeps an index of the folded columns by itself: `search_index` (FTS5, by triggers) on
SQLite; the generated columns `words` and `title_words` on PostgreSQL, with a function that asks them.
All are made by the migrations and are no part of the model.
"""

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, JsonType, Model, Ref


class SearchEntry(Model):
    """What a search may find, in one language.

    `kind` is course, module, lesson, scenario or term; `place` is where it is read: an activity's
    key, an id on the course's page, or empty. `blocks` are pairs of a block's id, or empty, and its
    text; the folded columns are what is searched.
    """

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("version_id", "owner_key", "language"),)

    id: Mapped[Id]
    version_id: Mapped[Ref] = mapped_column(ForeignKey("course_versions.id"))
    owner_key: Mapped[str] = mapped_column(String(140))
    kind: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(64))
    folded_title: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[list[str]]] = mapped_column(JsonType)


def kind_of(owner_key: str) -> str:
    """What kind of thing an owner is: "lesson" for "lesson/first-steps"."""
    return owner_key.partition("/")[0]
