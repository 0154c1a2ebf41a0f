"""Items: questions by the hash of their content, and the quizzes that hold them."""

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Hash, Json, Key, Model, Ref


class Item(Model):
    """A question with its answers, immutable under its hash; `kind` is the item type."""

    __tablename__ = "items"

    hash: Mapped[Hash] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    definition: Mapped[Json]


class QuizItem(Model):
    """An item's place in a quiz of one version, and the outcome it tests."""

    __tablename__ = "quiz_items"

    activity_id: Mapped[Ref] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    item_key: Mapped[Key] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    item_hash: Mapped[Hash] = mapped_column(ForeignKey("items.hash"))
    outcome_key: Mapped[str | None] = mapped_column(String(64))
