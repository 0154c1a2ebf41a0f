"""Users: people with an account, named as they want to be named."""

from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Id, Model, Moment


class User(Model):
    """A person with an account; erasing empties the row and keeps its id."""

    __tablename__ = "users"

    id: Mapped[Id]
    subject: Mapped[UUID] = mapped_column(Uuid, unique=True)
    email: Mapped[str | None] = mapped_column(String(320))
    email_folded: Mapped[str | None] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    name_language: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[Moment]
    confirmed_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]
